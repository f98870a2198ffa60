"""`acknowledge_after = "queue"`: the answer comes when the queue has the beacon, and not before."""

import asyncio
from pathlib import Path

import pytest

from gateway.position import Position
from gateway.shipped import Shipped
from tests.unit.gateway.beacons import BEACON, payload, pixel_of
from tests.unit.gateway.serving import serving, until
from tests.unit.gateway.wire import ask, request


async def test_who_appended_before_a_position_is_served_when_it_is_reached_and_nobody_else() -> None:
    shipped = Shipped()
    waits = [asyncio.create_task(shipped.wait(Position(1, offset), 5)) for offset in (10, 20, 30)]
    await asyncio.sleep(0)
    shipped.reached(Position(1, 20))
    await asyncio.gather(*waits[:2])
    assert not waits[2].done()
    shipped.reached(Position(2, 0))
    await waits[2]


async def test_who_gave_up_is_forgotten() -> None:
    shipped = Shipped()
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await shipped.wait(Position(1, 10), 0.001)
    assert not shipped._waiting


async def test_a_beacon_is_acknowledged_once_the_queue_has_it(tmp_path: Path) -> None:
    async with serving(tmp_path, acknowledge_after="queue") as gateway:
        gateway.queue.is_open.clear()
        asking = asyncio.create_task(ask(gateway.port, request("POST", BEACON, payload())))
        await until(lambda: gateway.queue.asked)
        await asyncio.sleep(0.02)
        assert not asking.done()
        gateway.queue.is_open.set()
        assert (await asking).status == 204
        assert len(gateway.queue.beacons) == 1


async def test_many_share_the_queues_answer(tmp_path: Path) -> None:
    async with serving(tmp_path, acknowledge_after="queue", block_max_age_seconds=0.1) as gateway:
        replies = await asyncio.gather(
            *(ask(gateway.port, request("POST", BEACON, payload(id=f"{n:032x}"))) for n in range(50))
        )
        assert {reply.status for reply in replies} == {204}
        assert len(gateway.queue.beacons) == 50
        assert gateway.queue.asked < 10


async def test_a_queue_that_does_not_confirm_is_a_503_and_the_beacon_arrives_all_the_same(tmp_path: Path) -> None:
    async with serving(tmp_path, acknowledge_after="queue", queue_timeout_seconds=0.05) as gateway:
        gateway.queue.is_open.clear()
        reply = await ask(gateway.port, request("POST", BEACON, payload()))
        assert (reply.status, reply.reject, reply.headers["retry-after"]) == (503, "queue_unavailable", "5")
        pixel = await ask(gateway.port, pixel_of())
        assert (pixel.status, pixel.reject) == (503, "queue_unavailable")
        gateway.queue.is_open.set()
        await gateway.arrived(2)
        assert gateway.counted("rejected_total", reason="queue_unavailable") == 2
