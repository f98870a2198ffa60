"""Who has a message, and for how long."""

import time

from shared.queues import Delivery, Queue
from tests.contract.queue_use import eventually_empty, receive_one


async def test_what_was_received_is_invisible_and_comes_back_when_its_time_runs_out(
    brief_queue: Queue, unit: float
) -> None:
    await brief_queue.send("again")
    started = time.monotonic()
    first = await receive_one(brief_queue)
    second = await receive_one(brief_queue)
    assert time.monotonic() - started >= 0.9 * unit
    assert second.body == "again"
    assert (first.attempt, second.attempt) == (1, 2)
    assert second.receipt != first.receipt
    assert second.sent_at_ms == first.sent_at_ms


async def test_extending_keeps_it_invisible(brief_queue: Queue, unit: float) -> None:
    await brief_queue.send("slow work")
    started = time.monotonic()
    await brief_queue.extend(await receive_one(brief_queue), 3 * unit)
    again = await receive_one(brief_queue)
    assert time.monotonic() - started >= 2 * unit
    assert again.attempt == 2


async def test_an_extended_delivery_can_still_be_acked(queue: Queue) -> None:
    await queue.send("slow work")
    delivery = await receive_one(queue)
    await queue.extend(delivery, 30)
    await queue.ack([delivery])
    await eventually_empty(queue)


async def test_what_is_released_comes_back_at_once(queue: Queue) -> None:
    await queue.send("not me")
    delivery = await receive_one(queue)
    await queue.extend(delivery, 30)
    await queue.release(delivery)
    again = await receive_one(queue)
    assert (again.body, again.attempt) == ("not me", 2)


async def test_what_is_released_with_a_delay_comes_back_after_it(queue: Queue, unit: float) -> None:
    await queue.send("later")
    await queue.release(await receive_one(queue), 2 * unit)
    released = time.monotonic()
    assert await queue.receive(10, unit) == []
    assert (await receive_one(queue)).body == "later"
    assert time.monotonic() - released >= unit


async def test_what_is_sent_with_a_delay_is_received_after_it(queue: Queue, unit: float) -> None:
    await queue.send("tomorrow", 2 * unit)
    sent = time.monotonic()
    assert await queue.receive(10, 0) == []
    delivery = await receive_one(queue)
    assert (delivery.body, delivery.attempt) == ("tomorrow", 1)
    assert time.monotonic() - sent >= unit


async def received_twice(queue: Queue, body: str) -> tuple[Delivery, Delivery]:
    await queue.send(body)
    old = await receive_one(queue)
    await queue.release(old)
    return old, await receive_one(queue)


async def test_a_receipt_of_an_earlier_receive_neither_acks_nor_releases_nor_buries(queue: Queue, unit: float) -> None:
    old, current = await received_twice(queue, "mine now")
    await queue.ack([old])
    await queue.dead_letter(old, "stale")
    await queue.release(old)
    await queue.extend(old, 0)
    assert await queue.receive(10, unit) == []
    await queue.release(current)
    again = await receive_one(queue)
    assert (again.body, again.attempt) == ("mine now", 3)
    assert (await queue.depth()).dead == 0


async def test_a_stale_receipt_does_not_keep_its_neighbours_from_being_acked(queue: Queue) -> None:
    old, current = await received_twice(queue, "first")
    await queue.send("second")
    await queue.ack([old, current, await receive_one(queue)])
    await eventually_empty(queue)


async def test_a_dead_letter_is_counted_and_never_received_again(brief_queue: Queue, unit: float) -> None:
    await brief_queue.send("rotten")
    await brief_queue.dead_letter(await receive_one(brief_queue), "undecodable")
    assert await brief_queue.receive(10, 1.5 * unit) == []
    assert (await brief_queue.depth()).dead == 1
