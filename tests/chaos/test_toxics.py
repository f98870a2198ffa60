"""Every way in which a network can be sick, at each service: nothing is lost, and only who is concerned waits."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from shared.sinks import Sink
from tests.chaos.conftest import Take
from tests.chaos.customers import account, assumed, bucket, stream
from tests.chaos.delays import delays_of, share_of
from tests.chaos.fleet import Fleet, memory_bytes, module_for
from tests.chaos.load import Load
from tests.chaos.report import report_of
from tests.chaos.verdict import Verdict, in_objects
from tests.faults.front import Front, Mode, Way, forwarder
from tests.faults.queue_server import QueueServer

Toxic = tuple[Mode, tuple[Way, ...]]
TOXICS: list[Toxic] = [
    (Mode.REFUSE, ()),
    (Mode.RESET, ()),
    (Mode.DELAY, ()),
    *((mode, (way,)) for mode in (Mode.LOSE, Mode.BLACK_HOLE, Mode.TRUNCATE, Mode.TRICKLE) for way in Way),
]
SHORT: dict[str, list[Toxic]] = {
    "queue": [(Mode.TRUNCATE, (Way.BACK,)), (Mode.RESET, ()), (Mode.LOSE, (Way.BACK,))],
    "sinks": [(Mode.REFUSE, ()), (Mode.TRUNCATE, (Way.THERE,)), (Mode.LOSE, (Way.BACK,))],
}
PLACES = {"queue": "SQS", "sinks": "S3, STS and Kinesis"}
SHORT_SECONDS = 1.0
BREATHER_SHARE = 0.2
"""Of a toxic's time, until the next one."""
DELAY_SECONDS = 1.0
SESSION_SECONDS = 8.0
"""So that roles are assumed all the time."""
PROPERTIES = ("calm", "s3", "sts", "kinesis")
STREAMED = ("kinesis",)
PER_SECOND = 120.0
SLOWEST_SHIP_SECONDS = 10.0
"""5 s for a call, and as long until it is its turn. A bound of the histogram's."""
SLOWEST_WRITE_SECONDS = 30.0
"""8 s for keys and 10 s for a put. A bound of the histogram's."""
LATE_SECONDS = 10.0
GATEWAY_BYTES = 150 << 20
WORKER_BYTES = 300 << 20
GROWTH_BYTES = 40 << 20
"""From when a third of the toxics has passed."""


@pytest.mark.parametrize("where", ["queue", "sinks"])
async def test_a_sick_network_loses_nothing_and_delays_nobody_else(
    tmp_path: Path, queue_server: QueueServer, toxic_seconds: float, where: str, report: Take
) -> None:
    toxics = TOXICS if toxic_seconds else SHORT[where]
    with ExitStack() as stack:
        server, kept = stack.enter_context(account())
        kept.session_seconds = SESSION_SECONDS
        to = {name: stack.enter_context(forwarder(server.url, DELAY_SECONDS)) for name in ("s3", "kinesis")}
        to["sts"] = stack.enter_context(forwarder(server.url, DELAY_SECONDS, only=b"POST / "))
        to_queue = stack.enter_context(forwarder(queue_server.url, DELAY_SECONDS))
        sinks: dict[str, list[Sink]] = {
            "calm": [bucket("calm", server.url)],
            "s3": [bucket("s3", to["s3"].url)],
            "sts": [assumed("sts", to["sts"].url)],
            "kinesis": [stream(to["kinesis"].url)],
        }
        fleet = Fleet(
            tmp_path, queue_server, sinks, workers=2, endpoint_url=to_queue.url, module=module_for(toxic_seconds)
        )
        load = Load(fleet.url, PROPERTIES, PER_SECOND)
        sick = [to_queue] if where == "queue" else [*to.values()]
        try:
            async with load.running():
                grown = await _suffer(toxics, toxic_seconds or SHORT_SECONDS, sick, fleet)
            await fleet.settled(60 + 8 * toxic_seconds)
            _assert_in_time(fleet)
        finally:
            fleet.stop()
        verdict = Verdict(load, in_objects(kept.objects), set(PROPERTIES) - set(STREAMED))
        streamed = Verdict(load, kept.in_streams(), STREAMED)
    calm = delays_of(load, kept.arrived, lambda number: load.property_of(number) == "calm")
    hits = sum(front.hits.total() for front in sick)
    assert all(front.hits for front in sick), "somebody was never hit: the run is void"
    assert streamed.is_whole, str(streamed)
    assert not fleet.dead_letters()
    assert grown < GROWTH_BYTES
    assert where == "queue" or share_of(calm, 0.99) < LATE_SECONDS
    others = f"others' records after {share_of(calm, 0.5):.2f} s (p50), {share_of(calm, 0.99):.2f} s (p99)"
    measured = f"{others}; memory grew by {grown / 2**20:.0f} MiB"
    run = f"{len(toxics)} toxics of {toxic_seconds or SHORT_SECONDS:g} s at {PLACES[where]}"
    report(report_of(run, load, verdict, faults=hits, repeated=streamed.repeated, measured=measured))


async def _suffer(toxics: Sequence[Toxic], seconds: float, sick: Sequence[Front], fleet: Fleet) -> int:
    """One after the other. By how many bytes the largest process has grown since the first third."""
    before = 0
    for number, (mode, ways) in enumerate(toxics):
        if number == len(toxics) // 3:
            before = _largest(fleet)
        connections = [front.connections for front in sick]
        for front in sick:
            front.turn(mode, *ways)
        await asyncio.sleep(seconds)
        if mode is Mode.BLACK_HOLE and seconds > SLOWEST_WRITE_SECONDS:
            tried = [front.connections - count for front, count in zip(sick, connections, strict=True)]
            assert min(tried) >= seconds // SLOWEST_WRITE_SECONDS, f"calls do not end in a black hole: {tried}"
        for front in sick:
            front.turn(Mode.FORWARD)
        await asyncio.sleep(seconds * BREATHER_SHARE)
    assert memory_bytes(fleet.gateway) < GATEWAY_BYTES
    assert max(map(memory_bytes, fleet.workers)) < WORKER_BYTES
    return _largest(fleet) - before


def _largest(fleet: Fleet) -> int:
    return max(map(memory_bytes, (fleet.gateway, *fleet.workers)))


def _assert_in_time(fleet: Fleet) -> None:
    """No call was longer under way than its deadline says."""
    processes = [(fleet.gateway, "ship_seconds", SLOWEST_SHIP_SECONDS)]
    processes += [(worker, "sink_seconds", SLOWEST_WRITE_SECONDS) for worker in fleet.workers]
    for process, name, bound in processes:
        calls = fleet.read(process, f"{name}_count")
        assert calls > 0
        assert fleet.read(process, f"{name}_bucket", le=f"{bound:.1f}") == calls, f"{name} above {bound} s"
