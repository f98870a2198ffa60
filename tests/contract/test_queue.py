"""What every queue does. Written so that a distributed one can pass: order is approximate, and time comes in units
that an implementation chooses, since some know only whole seconds."""

import asyncio
import time

import msgspec
import pytest

from shared.errors import Permanent
from shared.queues import Queue
from tests.contract.queue_use import PATIENCE_SECONDS, Target, eventually_empty, open_here, receive_one, receive_some


async def test_what_is_sent_is_received_as_it_was_sent(queue: Queue) -> None:
    before_ms = int(time.time() * 1000)
    await queue.send("bm1.AAAA")
    delivery = await receive_one(queue)
    assert delivery.body == "bm1.AAAA"
    assert delivery.attempt == 1
    assert before_ms - 1000 <= delivery.sent_at_ms <= time.time() * 1000 + 1000


async def test_a_body_of_the_largest_block_and_a_little_more_passes(queue: Queue) -> None:
    body = "x" * 200_000
    await queue.send(body)
    assert (await receive_one(queue)).body == body


async def test_every_message_is_received_once_while_nobody_lets_go(queue: Queue) -> None:
    await asyncio.gather(*(queue.send(f"message {number}") for number in range(30)))
    received = await receive_some(queue, 30)
    assert sorted(delivery.body for delivery in received) == sorted(f"message {number}" for number in range(30))
    await queue.ack(received)


async def test_never_more_than_the_limit_are_received(queue: Queue) -> None:
    await asyncio.gather(*(queue.send(f"message {number}") for number in range(5)))
    assert 1 <= len(await queue.receive(2, 1)) <= 2


async def test_receiving_from_an_empty_queue_waits_and_returns_nothing(queue: Queue, unit: float) -> None:
    started = time.monotonic()
    assert await queue.receive(10, unit) == []
    assert 0.9 * unit <= time.monotonic() - started < PATIENCE_SECONDS


async def test_a_receiver_that_waits_gets_what_is_sent_meanwhile(queue: Queue) -> None:
    waiting = asyncio.create_task(queue.receive(10, PATIENCE_SECONDS))
    await asyncio.sleep(0.1)
    await queue.send("at last")
    assert [delivery.body for delivery in await waiting] == ["at last"]


async def test_what_is_acked_never_comes_back(brief_queue: Queue, unit: float) -> None:
    await brief_queue.send("done")
    await brief_queue.ack([await receive_one(brief_queue)])
    assert await brief_queue.receive(10, 1.5 * unit) == []


async def test_many_are_acked_in_one_call(queue: Queue) -> None:
    await asyncio.gather(*(queue.send(f"message {number}") for number in range(25)))
    await queue.ack(await receive_some(queue, 25))
    await eventually_empty(queue)


async def test_acking_nothing_is_allowed(queue: Queue) -> None:
    await queue.send("still there")
    await queue.ack([])
    assert (await receive_one(queue)).body == "still there"


async def test_depth_tells_what_waits_what_is_worked_on_and_what_is_delayed(queue: Queue) -> None:
    assert (await queue.depth()).oldest_seconds == 0
    await asyncio.gather(*(queue.send(f"message {number}") for number in range(3)))
    await queue.send("delayed", 30)
    await queue.extend(await receive_one(queue), 30)
    async with asyncio.timeout(PATIENCE_SECONDS):  # a distributed queue counts approximately, and a little late
        while msgspec.structs.astuple(depth := await queue.depth())[:4] != (2, 1, 1, 0):
            await asyncio.sleep(0.05)
    assert 0 <= depth.oldest_seconds < PATIENCE_SECONDS


async def test_a_message_that_is_too_large_is_refused_for_good(queue: Queue) -> None:
    with pytest.raises(Permanent):
        await queue.send("x" * ((1 << 20) + 1))
    assert (await queue.depth()).visible == 0


async def test_closing_twice_is_allowed(target: Target) -> None:
    queue = open_here(target)
    await queue.close()
    await queue.close()


async def test_messages_outlive_those_who_sent_them(target: Target) -> None:
    sender = open_here(target)
    await sender.send("read me")
    await sender.close()
    receiver = open_here(target)
    assert (await receive_one(receiver)).body == "read me"
    await receiver.close()
