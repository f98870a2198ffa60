"""How much a worker takes on, and what it leaves behind when it goes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from shared.config import Config, Queue, Worker
from shared.queues import Delivery
from shared.seal import Keyring, new_key
from tests.unit.workers.test_worker import Bench, packed
from workers import worker
from workers.settlement import Account
from workers.worker import Worker as Working


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    made = Bench(tmp_path)
    yield made
    await made.queue.close()


def limit(bench: Bench, concurrent: int) -> None:
    bench.worker._config = Config(worker=Worker(concurrent_deliveries=concurrent))


def hold(bench: Bench, monkeypatch: pytest.MonkeyPatch, may_end: asyncio.Event) -> None:
    """All sinks are slow."""

    async def deliver(*_: object) -> Account:
        await may_end.wait()
        return Account()

    monkeypatch.setattr(bench.worker._lanes, "deliver", deliver)


async def running(working: Working) -> asyncio.Task[None]:
    task = asyncio.create_task(working.run())
    await asyncio.sleep(0)
    return task


async def finish(bench: Bench, task: asyncio.Task[None]) -> None:
    bench.worker.leave()
    await task
    await bench.worker.drain()


async def until_empty(bench: Bench) -> None:
    async with asyncio.timeout(10):
        while (depth := await bench.queue.depth()).visible + depth.in_flight:
            await asyncio.sleep(0.01)


async def test_no_more_deliveries_are_in_work_than_configured(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    most = now = 0

    async def slowly(*_: object) -> Account:
        nonlocal most, now
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1
        return Account()

    monkeypatch.setattr(bench.worker._lanes, "deliver", slowly)
    limit(bench, 3)
    for number in range(20):
        await bench.queue.send(packed(number))
    task = await running(bench.worker)
    await until_empty(bench)
    await finish(bench, task)
    assert most == 3


async def test_an_ack_that_waits_for_company_keeps_nobody_from_working(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_ack = asyncio.Event()
    ack = bench.queue.ack

    async def patiently(deliveries: Sequence[Delivery]) -> None:
        await may_ack.wait()
        await ack(deliveries)

    monkeypatch.setattr(bench.queue, "ack", patiently)
    limit(bench, 1)
    for number in range(10):
        await bench.queue.send(packed(number))
    task = await running(bench.worker)
    async with asyncio.timeout(10):
        while len(bench.written()) < 10:
            await asyncio.sleep(0.01)
    may_ack.set()
    await until_empty(bench)
    await finish(bench, task)


async def test_leaving_does_not_wait_for_messages_that_do_not_come(bench: Bench) -> None:
    task = await running(bench.worker)
    await asyncio.sleep(0.05)
    async with asyncio.timeout(3):
        await finish(bench, task)


async def test_leaving_finishes_what_was_received_and_leaves_the_rest_in_the_queue(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(bench, 1)
    for number in range(30):
        await bench.queue.send(packed(number))
    task = await running(bench.worker)
    while not bench.written():
        await asyncio.sleep(0.001)
    await finish(bench, task)
    async with asyncio.timeout(5):
        while (depth := await bench.queue.depth()).in_flight:
            await asyncio.sleep(0.01)
    assert depth.visible + len(bench.written()) == 30


async def test_a_block_that_is_not_sealed_where_it_must_be_is_set_aside_and_a_sealed_one_is_read(bench: Bench) -> None:
    key = new_key("k1")
    bench.worker._config = Config(queue=Queue(seal_keys=[key], require_sealed=True))
    bench.worker._keyring = Keyring([key], is_required=True)
    await bench.queue.send(packed(1))
    await bench.queue.send(packed(2, keyring=Keyring([key])))
    for _ in range(3):
        task = await running(bench.worker)
        await until_empty(bench)
        await finish(bench, task)
        bench.worker._is_leaving = False
        bench.clock_ahead += 3600
    assert bench.written() == {f"{2:032x}"}
    assert (await bench.queue.depth()).dead == 1


async def test_a_delivery_that_waits_for_a_slow_sink_gives_its_place_to_others(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PLACE_SECONDS", 0.02)
    may_end = asyncio.Event()
    hold(bench, monkeypatch, may_end)
    limit(bench, 2)
    for number in range(10):
        await bench.queue.send(packed(number))
    task = await running(bench.worker)
    async with asyncio.timeout(10):
        while (await bench.queue.depth()).visible:
            await asyncio.sleep(0.01)
    may_end.set()
    await until_empty(bench)
    await finish(bench, task)
    assert not bench.worker._places


@pytest.mark.parametrize("limited", ["MOST_UNACKED", "MOST_UNACKED_BYTES"])
async def test_but_no_more_than_memory_has_room_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, limited: str
) -> None:
    body = packed(1)
    monkeypatch.setattr(worker, "PLACE_SECONDS", 0.001)
    monkeypatch.setattr(worker, limited, 4 if limited == "MOST_UNACKED" else 3 * len(body) + 9)
    limit(bench, 1)
    may_end = asyncio.Event()
    hold(bench, monkeypatch, may_end)
    for _ in range(10):
        await bench.queue.send(body)
    task = await running(bench.worker)
    await asyncio.sleep(0.3)
    assert (await bench.queue.depth()).in_flight == 4
    may_end.set()
    await until_empty(bench)
    await finish(bench, task)
    assert not bench.worker._unacked_bytes
