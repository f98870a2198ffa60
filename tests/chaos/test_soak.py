"""A long time at half load with a kill a minute: nothing is lost, and nothing grows."""

import asyncio
import shutil
import time
from pathlib import Path
from typing import NamedTuple

from tests.chaos.conftest import Take
from tests.chaos.load import Load
from tests.chaos.report import report_of
from tests.chaos.scrape import held, queued, read
from tests.chaos.steady import Watched, growth
from tests.chaos.verdict import Verdict, in_directory
from tests.running import Running, free_port

PER_SECOND = 250.0
KILL_EVERY_SECONDS = 60.0
LOOK_EVERY_SECONDS = 5.0
SHORT_SECONDS = 8.0
SETTLE_SECONDS = 120.0
QUICK = {
    "BLOCKMETRY_QUEUE__VISIBILITY_TIMEOUT_SECONDS": "5",
    "BLOCKMETRY_WORKER__VISIBILITY_HEARTBEAT_SECONDS": "1",
}


class Limits(NamedTuple):
    """What may be added after the warm-up."""

    bytes: int
    descriptors: int
    disk_bytes: int


LONG = Limits(8 << 20, 3, 8 << 20)
"""A kilobyte for each beacon would be 300 MiB."""
SHORT = Limits(40 << 20, 8, 24 << 20)
"""All is still warming up."""


class Machine:
    """Two gateways and two workers on one data directory: one of each is killed again and again, the others stay."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._port = free_port()
        self.victims = {"gateway": self._start("gateway"), "worker": self._start("worker")}
        self.staying = {"gateway": self._start("gateway", 0), "worker": self._start("worker")}
        self.urls = [self.victims["gateway"].url("gateway"), self.staying["gateway"].url("gateway")]
        self.kills = 0

    async def kill_next(self, load: Load) -> bool:
        """Gateway and worker in turn; replaced at once. Whether it hit something under way."""
        kind, broken = ("gateway", "worker")[self.kills % 2], load.broken
        self.kills += 1
        self.victims[kind].kill()
        was_held = held(self.data) > 0
        self.victims[kind] = await asyncio.to_thread(self._start, kind)
        return load.broken > broken if kind == "gateway" else was_held

    def waiting(self) -> float:
        """Bytes in journals, and messages."""
        gateways = (self.victims["gateway"], self.staying["gateway"])
        return sum(read(gateway, "journal_bytes") for gateway in gateways) + queued(self.data)

    def stop(self) -> None:
        for process in (*self.victims.values(), *self.staying.values()):
            process.stop()

    def _start(self, kind: str, port: int | None = None) -> Running:
        listening = ["--port", str(self._port if port is None else port)] if kind == "gateway" else []
        return Running(self.data, kind, *listening, "--admin-port", "0", environ=QUICK)


async def test_nothing_grows_while_somebody_is_killed_now_and_then(
    tmp_path: Path, soak_seconds: float, report: Take
) -> None:
    seconds, limits = soak_seconds or SHORT_SECONDS, LONG if soak_seconds else SHORT
    every_seconds = KILL_EVERY_SECONDS if soak_seconds else SHORT_SECONDS / 3
    machine, watched, in_flight = Machine(tmp_path), Watched(), 0
    disk = {"journal": [tmp_path / "journal"], "queue": [*(tmp_path / f"queue.sqlite3{end}" for end in ("", "-wal"))]}
    load = Load(machine.urls, per_second=PER_SECOND, connections=16)
    try:
        async with load.running():
            while load.seconds < seconds:
                await asyncio.sleep(min(LOOK_EVERY_SECONDS, seconds / 20))
                watched.look(machine.staying, disk)
                if load.seconds > (machine.kills + 1) * every_seconds:
                    in_flight += await machine.kill_next(load)
        await _emptied(machine)
        verdict = Verdict(load, in_directory(tmp_path / "records"))
        leftovers = [path.name for path in (tmp_path / "records").rglob("*") if "#" in path.name]
    finally:
        machine.stop()
    shutil.rmtree(tmp_path / "records")
    added = {name: growth(samples) for name, samples in watched.samples.items()}
    told = ", ".join(
        f"{name} {more.bytes / 2**20:+.1f} MiB {more.descriptors:+d} files" for name, more in added.items()
    )
    report(
        report_of(
            f"{seconds / 60:.0f} min at {PER_SECOND:.0f}/s, a kill every {every_seconds:.0f} s",
            load,
            verdict,
            kills=machine.kills,
            kills_in_flight=in_flight,
            measured=f"in {added['gateway'].at / 60:.0f} min: {told}",
        )
    )
    for name, more in added.items():
        assert more.bytes < (limits.bytes if name in machine.staying else limits.disk_bytes), told
        assert more.descriptors <= limits.descriptors, told
    assert not leftovers


async def _emptied(machine: Machine) -> None:
    """Returns once journals and queue hold nothing."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while await asyncio.to_thread(machine.waiting):
        assert time.monotonic() < deadline, "something does not arrive"
        await asyncio.sleep(0.5)
