"""Group commit, and what happens when the disk says no."""

import asyncio
import errno
import logging
import os
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from gateway.journal import Journal, JournalError
from gateway.reject import RejectReason
from gateway.sync import JournalSync
from tests.unit.gateway.crash import crash
from tests.unit.gateway.journal_use import fails_with
from tests.unit.gateway.serving import until


class Disk:
    """Stands where `os.fsync` does. `fails` decides by the inode that is synced; `hold` makes it slow."""

    def __init__(self) -> None:
        self.synced: list[int] = []
        self.fails: Callable[[int], bool] = lambda _: False
        self.hold = threading.Event()
        self.hold.set()
        self.is_syncing = threading.Event()

    def fsync(self, descriptor: int) -> None:
        inode = os.fstat(descriptor).st_ino
        self.is_syncing.set()
        assert self.hold.wait(5)
        self.synced.append(inode)
        if self.fails(inode):
            raise OSError(errno.EIO, "Input/output error")


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    one = Disk()
    monkeypatch.setattr(os, "fsync", one.fsync)
    return one


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    one = Journal(tmp_path, 1 << 20)
    yield one
    one.close()


def inodes(journal: Journal) -> set[int]:
    return {path.stat().st_ino for path in journal.directory.glob("*.segment")}


async def stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_when_it_returns_the_segment_and_its_directory_are_on_disk(journal: Journal, disk: Disk) -> None:
    journal.append(b"one")
    await JournalSync(journal).wait()
    assert set(disk.synced) == {*inodes(journal), journal.directory.stat().st_ino}


async def test_however_many_wait_one_sync_serves_those_who_came_before_it(journal: Journal, disk: Disk) -> None:
    sync = JournalSync(journal)
    disk.hold.clear()
    first = asyncio.create_task(appended(journal, sync))
    await asyncio.to_thread(disk.is_syncing.wait, 5)
    rest = [asyncio.create_task(appended(journal, sync)) for _ in range(100)]
    await asyncio.sleep(0.01)
    assert not any(task.done() for task in (first, *rest))
    disk.hold.set()
    await asyncio.gather(first, *rest)
    segment = inodes(journal)
    assert sum(inode in segment for inode in disk.synced) == 2


async def appended(journal: Journal, sync: JournalSync) -> None:
    journal.append(b"one")
    await sync.wait()


async def test_a_failed_sync_fails_everybody_it_was_for_and_stops_the_journal(journal: Journal, disk: Disk) -> None:
    sync = JournalSync(journal)
    disk.fails = lambda _: True
    outcomes = await asyncio.gather(*(appended(journal, sync) for _ in range(5)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [JournalError] * 5
    assert journal.refusal == RejectReason.JOURNAL_FAILED
    with pytest.raises(JournalError, match="the disk failed"):
        journal.append(b"more")


async def test_who_appended_while_a_sync_failed_is_not_told_that_it_is_on_disk(journal: Journal, disk: Disk) -> None:
    """The kernel tells of lost pages once: the same file's next fsync succeeds, whatever was lost."""
    sync = JournalSync(journal)
    disk.hold.clear()
    disk.fails = lambda _: len(disk.synced) == 1
    first = asyncio.create_task(appended(journal, sync))
    await asyncio.to_thread(disk.is_syncing.wait, 5)
    second = asyncio.create_task(appended(journal, sync))
    await asyncio.sleep(0.01)
    disk.hold.set()
    outcomes = await asyncio.gather(first, second, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [JournalError, JournalError]


async def test_a_segment_whose_sync_failed_is_never_synced_again(journal: Journal, disk: Disk) -> None:
    sync = JournalSync(journal)
    disk.hold.clear()
    first = asyncio.create_task(appended(journal, sync))
    await asyncio.to_thread(disk.is_syncing.wait, 5)
    (lost,) = inodes(journal)
    disk.fails = lost.__eq__
    journal.append(b"appended meanwhile")
    disk.hold.set()
    with pytest.raises(JournalError):
        await first
    tending = asyncio.create_task(sync.run(every_seconds=0.005))
    await until(lambda: not journal.is_broken, seconds=2)
    await appended(journal, sync)
    await stopped(tending)
    assert disk.synced.count(lost) == 1


async def test_a_disk_that_works_again_is_used_again_on_a_new_segment(
    journal: Journal, disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    sync = JournalSync(journal)
    disk.fails = lambda _: True
    with pytest.raises(JournalError):
        await appended(journal, sync)
    (lost,) = inodes(journal)
    tending = asyncio.create_task(sync.run(every_seconds=0.005))
    await asyncio.sleep(0.03)
    assert journal.is_broken
    disk.fails = lost.__eq__
    await until(lambda: not journal.is_broken)
    await appended(journal, sync)
    await stopped(tending)
    found: list[bytes] = []
    while journal.unread_bytes:
        found += journal.read(1 << 20).payloads
    assert found == [b"one", b"one"], "what could not be synced is still shipped"
    assert disk.synced.count(lost) == 1
    assert any(line.levelno == logging.ERROR for line in caplog.records)


async def test_what_nobody_waits_for_is_synced_every_so_often(journal: Journal, disk: Disk) -> None:
    tending = asyncio.create_task(JournalSync(journal).run(every_seconds=0.005))
    await asyncio.sleep(0.02)
    assert disk.synced == [], "there is nothing to sync"
    journal.append(b"one")
    await until(lambda: not journal.needs_sync and disk.synced)
    count = len(disk.synced)
    await asyncio.sleep(0.02)
    assert len(disk.synced) == count
    await stopped(tending)


async def test_a_disk_that_fails_where_nobody_waits_stops_the_journal_as_well(journal: Journal, disk: Disk) -> None:
    disk.fails = lambda _: True
    tending = asyncio.create_task(JournalSync(journal).run(every_seconds=0.005))
    journal.append(b"one")
    await until(lambda: journal.is_broken)
    await stopped(tending)


async def test_one_who_goes_away_while_waiting_costs_the_others_nothing(journal: Journal, disk: Disk) -> None:
    sync = JournalSync(journal)
    disk.hold.clear()
    leaving, staying = (asyncio.create_task(appended(journal, sync)) for _ in range(2))
    await asyncio.to_thread(disk.is_syncing.wait, 5)
    leaving.cancel()
    await asyncio.sleep(0.001)
    disk.hold.set()
    await staying
    await appended(journal, sync)
    assert leaving.cancelled()


async def test_what_is_there_is_synced_although_the_disk_has_no_room_for_more(
    journal: Journal, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.append(b"acknowledged")
    (there,) = inodes(journal)
    with monkeypatch.context() as full:
        full.setattr(os, "pwrite", fails_with(errno.ENOSPC))
        with pytest.raises(JournalError):
            journal.append(b"refused")
        tending = asyncio.create_task(JournalSync(journal).run(every_seconds=0.005))
        await until(lambda: there in disk.synced)
        assert journal.refusal == RejectReason.JOURNAL_FAILED
    await until(lambda: not journal.refusal)
    await stopped(tending)


async def test_where_there_is_no_thread_who_waits_is_told_and_it_is_tried_again(
    journal: Journal, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_thread(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    sync = JournalSync(journal)
    with monkeypatch.context() as failing:
        failing.setattr(asyncio, "to_thread", no_thread)
        with pytest.raises(JournalError, match="new thread"):
            await appended(journal, sync)
        assert journal.refusal == RejectReason.JOURNAL_FAILED
    tending = asyncio.create_task(sync.run(every_seconds=0.005))
    await until(lambda: not journal.is_broken)
    await appended(journal, sync)
    await stopped(tending)
    assert disk.synced


async def test_one_segment_that_cannot_be_synced_does_not_keep_others_from_it(tmp_path: Path, disk: Disk) -> None:
    """They would never be tried again."""
    journal = Journal(tmp_path, 1 << 20, segment_bytes=1)
    for _ in range(5):
        journal.append(b"one")
    disk.fails = lambda _: len(disk.synced) <= 2
    with pytest.raises(JournalError):
        await JournalSync(journal).wait()
    assert set(disk.synced) == {*inodes(journal), tmp_path.stat().st_ino}
    journal.close()


async def test_what_another_process_left_is_synced_as_well(tmp_path: Path, disk: Disk) -> None:
    left = Journal(tmp_path, 1 << 20)
    left.append(b"one")
    crash(tmp_path)
    journal = Journal(tmp_path, 1 << 20)
    assert journal.needs_sync
    await JournalSync(journal).wait()
    assert inodes(journal) < set(disk.synced)
    journal.close()
