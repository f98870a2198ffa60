"""SIGSTOP for longer than the visibility timeout, then SIGCONT: who was away does no harm when it is back."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from shared.sinks import Sink
from tests.chaos.conftest import Take
from tests.chaos.customers import account, bucket, ids, stream
from tests.chaos.fleet import Fleet
from tests.chaos.load import Load
from tests.chaos.report import report_of
from tests.chaos.verdict import Verdict, in_objects, settled_in
from tests.faults.queue_server import QueueServer
from tests.running import Running, running

VISIBILITY_SECONDS = 1.0
AWAY_SECONDS = 3.0
ANSWERED_SECONDS = 0.3
"""What was answered before a stop may arrive after it."""
SETTLE_SECONDS = 60.0
PROPERTIES = ids(4)
BRIEF = {
    "BLOCKMETRY_QUEUE__VISIBILITY_TIMEOUT_SECONDS": str(VISIBILITY_SECONDS),
    "BLOCKMETRY_WORKER__VISIBILITY_HEARTBEAT_SECONDS": "0.3",
}


async def test_a_worker_that_was_away_writes_nothing_twice(
    tmp_path: Path, queue_server: QueueServer, cycles: int, report: Take
) -> None:
    """What it had is written by the other one; it then goes on with what it had, and acks with old receipts."""
    stops, at_work = max(1, cycles // 20), 0
    with account() as (server, kept):
        sinks: dict[str, list[Sink]] = {name: [bucket(name, server.url), stream(server.url)] for name in PROPERTIES}
        fleet = Fleet(tmp_path, queue_server, sinks, workers=2, environ=BRIEF)
        load = Load(fleet.url, PROPERTIES, per_second=600)
        try:
            async with load.running():
                for number in range(stops):
                    await load.promised(len(load.obligations) + 300)
                    at_work += await asyncio.to_thread(_is_at_work, fleet, fleet.workers[number % 2])
                    async with _away(fleet.workers[number % 2]):
                        await asyncio.sleep(AWAY_SECONDS)
                    await asyncio.sleep(0.5)
            await fleet.settled(SETTLE_SECONDS)
        finally:
            fleet.stop()
        verdict, streamed = Verdict(load, in_objects(kept.objects)), Verdict(load, kept.in_streams())
    assert at_work, "nobody was stopped at work: the run is void"
    assert streamed.is_whole, str(streamed)
    again = server.operations["PutObject"] - len(kept.objects)
    run = "a worker stopped for longer than the visibility timeout, then continued"
    measured = f"{again:,} objects were there already"
    report(report_of(run, load, verdict, faults=stops, repeated=streamed.repeated, measured=measured))


async def test_a_gateway_that_was_away_keeps_its_journal_and_its_clients(
    tmp_path: Path, cycles: int, report: Take
) -> None:
    """Another one on the same data takes a journal of its own, and leaves the first one's alone while it lives."""
    stops, serving = max(1, cycles // 20), ("gateway", "--port", "0", "--admin-port", "0")
    with running(tmp_path, *serving, environ=BRIEF) as gateway, running(tmp_path, "worker", "--admin-port", "0"):
        load = Load(gateway.url("gateway"))
        async with load.running():
            for _ in range(stops):
                await load.promised(len(load.obligations) + 300)
                other = Running(tmp_path, *serving, environ=BRIEF, module="tests.chaos.hurried")
                await asyncio.to_thread(other.url, "gateway")
                async with _away(gateway):
                    await asyncio.sleep(ANSWERED_SECONDS)
                    before = len(load.obligations)
                    await asyncio.sleep(AWAY_SECONDS)
                    assert len(load.obligations) == before
                    assert (tmp_path / "journal" / "001").is_dir()
                assert await asyncio.to_thread(other.stop) == 0
                assert "adopting" not in other.errors
        verdict = await settled_in(tmp_path, load, SETTLE_SECONDS)
    assert not load.broken
    assert not load.refused
    report(report_of("the gateway stopped and continued, another beside it", load, verdict, faults=stops))


@asynccontextmanager
async def _away(process: Running) -> AsyncIterator[None]:
    """SIGSTOP; at the end of the block SIGCONT."""
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)


def _is_at_work(fleet: Fleet, worker: Running) -> bool:
    """Within some tries: it has deliveries at this moment."""
    return any(fleet.read(worker, "in_flight") > 0 for _ in range(50))
