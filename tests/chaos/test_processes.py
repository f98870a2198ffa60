"""Several gateway processes under load: renewed without a refusal, killed without a loss."""

import asyncio
import os
import random
import signal
import time
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.chaos.load import Load
from tests.chaos.verdict import Verdict, in_directory
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


@asynccontextmanager
async def under_load(data: Path) -> AsyncIterator[tuple[Machine, Load]]:
    """At the end, the gateway leaves well, and what it has promised is there, once."""
    machine = Machine(data)
    try:
        load = Load(
            await asyncio.to_thread(machine.gateway.url, "gateway"), connections=CONNECTIONS, passers_by=PASSERS_BY
        )
        loading = asyncio.create_task(load.run())
        await load.promised(100)
        yield machine, load
        load.stop()
        await loading
        assert await asyncio.to_thread(machine.gateway.stop) == 0, machine.gateway.errors
        await settled(data / "records", load)
    finally:
        machine.gateway.stop()
        machine.worker.stop()


async def settled(records: Path, load: Load) -> None:
    """Once nothing is missing; an AssertionError when it stays so, or something is there twice."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (verdict := Verdict(load, in_directory(records))).lost and time.monotonic() < deadline:
        await asyncio.sleep(0.2)
    assert verdict.is_clean, str(verdict)


async def test_a_renewal_refuses_nobody_and_a_kill_breaks_what_it_hits_and_no_more(
    tmp_path: Path, renewals: int
) -> None:
    async with under_load(tmp_path) as (machine, load):
        for number in range(renewals):
            promised, broken = len(load.obligations), load.broken
            await machine.renew()
            await load.promised(promised + 100)
            assert (load.broken, load.refused) == (broken, {})
            await machine.kill(random.Random(number).choice(sorted(machine.children)))
            assert load.broken <= broken + CONNECTIONS + PASSERS_BY, "a request broke that nobody had"
    assert load.refused == {}
    print(f"{renewals} renewals and kills, {load.broken} broken by kills, {len(load.obligations)} obligations")
