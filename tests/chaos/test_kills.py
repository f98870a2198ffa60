"""`kill -9` while beacons flow: every 2xx becomes exactly one file."""

import asyncio
import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.chaos.load import Load
from tests.chaos.verdict import Verdict, in_directory
from tests.running import Running, free_port

SETTLE_SECONDS = 60.0
QUICK = {
    "BLOCKMETRY_QUEUE__VISIBILITY_TIMEOUT_SECONDS": "2",
    "BLOCKMETRY_WORKER__VISIBILITY_HEARTBEAT_SECONDS": "0.5",
}


class Machine:
    """A gateway and a worker on one data directory, each replaced at once when it is killed."""

    def __init__(self, data: Path, seed: int) -> None:
        self.data = data
        self._port = free_port()
        self._random = random.Random(seed)
        self.gateway = self._start_gateway()
        self.worker = self._start_worker()
        self.url = self.gateway.url("gateway")
        self.worker_kills_in_flight = 0

    async def kill_gateway(self) -> None:
        """At a random moment; back when it answers."""
        await asyncio.sleep(self._random.uniform(0.02, 0.3))
        self.gateway.kill()
        self.gateway = self._start_gateway()
        await asyncio.to_thread(self.gateway.url, "gateway")

    async def kill_worker(self) -> None:
        """The same."""
        await asyncio.sleep(self._random.uniform(0.02, 0.3))
        self.worker.kill()
        self.worker_kills_in_flight += _received_but_not_acked(self.data) > 0
        self.worker = self._start_worker()
        await asyncio.to_thread(self.worker.url, "metrics")

    def stop(self) -> None:
        self.gateway.stop()
        self.worker.stop()

    def _start_gateway(self) -> Running:
        return Running(self.data, "gateway", "--port", str(self._port), "--admin-port", "0", environ=QUICK)

    def _start_worker(self) -> Running:
        return Running(self.data, "worker", "--admin-port", "0", environ=QUICK)


@pytest.mark.parametrize("victim", ["gateway", "worker"])
async def test_every_acknowledged_beacon_becomes_exactly_one_file(tmp_path: Path, cycles: int, victim: str) -> None:
    machine = Machine(tmp_path, seed=cycles)
    load = Load(machine.url)
    try:
        loading = asyncio.create_task(load.run())
        for _ in range(cycles):
            await (machine.kill_gateway() if victim == "gateway" else machine.kill_worker())
        load.stop()
        await loading
        verdict = await _settled(tmp_path, load)
    finally:
        machine.stop()
    hits = load.broken if victim == "gateway" else machine.worker_kills_in_flight
    assert len(load.obligations) >= 50 * cycles, "too few obligations for the run to mean anything"
    assert hits, "no kill hit work in flight: the run is void"
    assert verdict.is_clean, str(verdict)
    print(f"{cycles} kills of the {victim}, {hits} in flight, {len(load.obligations)} obligations: {verdict}")


async def _settled(data: Path, load: Load) -> Verdict:
    """Once nothing is missing, or when waiting longer makes no sense."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while (verdict := Verdict(load, in_directory(data / "records"))).lost and time.monotonic() < deadline:
        await asyncio.sleep(0.5)
    return verdict


def _received_but_not_acked(data: Path) -> int:
    """Messages that the worker had when it was killed."""
    with closing(sqlite3.connect(data / "queue.sqlite3")) as queue:
        count: int = queue.execute("SELECT count(*) FROM messages WHERE held = 1").fetchone()[0]
        return count
