"""More than is taken, of each kind: it is shed with its status, the process lives, and soon everything is as before."""

import json
import time
from collections import Counter
from pathlib import Path

import pytest

from bench.load import saturate_ourselves
from tests.chaos.served import failed, good_clients, share
from tests.faults.front import Mode, forwarder
from tests.integration.stranger import Target, target
from tests.integration.torture import HOST
from tests.moto import ENVIRONMENT, REGION, Moto

RATE = 100
RECOVERED_SECONDS = 5.0
SLOWEST_SECONDS = 1.0
"""The p99 of a gateway at ease, on a machine that runs tests beside it."""
MEMORY_BYTES = 48 << 20
"""What an overload may add."""
CONNECTIONS = 192
"""Three times as many as a gateway needs to be busy all the time."""
LARGE = json.dumps({"property": "demo", "url": "https://shop.example.com/", "title": "x" * 20_000}).encode()
ENOUGH = 90
"""Of the large ones, to fill the smallest journal three times over: 1 MiB takes 52."""


@pytest.fixture
def overload_seconds(request: pytest.FixtureRequest) -> float:
    return float(request.config.getoption("--overload"))


def assert_back_to_normal(gateway: Target, since: float) -> None:
    """Within the time promised, and silent about it."""
    while failed(visits := good_clients(gateway, RATE / 2, 0.5)) or share(visits, 0.99) > SLOWEST_SECONDS:
        assert time.monotonic() < since + RECOVERED_SECONDS, f"{len(failed(visits))} of {len(visits)} are still refused"
    print(f"back to normal after {time.monotonic() - since:.1f} s: p99 {share(visits, 0.99) * 1000:.1f} ms")
    assert "Traceback" not in gateway.process.errors


def test_three_times_the_rate_of_a_property_is_cut_to_its_rate(tmp_path: Path, overload_seconds: float) -> None:
    properties = tmp_path / "properties.toml"
    properties.write_text(f'[[property]]\nid = "demo"\nhosts = ["*"]\nrate_limit_per_second = {RATE}\n')
    with target(tmp_path, {"BLOCKMETRY_PROPERTIES": str(properties)}) as gateway:
        visits = good_clients(gateway, 3 * RATE, 1 + overload_seconds)
        ended = time.monotonic()
        told = Counter(visit.status for visit in visits)
        print(told)
        assert told.keys() == {204, 429}
        assert RATE * (1 + overload_seconds) < told[204] < RATE * (3 + overload_seconds)
        assert gateway.counted()["rate_limited"] == told[429]
        assert_back_to_normal(gateway, ended)


def test_a_queue_that_is_down_fills_the_journal_only(tmp_path: Path, moto: Moto, overload_seconds: float) -> None:
    with forwarder(moto.url) as front:
        front.turn(Mode.REFUSE)
        queue = {"KIND": "sqs", "URL": moto.queue(), "REGION": REGION, "ENDPOINT_URL": front.url}
        environ = {**ENVIRONMENT, **{f"BLOCKMETRY_QUEUE__{name}": value for name, value in queue.items()}}
        with target(tmp_path, environ, journal_max_bytes=str(1 << 20)) as gateway:
            before = gateway.memory_bytes()
            large = b"POST /v1/beacon HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n%s" % (len(LARGE), LARGE)
            told = Counter(gateway.hear(large * ENOUGH * 2, ENOUGH * 2).statuses)
            visits = good_clients(gateway, RATE, overload_seconds)
            print(told, Counter(visit.status for visit in visits))
            assert told.keys() == {204, 503}
            assert {visit.status for visit in visits} <= {204, 503}
            assert gateway.counted()["journal_full"] >= told[503]
            front.turn(Mode.FORWARD)
            assert_back_to_normal(gateway, time.monotonic())
            assert gateway.memory_bytes("VmHWM") < before + MEMORY_BYTES


def test_three_times_the_connections_that_saturate_it_are_all_served(tmp_path: Path, overload_seconds: float) -> None:
    with target(tmp_path) as gateway:
        before = gateway.memory_bytes()
        outcome = saturate_ourselves(gateway.url, CONNECTIONS, overload_seconds)
        print(f"{outcome.rate:.0f} a second, p99 {outcome.latency.p99:.0f} ms")
        assert outcome.others == 0
        assert outcome.acks > CONNECTIONS
        assert_back_to_normal(gateway, time.monotonic())
        assert gateway.memory_bytes("VmHWM") < before + MEMORY_BYTES
