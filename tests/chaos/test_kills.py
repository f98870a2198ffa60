"""`kill -9` while beacons flow, on the embedded queue: every 2xx becomes exactly one record."""

import asyncio
import random
from pathlib import Path
from typing import Literal

import pytest

from shared.sinks import ObjectsSink
from tests.chaos.conftest import Take
from tests.chaos.fleet import table
from tests.chaos.load import Load
from tests.chaos.report import report_of
from tests.chaos.scrape import held, until_held
from tests.chaos.verdict import settled_in
from tests.running import Running, free_port

SETTLE_SECONDS = 60.0
FEWEST_A_CYCLE = 50
HELD_WITHIN_SECONDS = 0.2
PER_SECOND = {"gateway": 0.0, "worker": 600.0}
"""A worker that lives for a sixth of a second at a time does not keep up with all that could be sent."""
QUICK = {
    "BLOCKMETRY_QUEUE__VISIBILITY_TIMEOUT_SECONDS": "2",
    "BLOCKMETRY_WORKER__VISIBILITY_HEARTBEAT_SECONDS": "0.5",
}


LAYOUTS: dict[str, Literal["hit", "block"]] = {"hits": "hit", "blocks": "block"}
"""Of each property's sink."""


class Machine:
    """A gateway and a worker on one data directory, each replaced at once when it is killed."""

    def __init__(self, data: Path, seed: int) -> None:
        self.data = data
        (data / "properties.toml").write_text(
            "".join(
                table(name, [ObjectsSink(url=f"file://{data}/records", layout=layout)])
                for name, layout in LAYOUTS.items()
            )
        )
        self._environ = {**QUICK, "BLOCKMETRY_PROPERTIES": str(data / "properties.toml")}
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
        """The same, and rather while it has something."""
        await asyncio.sleep(self._random.uniform(0.02, 0.3))
        await until_held(self.data, HELD_WITHIN_SECONDS)
        self.worker.kill()
        self.worker_kills_in_flight += held(self.data) > 0
        self.worker = self._start_worker()
        await asyncio.to_thread(self.worker.url, "metrics")

    def stop(self) -> None:
        self.gateway.stop()
        self.worker.stop()

    def _start_gateway(self) -> Running:
        return Running(self.data, "gateway", "--port", str(self._port), "--admin-port", "0", environ=self._environ)

    def _start_worker(self) -> Running:
        return Running(self.data, "worker", "--admin-port", "0", environ=self._environ)


@pytest.mark.parametrize("victim", ["gateway", "worker"])
async def test_every_acknowledged_beacon_becomes_exactly_one_record(
    tmp_path: Path, cycles: int, victim: str, report: Take
) -> None:
    kills, in_flight, machine = max(1, cycles // 2), 0, Machine(tmp_path, seed=cycles)
    load = Load(machine.url, [*LAYOUTS], per_second=PER_SECOND[victim])
    try:
        async with load.running():
            for _ in range(kills):
                broken = load.broken
                await (machine.kill_gateway() if victim == "gateway" else machine.kill_worker())
                in_flight += load.broken > broken
        verdict = await settled_in(tmp_path, load, SETTLE_SECONDS)
    finally:
        machine.stop()
    in_flight = in_flight if victim == "gateway" else machine.worker_kills_in_flight
    assert in_flight, "no kill hit work in flight: the run is void"
    assert len(load.obligations) >= FEWEST_A_CYCLE * kills, "too few obligations for the run to mean anything"
    run = f"{victim} killed, embedded queue, files of either layout"
    report(report_of(run, load, verdict, kills=kills, kills_in_flight=in_flight))
