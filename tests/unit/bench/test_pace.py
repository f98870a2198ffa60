"""The table of latencies at half the peak."""

import pytest

from bench import pace
from bench.load import Pace
from bench.outcome import Latency, Outcome
from bench.pace import Run


def run(p99: float, away: float) -> Run:
    return Run(Pace(Outcome(100, 0, 1.0, Latency(1.0, p99, 2 * p99), 1.0), away), 0.5)


def cells(runs: list[Run], bare: list[Run]) -> dict[str, str]:
    return dict(zip(pace.COLUMNS[2:], pace._cells(runs, bare), strict=True))


def test_a_p99_is_compared_with_the_bare_handlers_of_its_own_round() -> None:
    found = cells([run(4, 0), run(90, 0), run(3, 0)], [run(2, 0), run(60, 0), run(2, 0)])
    assert (found["p99"], found["range of p99"], found["p99 / bare's"]) == ("4.00 ms", "3.00 ms - 90 ms", "1.50")


@pytest.mark.parametrize(("away", "told"), [(0.009, "0.9%"), (0.011, "1.1% (void)")])
def test_a_row_is_void_when_the_client_was_kept_from_its_core(away: float, told: str) -> None:
    assert cells([run(4, away)] * 3, [run(4, 0)] * 3)["client away"] == told
