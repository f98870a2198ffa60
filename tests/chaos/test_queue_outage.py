"""The queue is down: everything is acknowledged and waits in the journal, which is drained beside live traffic."""

import asyncio
import time
from pathlib import Path
from typing import NamedTuple

from shared.sinks import Sink
from tests.chaos.books import opened
from tests.chaos.conftest import Take
from tests.chaos.customers import Account, account, assumed, ids
from tests.chaos.delays import arrivals_in, share_of
from tests.chaos.fleet import Fleet, memory_bytes
from tests.chaos.load import Load
from tests.chaos.report import report_of
from tests.chaos.verdict import Verdict, in_objects
from tests.faults.front import Front, Mode, Way, forwarder
from tests.faults.queue_server import QueueServer

PER_SECOND = 500.0
DOWN: tuple[tuple[Mode, ...] | tuple[Mode, Way], ...] = (
    (Mode.BLACK_HOLE,),
    (Mode.RESET,),
    (Mode.LOSE, Way.THERE),
    (Mode.REFUSE,),
)
DOWN_SECONDS = 5.0
WARM_UP_SECONDS = 1.0
CALM_SECONDS = 2.0
CALM_SHARE = 0.1
"""Of the outage's time, before it and after it is drained."""
LIVE_SECONDS = 1.0
"""Of traffic, is what may be in flight when nothing of the outage is left."""
SETTLE_SECONDS = 60.0
DRAIN_RATIO = 3.0
SLOWEST_ACK_SECONDS = 0.1
"""The 99th of 100."""
BUSY_ACK_SECONDS = 1.0
"""The same where another test works on the same machine."""
MEMORY_BYTES = 150 << 20
PROPERTIES = ids(4)


class Phases(NamedTuple):
    """When each began, in seconds since the Unix epoch."""

    calm: float
    down: float
    drain: float
    end: float


async def test_an_outage_of_the_queue_is_waited_out_in_the_journal_and_drained_beside_live_traffic(
    tmp_path: Path, queue_server: QueueServer, queue_outage_seconds: float, report: Take
) -> None:
    down_seconds = queue_outage_seconds or DOWN_SECONDS
    with account() as (server, kept), forwarder(queue_server.url) as front:
        sinks: dict[str, list[Sink]] = {name: [assumed(name, server.url, layout="block")] for name in PROPERTIES}
        fleet = Fleet(tmp_path, queue_server, sinks, endpoint_url=front.url)
        load = Load(fleet.url, PROPERTIES, per_second=PER_SECOND, connections=32)
        try:
            async with load.running():
                phases, waiting = await _interrupted(front, fleet, down_seconds)
            await fleet.settled(SETTLE_SECONDS + down_seconds)
            memory = memory_bytes(fleet.gateway)
        finally:
            fleet.stop()
        verdict = Verdict(load, in_objects(kept.objects))
    assert waiting > 200 * PER_SECOND * down_seconds / 2, "the journal did not have to wait: the run is void"
    assert not load.refused
    assert not load.broken
    assert memory < MEMORY_BYTES
    ratio, told = _drain(load, kept, phases)
    acks = [_acks(load, phases, phase) for phase in range(3)]
    held = f"{waiting / 2**20:.0f} MiB in the journal, {memory / 2**20:.0f} MiB of memory at the most"
    latencies = ", ".join(f"{share_of(took, 0.5) * 1e3:.1f} / {share_of(took, 0.99) * 1e3:.1f} ms" for took in acks)
    measured = f"{held}; {told}; acknowledged (p50 / p99) before, while down, while drained: {latencies}"
    report(
        report_of(
            f"the queue down for {down_seconds:.0f} s at {PER_SECOND:.0f}/s",
            load,
            verdict,
            faults=len(DOWN),
            measured=measured,
        )
    )
    slowest = SLOWEST_ACK_SECONDS if queue_outage_seconds else BUSY_ACK_SECONDS
    assert max(share_of(took, 0.99) for took in acks) < slowest, measured
    assert not queue_outage_seconds or ratio >= DRAIN_RATIO, measured


async def _interrupted(front: Front, fleet: Fleet, down_seconds: float) -> tuple[Phases, float]:
    """And how many bytes waited at the end of the outage."""
    calm_seconds = max(CALM_SECONDS, down_seconds * CALM_SHARE)
    await asyncio.sleep(WARM_UP_SECONDS)
    calm = time.time()
    await asyncio.sleep(calm_seconds)
    down = time.time()
    for mode, *ways in DOWN:
        front.turn(mode, *ways)
        await asyncio.sleep(down_seconds / len(DOWN))
    waiting, drain = await asyncio.to_thread(fleet.read, fleet.gateway, "journal_bytes"), time.time()
    front.turn(Mode.FORWARD)
    deadline = time.monotonic() + SETTLE_SECONDS + down_seconds
    while (await asyncio.to_thread(opened, [fleet.gateway], fleet.workers)).in_flight > PER_SECOND * LIVE_SECONDS:
        assert time.monotonic() < deadline, "the journal is not drained"
        await asyncio.sleep(0.2)
    await asyncio.sleep(calm_seconds)
    return Phases(calm, down, drain, time.time()), waiting


def _drain(load: Load, kept: Account, phases: Phases) -> tuple[float, str]:
    """How many times as fast as they come hits arrived at the sinks until those of the outage were there; in words."""
    arrived = arrivals_in(kept)
    drained = max(arrived[number] for number, at in load.obligations.items() if at < phases.drain)
    assert drained < phases.end, "live traffic had ended before the journal was drained: the run is void"
    seconds = drained - phases.drain
    ratio = sum(phases.drain <= at < drained for at in arrived.values()) / seconds / PER_SECOND
    fresh = _fresh(load, arrived, phases.drain, drained)
    return ratio, (
        f"drained in {seconds:.0f} s, at {ratio:.1f}x the ingest rate, to the sinks; "
        f"live hits were written meanwhile after {share_of(fresh, 0.5):.0f} s (p50)"
    )


def _fresh(load: Load, arrived: dict[int, float], begin: float, end: float) -> list[float]:
    return sorted(arrived[number] - at for number, at in load.obligations.items() if begin <= at < end)


def _acks(load: Load, phases: Phases, phase: int) -> list[float]:
    """Of one phase, the shortest first."""
    begin, end = phases[phase], phases[phase + 1]
    return sorted(load.took[number] for number, at in load.obligations.items() if begin <= at < end)
