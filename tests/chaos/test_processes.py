"""Several gateway processes under load: renewed without a refusal, killed without a loss."""

import asyncio
import os
import random
import signal
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.chaos.conftest import Take
from tests.chaos.load import Load
from tests.chaos.report import report_of
from tests.chaos.verdict import settled_in
from tests.running import Running

PROCESSES = 2
CONNECTIONS = 8
PASSERS_BY = 8
PATIENCE_SECONDS = 60.0


class Machine:
    """The gateway's processes and a worker on one data directory."""

    def __init__(self, data: Path) -> None:
        arguments = ("gateway", "--port", "0", "--admin-port", "0")
        self.gateway = Running(data, *arguments, environ={"BLOCKMETRY_GATEWAY__PROCESSES": str(PROCESSES)})
        self.worker = Running(data, "worker", "--admin-port", "0")

    @property
    def children(self) -> set[int]:
        """The gateway's, by their id."""
        pid = self.gateway.pid
        return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))

    async def renew(self) -> None:
        """SIGHUP; returns once all the old ones have left."""
        before = self.children
        os.kill(self.gateway.pid, signal.SIGHUP)
        await self._become(lambda now: len(now) == PROCESSES and not now & before)

    async def kill(self, victim: int) -> None:
        """Returns once there is another one, and each place serves."""
        os.kill(victim, signal.SIGKILL)
        await self._become(lambda now: len(now) == PROCESSES and victim not in now)
        for place in range(PROCESSES):
            assert b"blockmetry_received_total" in await asyncio.to_thread(self.metrics, place)

    def metrics(self, place: int) -> bytes:
        """Of whoever is in that place; who asks while nobody is waits."""
        with urllib.request.urlopen(self.gateway.url(f"metrics {place}"), timeout=PATIENCE_SECONDS) as answer:
            read: bytes = answer.read()
            return read

    async def _become(self, is_so: Callable[[set[int]], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so(self.children):
            assert time.monotonic() < deadline, f"there are still {self.children}: {self.gateway.errors}"
            await asyncio.sleep(0.02)


async def test_a_renewal_refuses_nobody_and_a_kill_breaks_what_it_hits_and_no_more(
    tmp_path: Path, renewals: int, report: Take
) -> None:
    machine, in_flight = Machine(tmp_path), 0
    try:
        url = await asyncio.to_thread(machine.gateway.url, "gateway")
        load = Load(url, connections=CONNECTIONS, passers_by=PASSERS_BY)
        async with load.running():
            await load.promised(100)
            for number in range(renewals):
                promised, broken = len(load.obligations), load.broken
                await machine.renew()
                await load.promised(promised + 100)
                assert (load.broken, load.refused) == (broken, {})
                await machine.kill(random.Random(number).choice(sorted(machine.children)))
                assert load.broken <= broken + CONNECTIONS + PASSERS_BY, "a request broke that nobody had"
                in_flight += load.broken > broken
        assert await asyncio.to_thread(machine.gateway.stop) == 0, machine.gateway.errors
        verdict = await settled_in(tmp_path, load, PATIENCE_SECONDS)
    finally:
        machine.gateway.stop()
        machine.worker.stop()
    assert load.refused == {}
    run = "one of two gateway processes renewed and one killed, in turn"
    report(report_of(run, load, verdict, kills=renewals, kills_in_flight=in_flight, faults=renewals))
