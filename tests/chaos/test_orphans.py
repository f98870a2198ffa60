"""Gateways that die beside others on the same data: the living ship what they left, and leave alone what is in use."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from shared.sinks import Sink
from tests.chaos.conftest import Take
from tests.chaos.customers import account, bucket, ids
from tests.chaos.fleet import Fleet
from tests.chaos.load import Load
from tests.chaos.report import report_of
from tests.chaos.scrape import unshipped
from tests.chaos.verdict import Verdict, in_objects
from tests.faults.front import Mode, forwarder
from tests.faults.queue_server import QueueServer
from tests.running import Running, free_port, until

PROPERTIES = ids(3)
MODULE = "tests.chaos.hurried"
SETTLE_SECONDS = 60.0
ADOPTING_SECONDS = 20.0


class Neighbour:
    """Another gateway on the data of the fleet's."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._port = free_port()
        self._process = self._start()
        self.url = self._process.url("gateway")

    async def start(self) -> None:
        """Returns when it answers."""
        self._process = self._start()
        await asyncio.to_thread(self._process.url, "gateway")

    async def kill(self) -> None:
        self._process.kill()

    def _start(self) -> Running:
        arguments = ("gateway", "--port", str(self._port), "--admin-port", "0")
        return Running(self._fleet.gateway.data, *arguments, environ=self._fleet.environ, module=MODULE)


async def test_what_a_dead_gateway_left_is_adopted_also_when_who_adopts_it_dies(
    tmp_path: Path, queue_server: QueueServer, cycles: int, report: Take
) -> None:
    rounds, hits = max(1, cycles // 20), 0
    with account() as (server, kept), forwarder(queue_server.url) as front:
        sinks: dict[str, list[Sink]] = {name: [bucket(name, server.url)] for name in PROPERTIES}
        fleet = Fleet(tmp_path, queue_server, sinks, endpoint_url=front.url, module=MODULE)
        neighbour = Neighbour(fleet)
        load = Load([fleet.url, neighbour.url], PROPERTIES, per_second=500)
        try:
            async with load.running():
                for _ in range(rounds):
                    front.turn(Mode.REFUSE)
                    await load.promised(len(load.obligations) + 500)
                    hits += await _hit(load, neighbour.kill)
                    await _adopting(fleet)
                    hits += await _hit(load, fleet.kill_gateway)
                    await _adopting(fleet)
                    front.turn(Mode.FORWARD)
                    await neighbour.start()
                    hits += await _hit(load, fleet.kill_gateway)
            await _shipped(fleet.gateway.data)
            await fleet.settled(SETTLE_SECONDS)
        finally:
            fleet.stop()
            await neighbour.kill()
        verdict = Verdict(load, in_objects(kept.objects))
    run = "gateways on the same data killed in an outage of the queue, and while they adopt"
    report(report_of(run, load, verdict, kills=3 * rounds, kills_in_flight=hits, faults=rounds))


async def _hit(load: Load, kill: Callable[[], Awaitable[None]]) -> bool:
    """Whether requests were in flight."""
    broken = load.broken
    await kill()
    return load.broken > broken


async def _adopting(fleet: Fleet) -> None:
    """Returns once its gateway has begun to ship what another process left."""
    await asyncio.to_thread(until, lambda: "adopting" in fleet.gateway.errors, ADOPTING_SECONDS)


async def _shipped(data: Path) -> None:
    """Returns once all journals are empty."""
    await asyncio.to_thread(until, lambda: not unshipped(data), SETTLE_SECONDS)
