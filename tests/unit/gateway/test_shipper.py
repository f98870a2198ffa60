"""Journal to queue: committed is what the queue has confirmed, and nothing else."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from gateway import shipper as shipping
from gateway.journal import Journal
from gateway.metrics import Metrics
from gateway.shipper import Packing, Shipper
from shared import beacon as beacons
from shared.beacon import Beacon, Channel, Headers
from shared.errors import Permanent, Retryable
from tests.unit.gateway.crash import crash
from tests.unit.gateway.serving import MemoryQueue, beacons_of, until

BLOCK_BYTES = 131_072


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipping, "FIRST_DELAY_SECONDS", 0.001)
    monkeypatch.setattr(shipping, "LONGEST_DELAY_SECONDS", 0.002)
    monkeypatch.setattr(shipping, "FAILURE_PAUSE_SECONDS", 0.002)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    one = Journal(tmp_path, 1 << 30, segment_bytes=20_000)
    yield one
    one.close()


def shipper_of(journal: Journal, queue: MemoryQueue, registry: CollectorRegistry | None = None) -> Shipper:
    metrics = Metrics(registry or CollectorRegistry())
    return Shipper(journal, queue, metrics, Packing(BLOCK_BYTES), 0.002, random_number=lambda: 0.5)


@asynccontextmanager
async def running(shipper: Shipper) -> AsyncIterator[asyncio.Task[None]]:
    """Finished at the end, however much there is to ship."""
    task = asyncio.create_task(shipper.run())
    yield task
    shipper.finish()
    await asyncio.wait_for(task, 5)


def beacon(number: int, payload: bytes = b"{}") -> Beacon:
    return Beacon(number.to_bytes(16, "big"), number, Channel.SCRIPT, "demo", "192.0.2.1", Headers(), payload)


def append(journal: Journal, *sent: Beacon) -> list[Beacon]:
    for one in sent:
        journal.append(beacons.encode(one))
    return list(sent)


async def test_every_beacon_arrives_once_unaltered_and_in_order(journal: Journal) -> None:
    queue = MemoryQueue()
    async with running(shipper_of(journal, queue)):
        sent = [beacon(number, b'{"n":%d}' % number) for number in range(3_000)]
        for place in range(0, len(sent), 50):
            append(journal, *sent[place : place + 50])
            await asyncio.sleep(0.0005)
    assert queue.beacons == sent
    assert journal.waiting_bytes == 0


async def test_a_queue_that_fails_for_a_while_loses_nothing_and_changes_no_order(journal: Journal) -> None:
    registry = CollectorRegistry()
    queue = MemoryQueue([Retryable("down"), Retryable("down"), Permanent("no"), Retryable("down")] * 3)
    async with running(shipper_of(journal, queue, registry)):
        sent = append(journal, *map(beacon, range(500)))
        await asyncio.sleep(0.02)
        sent += append(journal, *map(beacon, range(500, 1_000)))
    assert queue.beacons == sent
    assert registry.get_sample_value("blockmetry_ship_errors_total") == 12


async def test_a_queue_that_fails_in_a_way_nobody_foresaw_loses_nothing_either(journal: Journal) -> None:
    sent = append(journal, *map(beacon, range(5)))
    queue = MemoryQueue([RuntimeError("a bug"), ZeroDivisionError()])
    shipper = shipper_of(journal, queue)
    shipper.finish()
    await shipper.run()
    assert queue.beacons == sent
    assert journal.waiting_bytes == 0


async def test_nothing_is_committed_before_the_queue_has_it(journal: Journal) -> None:
    queue = MemoryQueue()
    queue.is_open.clear()
    sent = append(journal, *map(beacon, range(100)))
    waiting = journal.waiting_bytes
    async with running(shipper_of(journal, queue)):
        await until(lambda: queue.asked)
        assert (journal.unread_bytes, journal.waiting_bytes) == (0, waiting)
        queue.is_open.set()
        await until(lambda: journal.waiting_bytes == 0)
    assert queue.beacons == sent


async def test_what_was_sent_but_not_confirmed_is_shipped_again_after_a_crash(tmp_path: Path) -> None:
    directory = tmp_path / "journal"
    first = Journal(directory, 1 << 30)
    sent = append(first, *map(beacon, range(100)))
    queue = MemoryQueue()
    queue.is_open.clear()
    task = asyncio.create_task(shipper_of(first, queue).run())
    await until(lambda: queue.asked)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    crash(directory)
    again, queue = Journal(directory, 1 << 30), MemoryQueue()
    async with running(shipper_of(again, queue)):
        pass
    again.close()
    assert queue.beacons == sent


async def test_finishing_ships_what_is_there_and_then_ends(journal: Journal) -> None:
    queue = MemoryQueue()
    sent = append(journal, *map(beacon, range(10_000)))
    shipper = shipper_of(journal, queue)
    shipper.finish()
    await asyncio.wait_for(shipper.run(), 5)
    assert queue.beacons == sent
    assert journal.waiting_bytes == 0


async def test_no_block_is_larger_than_it_may_be(journal: Journal) -> None:
    queue, chance = MemoryQueue(), random.Random(1)
    sent = append(journal, *(beacon(number, chance.randbytes(3_000)) for number in range(300)))
    async with running(shipper_of(journal, queue)):
        pass
    assert max(map(len, queue.bodies)) <= BLOCK_BYTES
    assert len(queue.bodies) >= 300 * 3_000 * 4 // 3 // BLOCK_BYTES
    assert sorted(queue.beacons, key=lambda one: one.id) == sent


async def test_a_block_waits_for_company_for_a_while(journal: Journal) -> None:
    queue, registry = MemoryQueue(), CollectorRegistry()
    async with running(Shipper(journal, queue, Metrics(registry), Packing(BLOCK_BYTES), 0.05)):
        for number in range(20):
            append(journal, beacon(number))
            await asyncio.sleep(0.001)
        await until(lambda: len(queue.beacons) == 20)
    assert len(queue.bodies) <= 3
    assert registry.get_sample_value("blockmetry_block_beacons_sum") == 20
    assert registry.get_sample_value("blockmetry_ship_seconds_count") == len(queue.bodies)


async def test_damage_on_disk_costs_what_is_damaged_and_the_rest_is_shipped(tmp_path: Path) -> None:
    directory = tmp_path / "journal"
    sent = append(Journal(directory, 1 << 30), *map(beacon, range(10)))
    crash(directory)
    damage(directory, sent[4].id)
    again, queue = Journal(directory, 1 << 30), MemoryQueue()
    async with running(shipper_of(again, queue)):
        pass
    assert queue.beacons == sent[:4] + sent[5:]
    assert again.waiting_bytes == 0
    again.close()


def damage(directory: Path, found: bytes) -> None:
    (path,) = directory.glob("*.segment")
    path.write_bytes(path.read_bytes().replace(found, bytes(byte ^ 1 for byte in found)))


async def test_a_journal_that_cannot_be_read_for_a_while_is_read_later(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(limit_bytes: int) -> None:
        raise OSError(5, "Input/output error")

    queue = MemoryQueue()
    sent = append(journal, beacon(1))
    with monkeypatch.context() as failing:
        failing.setattr(journal, "read", fail)
        task = asyncio.create_task(shipper_of(journal, queue).run())
        await asyncio.sleep(0.02)
    await until(lambda: queue.beacons == sent)
    task.cancel()
    assert any(line.levelno == logging.ERROR for line in caplog.records)


async def test_a_beacon_larger_than_a_block_still_travels(journal: Journal) -> None:
    queue, chance = MemoryQueue(), random.Random(2)
    sent = append(journal, beacon(1), beacon(2, chance.randbytes(150_000)), beacon(3))
    async with running(shipper_of(journal, queue)):
        pass
    assert sorted(queue.beacons, key=lambda one: one.id) == sent
    assert [len(beacons_of(body)) for body in queue.bodies if len(body) > BLOCK_BYTES] == [1]
