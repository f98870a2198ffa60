"""Each gateway has a journal; the living ship what the dead left."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from gateway import journals
from gateway.journal import Journal
from gateway.metrics import Metrics
from gateway.shipper import Packing, Shipper
from shared import beacon as beacons
from shared.beacon import Beacon, Channel, Headers
from tests.unit.gateway.crash import crash
from tests.unit.gateway.serving import MemoryQueue, until

BYTES = 1 << 20


def append(journal: Journal, number: int) -> None:
    sent = Beacon(number.to_bytes(16, "big"), number, Channel.SCRIPT, "demo", "", Headers(), b"{}")
    journal.append(beacons.encode(sent))


def left_behind(directory: Path, numbers: range) -> None:
    """A journal whose process was killed."""
    journal = Journal(directory, BYTES)
    for number in numbers:
        append(journal, number)
    crash(directory)


@asynccontextmanager
async def adopting(root: Path, queue: MemoryQueue) -> AsyncIterator[None]:
    metrics = Metrics(CollectorRegistry())
    task = asyncio.create_task(
        journals.adopt(root, BYTES, lambda one: Shipper(one, queue, metrics, Packing(131_072), 0.001))
    )
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def test_the_first_that_nobody_has_is_claimed(tmp_path: Path) -> None:
    first, second, third = (journals.claim(tmp_path, BYTES) for _ in range(3))
    assert [journal.directory.name for journal in (first, second, third)] == ["000", "001", "002"]
    second.close()
    again = journals.claim(tmp_path, BYTES)
    assert again.directory.name == "001"
    for journal in (first, again, third):
        journal.close()


def test_a_journal_left_behind_is_claimed_with_what_is_in_it(tmp_path: Path) -> None:
    left_behind(tmp_path / "000", range(3))
    journal = journals.claim(tmp_path, BYTES)
    assert len(journal.read(BYTES).payloads) == 3
    journal.close()


def test_a_place_where_nothing_can_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "root").write_text("a file")
    with pytest.raises(OSError, match="root"):
        journals.claim(tmp_path / "root", BYTES)


async def test_what_dead_processes_left_is_shipped_and_deleted(tmp_path: Path) -> None:
    left_behind(tmp_path / "001", range(10))
    left_behind(tmp_path / "002", range(10, 20))
    ours, queue = journals.claim(tmp_path, BYTES), MemoryQueue()
    async with adopting(tmp_path, queue):
        await until(lambda: len(queue.beacons) == 20)
        await until(lambda: not list(tmp_path.rglob("*.segment")))
    assert [beacon.received_at_ms for beacon in queue.beacons] == list(range(20))
    ours.close()


async def test_what_the_living_have_is_left_to_them(tmp_path: Path) -> None:
    ours, theirs = journals.claim(tmp_path, BYTES), journals.claim(tmp_path, BYTES)
    append(ours, 1)
    append(theirs, 2)
    queue = MemoryQueue()
    async with adopting(tmp_path, queue):
        await asyncio.sleep(0.05)
    assert queue.beacons == []
    ours.close()
    theirs.close()


async def test_one_that_dies_while_we_live_is_adopted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "ADOPT_EVERY_SECONDS", 0.005)
    ours, queue = journals.claim(tmp_path, BYTES), MemoryQueue()
    async with adopting(tmp_path, queue):
        await asyncio.sleep(0.02)
        left_behind(tmp_path / "001", range(5))
        await until(lambda: len(queue.beacons) == 5)
    ours.close()


async def test_an_adopted_journal_is_free_again_when_we_leave_in_the_middle(tmp_path: Path) -> None:
    left_behind(tmp_path / "001", range(5))
    queue = MemoryQueue()
    queue.is_open.clear()
    async with adopting(tmp_path, queue):
        await until(lambda: queue.asked)
    again = Journal(tmp_path / "001", BYTES)
    assert len(again.read(BYTES).payloads) == 5
    again.close()


async def test_one_that_cannot_be_opened_does_not_keep_the_others_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "ADOPT_EVERY_SECONDS", 0.005)
    left_behind(tmp_path / "001", range(5))
    left_behind(tmp_path / "002", range(5, 10))
    stray = tmp_path / "001" / "position"
    kept = stray.read_bytes()
    stray.unlink()
    stray.mkdir()
    queue = MemoryQueue()
    async with adopting(tmp_path, queue):
        await until(lambda: len(queue.beacons) == 5)
        stray.rmdir()
        stray.write_bytes(kept)
        await until(lambda: len(queue.beacons) == 10)
