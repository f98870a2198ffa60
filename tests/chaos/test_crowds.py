"""Slow clients by the thousand beside good ones: the good ones do not notice, the slow ones are seen off in time."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
import pytest

from tests.chaos.crowd import KINDS, READS_NOTHING, Fate
from tests.chaos.served import failed, good_clients, share, started
from tests.integration.stranger import Target, target
from tests.running import until

PER_SECOND = 500
PATIENCE_SECONDS = 30.0
PER_PROCESS = 2_500
"""Of the crowd."""
MANY = 10_000
"""From here on it is the real thing: the timeouts that operators have, and the figure that we promise."""
SHORT = {"head_timeout_seconds": "1", "body_timeout_seconds": "1", "keepalive_seconds": "1"}
LONG = {"keepalive_seconds": "12"}
SLACK_SECONDS = 4.0
"""What is more than the longest timeout: a round of looking, lingering, and a machine that has other things to do."""
OWN_DESCRIPTORS = 50
"""Of the gateway: journal, queue, ports."""
CONNECTION_BYTES = 32 << 10
P99_SECONDS = 0.1
ROUGH_P99_SECONDS = 1.0
"""For a machine that runs tests beside it."""


@pytest.fixture
def crowd(request: pytest.FixtureRequest) -> int:
    """How many slow clients."""
    return int(request.config.getoption("--crowd"))


def test_good_clients_do_not_notice_the_slow_ones_which_are_seen_off_in_time(tmp_path: Path, crowd: int) -> None:
    timeouts, longest, bound = (LONG, 12.0, P99_SECONDS) if crowd >= MANY else (SHORT, 1.5, ROUGH_P99_SECONDS)
    with target(tmp_path, **timeouts) as gateway:
        before = gateway.memory_bytes()
        with slow_clients(gateway, crowd, longest + PATIENCE_SECONDS) as slow:
            began = time.monotonic()
            visits = good_clients(gateway, PER_SECOND, longest)
            until(lambda: descriptors_of(gateway) < OWN_DESCRIPTORS)
            left_after = time.monotonic() - began
            fates = ends_of(slow)
        each = (gateway.memory_bytes("VmHWM") - before) / crowd
        errors = gateway.process.errors
    p50, p99 = share(visits, 0.5), share(visits, 0.99)
    ends = {kind: round(fate.longest_seconds, 1) for kind, fate in fates.items()}
    print(
        f"{crowd} slow, {len(visits)} good: p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f}; {each / 1024:.1f} KiB each"
    )
    print(f"the last closed after {left_after:.1f} s; each kind after {ends}")
    assert failed(visits) == []
    assert sum(fate.connected for fate in fates.values()) == crowd
    assert [kind for kind, fate in fates.items() if fate.closed < fate.connected and kind != READS_NOTHING] == []
    assert left_after < longest + SLACK_SECONDS
    assert p99 < bound
    assert each < CONNECTION_BYTES
    assert errors == ""


def test_where_there_are_too_many_the_slow_go_and_good_clients_are_served(tmp_path: Path) -> None:
    with target(tmp_path, max_connections="64") as gateway, slow_clients(gateway, 300, PATIENCE_SECONDS) as slow:
        visits = good_clients(gateway, 100, 0.7)
        closed = sum(fate.closed for fate in ends_of(slow).values())
        assert 'closed_total{reason="crowded"} 0.0' not in gateway.read()
    assert failed(visits) == []
    assert closed >= 300 * 9 // 10 - 64, "one in ten cannot know"


@contextmanager
def slow_clients(gateway: Target, count: int, seconds: float) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """All connected when the block begins."""
    with ExitStack() as ending:
        slow = []
        for start in range(0, count, PER_PROCESS):
            process = ending.enter_context(started("crowd", gateway, min(PER_PROCESS, count - start), seconds))
            ending.callback(process.kill)
            slow.append(process)
        for process in slow:
            assert process.stdout
            assert process.stdout.readline() == b"standing\n"
        yield slow


def ends_of(slow: list["subprocess.Popen[bytes]"]) -> dict[str, Fate]:
    """Of all their clients."""
    told = [msgspec.json.decode(process.communicate()[0], type=dict[str, Fate]) for process in slow]
    return {kind: sum_of([fates[kind] for fates in told]) for kind in KINDS}


def sum_of(fates: list[Fate]) -> Fate:
    """The longest of the longest."""
    connected, failed, closed, longest = zip(*(msgspec.structs.astuple(fate) for fate in fates), strict=True)
    return Fate(sum(connected), sum(failed), sum(closed), max(longest))


def descriptors_of(gateway: Target) -> int:
    """Open ones."""
    return len(list(Path(f"/proc/{gateway.process.pid}/fd").iterdir()))
