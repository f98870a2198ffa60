"""Gateways that die beside others on the same data: the living ship what they left, and leave alone what is in use."""

import asyncio
import time
from collections.abc import Coroutine
from pathlib import Path

from shared.sinks import Sink
from tests.chaos.conftest import Take
from tests.chaos.customers import Account, account, bucket, ids
from tests.chaos.fleet import Fleet
from tests.chaos.load import Load
from tests.chaos.report import report_of
from tests.chaos.scrape import read
from tests.chaos.verdict import Verdict, in_objects
from tests.faults.front import Mode, forwarder
from tests.faults.queue_server import QueueServer
from tests.running import Running, free_port

PROPERTIES = ids(3)
MODULE = "tests.chaos.hurried"
SETTLE_SECONDS = 60.0
ADOPTING_SECONDS = 20.0


class Neighbour:
    """Another gateway on the data of the fleet's."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._port = free_port()
        self.process = self._start()
        self.url = self.process.url("gateway")

    async def kill(self) -> None:
        """Back when it answers."""
        self.process.kill()
        self.process = self._start()
        await asyncio.to_thread(self.process.url, "gateway")

    def _start(self) -> Running:
        arguments = ("gateway", "--port", str(self._port), "--admin-port", "0")
        return Running(self._fleet.gateway.data, *arguments, environ=self._fleet.environ, module=MODULE)


async def test_what_a_dead_gateway_left_is_adopted_also_when_who_adopts_it_dies(
    tmp_path: Path, queue_server: QueueServer, cycles: int, report: Take
) -> None:
    rounds, adoptions, hits = max(1, cycles // 20), 0, 0
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
                    hits += await _hit(
                        load, fleet.kill_gateway(), neighbour.kill()
                    )  # who may claim the other's journal
                    await load.promised(len(load.obligations) + 100)
                    hits += await _hit(load, neighbour.kill())
                    front.turn(Mode.FORWARD)
                    adoptions += await _adopting(fleet.gateway, neighbour.process)
                    hits += await _hit(load, fleet.kill_gateway())
            await _arrived(load, kept)
        finally:
            fleet.stop()
            neighbour.process.kill()
        verdict = Verdict(load, in_objects(kept.objects))
    assert adoptions == rounds, "nothing was adopted: the run is void"
    run = "gateways on the same data killed in an outage of the queue, and while they adopt"
    report(report_of(run, load, verdict, kills=4 * rounds, kills_in_flight=hits, faults=rounds))


async def _hit(load: Load, *killing: Coroutine[None, None, None]) -> bool:
    """Whether requests were in flight."""
    broken = load.broken
    await asyncio.gather(*killing)
    return load.broken > broken


async def _adopting(*gateways: Running) -> bool:
    """Whether one of them has begun to ship what another process left."""
    deadline = time.monotonic() + ADOPTING_SECONDS
    while time.monotonic() < deadline:
        for gateway in gateways:
            if await asyncio.to_thread(read, gateway, "shipped_total", origin="adopted"):
                return True
        await asyncio.sleep(0.01)
    return False


async def _arrived(load: Load, kept: Account) -> None:
    """Returns once everything is there, or when it has had its time."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while Verdict(load, in_objects(dict(kept.objects))).lost and time.monotonic() < deadline:
        await asyncio.sleep(0.5)
