"""The tables of acknowledgements, and what they are made of."""

import shutil

import pytest

from bench import acks, wrk
from bench.acks import Run
from bench.edge import BARE_HANDLER, NGINX, WRITE, Books, variants
from bench.outcome import Latency, Outcome, latency_of

WRK_SAID = """Running 1s test
  Socket errors: connect 0, read 1, write 0, timeout 0

{"answers": 1000, "refused": 3, "broken": 1, "seconds": 2.0, "p50": 0.5, "p99": 4.0, "p999": 12.5}
"""


def outcome(rate: float, client_cpu: float = 0.4) -> Outcome:
    return Outcome(int(2 * rate), 1, 2.0, Latency(0.5, 4.0, 12.5), client_cpu)


def run(rate: float, cpu_an_ack: float, client_cpu: float = 0.4) -> Run:
    return Run(outcome(rate, client_cpu), cpu_an_ack * 2 * rate, None)


def row(variant: str, runs: dict[str, list[Run]]) -> dict[str, str]:
    found = next(cells for cells in acks.rows({("small", 64): runs}, ("small", 64)) if cells[0] == variant)
    return dict(zip(acks.COLUMNS, found, strict=True))


def test_a_variant_is_compared_with_the_bare_handler_of_its_own_round() -> None:
    bare = [run(10_000, 20e-6), run(1_000, 30e-6), run(20_000, 20e-6)]  # others were at work in the second round
    ours = [run(20_000, 10e-6), run(2_000, 15e-6), run(40_000, 10e-6)]
    found = row(WRITE, {BARE_HANDLER: bare, WRITE: ours})
    assert found["acks/s (median)"] == "20,000"
    assert (found["/ bare"], found["/ bare's"]) == ("2.00", "0.50")
    assert (found["p50"], found["p99"], found["p99.9"]) == ("0.50 ms", "4.00 ms", "12 ms")
    assert found["not 204"] == "3"


def test_it_is_told_when_the_client_was_the_limit() -> None:
    found = row(BARE_HANDLER, {BARE_HANDLER: [run(10_000, 20e-6, client_cpu=0.97)]})
    assert found["client's CPU"] == "97% (limit)"


def test_acknowledgements_that_the_gateway_knows_nothing_of_are_no_result() -> None:
    acks.check(outcome(1_000), Books(10, 0), Books(2_010, 0))
    with pytest.raises(RuntimeError, match="the gateway accepted 1999"):
        acks.check(outcome(1_000), Books(10, 0), Books(2_009, 0))


def test_it_is_told_what_a_load_is_measured_with_and_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda program, **_: program)
    assert acks.describe("16 KB", 64) == "16 KB a beacon, 64 connections; the client is wrk"
    assert acks.describe("16 KB", 1_000) == "16 KB a beacon, 1,000 connections; the client is our own"
    monkeypatch.setattr(shutil, "which", lambda _, **__: None)
    without = "16 KB a beacon, 1 connection; the client is our own; nginx is not installed, and left out"
    assert acks.describe("16 KB", 1) == without
    assert NGINX not in variants()


def test_what_wrk_says_is_read() -> None:
    assert wrk.outcome(WRK_SAID, 0.5) == Outcome(997, 4, 2.0, Latency(0.5, 4.0, 12.5), 0.5)


def test_percentiles_are_those_of_all_latencies() -> None:
    assert latency_of([number / 1000 for number in range(1001)]) == pytest.approx((500, 990, 999))
    assert latency_of([]) == (0, 0, 0)
