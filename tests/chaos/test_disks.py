"""Disks that fill or fail under load, and work again: who promised keeps it, and who cannot says so at once."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.chaos.conftest import Take
from tests.chaos.disks import FAILED, QUICK, Machine, Process, processes_of, refusing, until_all
from tests.chaos.load import Load
from tests.chaos.report import report_of
from tests.chaos.verdict import settled_in
from tests.faults.small_disk import SmallDisk, small_disk
from tests.running import Running, free_port, record_files, running

STOP_SECONDS = 1.0
SYNC_SECONDS = 1.5
"""The next sync begins within a second, and on a busy machine a little later."""
RESUME_SECONDS = 5.0
BUSY_SECONDS = 0.5
SETTLE_SECONDS = 60.0
FEW = 3
"""Of them, in the short form."""
PORTS = ("--port", "0", "--admin-port", "0")
NO_FILES, ALL_FILES = 0, -1
EROFS = {"pwrite": "EROFS", "open": "EROFS", "unlink": "EROFS", "ftruncate": "EROFS"}


class Illness(NamedTuple):
    """What befalls the disk, how it passes, and how soon acknowledgements must have ended."""

    begin: Callable[[], None]
    end: Callable[[], None]
    within: float = STOP_SECONDS


def illnesses(machine: Machine) -> dict[str, Illness]:
    def calls(within: float, /, **failing: str) -> Illness:
        return Illness(lambda: machine.fail(**failing), machine.fail, within)

    return {
        "full": Illness(machine.disk.fill, machine.disk.free),
        "sync fails": Illness(lambda: machine.fail_unshipped(fsync="EIO"), machine.heal, SYNC_SECONDS),
        "limited files": Illness(lambda: machine.limit_files(NO_FILES), lambda: machine.limit_files(ALL_FILES)),
        "read-only": calls(STOP_SECONDS, **EROFS),
        "no room at sync": calls(SYNC_SECONDS, fsync="ENOSPC"),
        "write fails": calls(STOP_SECONDS, pwrite="EIO"),
    }


async def befall(illness: Illness, load: Load, processes: Sequence[Process], disk: SmallDisk) -> tuple[float, float]:
    """How long after it began the last was acknowledged, and after its end, until everybody acknowledged again."""
    async with kept(illness.begin):
        late = await refusing(load, processes, disk, illness.within)
    illness.end()
    return late, await until_all(processes, answers_well)


def answers_well(process: Process) -> bool:
    return process.is_ready and process.answers().status == 204


@asynccontextmanager
async def kept(begin: Callable[[], None]) -> AsyncIterator[None]:
    """Begun, and again all the time: what is deleted meanwhile makes room."""

    async def again() -> None:
        while True:
            await asyncio.sleep(0.02)
            begin()

    begin()
    keeping = asyncio.create_task(again())
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


@contextmanager
def machine_on(disk_place: Path, data: Path) -> Iterator[Machine]:
    with small_disk(disk_place, 24) as disk:
        machine = Machine(data, disk)
        try:
            yield machine
        finally:
            machine.heal()
            machine.stop()


async def test_acknowledgements_end_and_resume_with_the_disk_of_the_journals(
    tmp_path: Path, cycles: int, report: Take
) -> None:
    late = resumed = 0.0
    with machine_on(tmp_path / "disk", tmp_path / "data") as machine:
        load = Load(sorted({process.url for process in machine.processes}), connections=6, passers_by=6)
        befalling = list(illnesses(machine).values())[: FEW if cycles <= 20 else None] * max(1, cycles // 20)
        async with load.running():
            for illness in befalling:
                await load.promised(len(load.obligations) + 100)
                after, until = await befall(illness, load, machine.processes, machine.disk)
                late, resumed = max(late, after), max(resumed, until)
        verdict = await settled_in(machine.data, load, SETTLE_SECONDS)
        assert_no_sync_after_a_failed_one(machine.synced)
    assert resumed < RESUME_SECONDS
    measured = f"the last acknowledgement {late:.2f} s after the failure; resumed within {resumed:.1f} s"
    run = "the journals' disk full, read-only, failing; no file may grow"
    report(report_of(run, load, verdict, faults=len(befalling), measured=measured))


async def test_everything_on_one_disk_that_is_full_recovers_whole(tmp_path: Path, cycles: int, report: Take) -> None:
    rounds, resumed = max(1, cycles // 20), 0.0
    with (
        small_disk(tmp_path / "disk", 32 + 2 * rounds) as disk,
        running(disk.root / "data", "up", *PORTS, environ=QUICK) as up,
    ):
        (process,) = processes_of(up, "demo page")
        load = Load(process.url, per_second=300)
        full = Illness(disk.fill, disk.free)
        async with load.running():
            for _ in range(rounds):
                await load.promised(len(load.obligations) + 250)
                resumed = max(resumed, (await befall(full, load, [process], disk))[1])
        verdict = await settled_in(up.data, load, SETTLE_SECONDS)
        await assert_quiet_and_back_by_itself(disk, process)
        assert half_written(up.data) == []
    run, measured = "everything on one disk, which is full", f"resumed within {resumed:.1f} s"
    report(report_of(run, load, verdict, faults=rounds + 1, measured=measured))


async def test_who_is_killed_on_a_full_disk_starts_there_and_makes_room_by_shipping(
    tmp_path: Path, cycles: int, report: Take
) -> None:
    rounds, data, in_flight = max(1, cycles // 20), tmp_path / "data", 0
    with small_disk(tmp_path / "disk", 24) as disk, running(data, "worker", "--admin-port", "0", environ=QUICK):
        (data / "journal").symlink_to(disk.root, target_is_directory=True)
        arguments = ("gateway", "--port", str(free_port()), "--admin-port", "0")
        gateway = Running(data, *arguments, environ=QUICK)
        try:
            load = Load(gateway.url("gateway"))
            async with load.running():
                for _ in range(rounds):
                    await load.promised(len(load.obligations) + 200)
                    disk.fill()
                    await asyncio.sleep(0.05)
                    gateway.kill()
                    in_flight += len(load.obligations) > len(record_files(data))
                    gateway = Running(data, *arguments, environ=QUICK)
                    await asyncio.to_thread(gateway.url, "gateway")
                    await load.promised(len(load.obligations) + 100)
                    disk.free()
            verdict = await settled_in(data, load, SETTLE_SECONDS)
        finally:
            code = gateway.stop()
    assert code == 0
    injected = {"kills": rounds, "kills_in_flight": in_flight, "faults": rounds}
    report(report_of("gateway killed on a full disk, and started there", load, verdict, **injected))


async def assert_quiet_and_back_by_itself(disk: SmallDisk, process: Process) -> None:
    """On a full disk it waits without using the processor, and is ready again though nobody has asked anything."""
    async with kept(disk.fill):
        await until_all([process], lambda process: process.answers() == FAILED)
        used = process.cpu_seconds()
        await asyncio.sleep(1.0)
        assert process.cpu_seconds() - used < BUSY_SECONDS
    disk.free()
    await until_all([process], lambda process: process.is_ready)


def assert_no_sync_after_a_failed_one(synced: Sequence[tuple[str, str]]) -> None:
    """It would work, and have written nothing: the kernel tells of a failure once."""
    outcomes: dict[str, list[str]] = defaultdict(list)
    for name, outcome in synced:
        outcomes[name].append(outcome)
    failed = [all_of_it for all_of_it in outcomes.values() if set(all_of_it) != {"works"}]
    assert failed, "no sync has failed"
    assert all(set(before) <= {"works"} for *before, _ in failed), failed


def half_written(data: Path) -> list[Path]:
    """Files that nobody reads and nobody removes."""
    return [path for path in (data / "records").rglob("*") if path.is_file() and path.suffix != ".json"]
