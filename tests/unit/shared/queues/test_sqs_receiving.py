import asyncio
import time
from contextlib import suppress

import pytest

from shared.errors import Retryable
from shared.queues import Delivery
from shared.queues.sqs import RECEIVE_EVERY_SECONDS, SqsQueue
from tests.unit.shared.json_stub import Answer, Stub, never, refusal
from tests.unit.shared.queues.sqs_answers import CALL_SECONDS, all_well, attributes, bringing, message


async def cancelled(receiving: asyncio.Task[list[Delivery]], stub: Stub) -> None:
    """Once the queue has been asked."""
    while not stub.of("ReceiveMessage"):
        await asyncio.sleep(0.01)
    receiving.cancel()
    with suppress(asyncio.CancelledError):
        await receiving


def given_back(stub: Stub) -> list[tuple[str, int]]:
    return [
        (entry["ReceiptHandle"], entry["VisibilityTimeout"])
        for asked in stub.of("ChangeMessageVisibilityBatch")
        for entry in asked["Entries"]
    ]


async def test_a_delivery_says_what_the_queue_says(stub: Stub, queue: SqsQueue) -> None:
    stub.answers["ReceiveMessage"] = bringing(message(1, sent_at_ms=1_794_000_000_123, attempt=3))
    assert await queue.receive(5, 1.2) == [Delivery("body 1", "receipt-1", 3, 1_794_000_000_123)]
    asked = stub.of("ReceiveMessage")[0]
    assert (asked["MaxNumberOfMessages"], asked["WaitTimeSeconds"], asked["VisibilityTimeout"]) == (5, 2, 60)
    assert asked["AttributeNames"] == ["ApproximateReceiveCount", "SentTimestamp"]


async def test_no_more_is_asked_for_than_the_queue_knows(stub: Stub, queue: SqsQueue) -> None:
    stub.answers["ReceiveMessage"] = bringing(*map(message, range(10)))
    assert len(await queue.receive(64, 3_600)) == 10
    asked = stub.of("ReceiveMessage")[0]
    assert (asked["MaxNumberOfMessages"], asked["WaitTimeSeconds"]) == (10, 20)
    assert await queue.receive(0, 1) == []
    assert stub.counted["ReceiveMessage"] == 1


async def test_a_message_that_nobody_could_ack_is_no_delivery(stub: Stub, queue: SqsQueue) -> None:
    maimed = [{}, None, {"Body": "a"}, {"ReceiptHandle": "b"}, {"Body": 7, "ReceiptHandle": "c"}]
    stub.answers["ReceiveMessage"] = bringing(*maimed, {"Body": "d", "ReceiptHandle": "e"}, message(1))
    before_ms = int(time.time() * 1000)
    whole, other = await queue.receive(10, 1)
    assert (whole.body, whole.receipt, whole.attempt) == ("d", "e", 1)
    assert before_ms - 1 <= whole.sent_at_ms <= before_ms + 5_000
    assert other.body == "body 1"


@pytest.mark.parametrize("answer", [refusal("AccessDenied"), refusal("RequestThrottled", status=503), never])
async def test_a_queue_that_refuses_or_hangs_is_not_empty(stub: Stub, queue: SqsQueue, answer: Answer) -> None:
    stub.answers["ReceiveMessage"] = answer
    started = time.monotonic()
    with pytest.raises(Retryable):
        await queue.receive(10, 0)
    assert time.monotonic() - started < CALL_SECONDS + 1


@pytest.mark.parametrize("garbage", [b"", b"hello", b'{"Messages": 7}', b"<html></html>", b'{"Messages": ["a"]}'])
async def test_garbage_is_no_empty_queue(stub: Stub, queue: SqsQueue, garbage: bytes) -> None:
    stub.answers["ReceiveMessage"] = lambda _: garbage
    with pytest.raises(Retryable):
        await queue.receive(10, 0)


async def test_a_long_poll_keeps_nothing_else_waiting(stub: Stub, queue: SqsQueue) -> None:
    receiving = asyncio.create_task(queue.receive(10, 1))
    while not stub.asked:
        await asyncio.sleep(0.01)
    await asyncio.gather(*(queue.send(f"{number}") for number in range(100)))
    assert not receiving.done()
    assert await receiving == []


async def test_while_messages_trickle_in_they_are_received_together(stub: Stub, queue: SqsQueue) -> None:
    stub.answers["ReceiveMessage"] = bringing(message(1))
    await queue.receive(10, 1)
    stub.answers["ReceiveMessage"] = bringing(message(2), message(3))
    started = time.monotonic()
    assert len(await queue.receive(10, 1)) == 2
    assert 0.5 * RECEIVE_EVERY_SECONDS < time.monotonic() - started < 3 * RECEIVE_EVERY_SECONDS


async def test_after_a_full_receive_and_after_an_empty_one_the_next_begins_at_once(stub: Stub, queue: SqsQueue) -> None:
    stub.answers["ReceiveMessage"] = bringing(*map(message, range(12)))
    started = time.monotonic()
    assert len(await queue.receive(2, 1)) == 2
    assert len(await queue.receive(10, 1)) == 10
    assert await queue.receive(10, 0) == []
    assert await queue.receive(10, 0) == []
    assert time.monotonic() - started < RECEIVE_EVERY_SECONDS


async def test_who_does_not_want_to_wait_does_not(stub: Stub, queue: SqsQueue) -> None:
    stub.answers["ReceiveMessage"] = bringing(message(1))
    started = time.monotonic()
    await queue.receive(10, 0)
    assert await queue.receive(10, 0) == []
    assert time.monotonic() - started < RECEIVE_EVERY_SECONDS


async def test_what_a_cancelled_receive_brings_is_given_back(stub: Stub, queue: SqsQueue) -> None:
    async def late(asked: object) -> dict[str, object]:
        await asyncio.sleep(0.2)
        return {"Messages": [message(1), message(2)]}

    stub.answers["ReceiveMessage"] = late
    await cancelled(asyncio.create_task(queue.receive(10, 1)), stub)
    assert given_back(stub) == []
    await queue.close()
    assert given_back(stub) == [("receipt-1", 0), ("receipt-2", 0)]


async def test_closing_waits_for_a_cancelled_receive_only_so_long(
    stub: Stub, queue: SqsQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.queues.sqs.CLOSE_SECONDS", 0.2)
    stub.answers["ReceiveMessage"] = never
    await cancelled(asyncio.create_task(queue.receive(10, 20)), stub)
    started = time.monotonic()
    await queue.close()
    assert time.monotonic() - started < 1.2
    with pytest.raises(Retryable):
        await queue.receive(10, 1)


async def test_the_oldest_is_as_old_as_it_was_when_it_came(stub: Stub, queue: SqsQueue) -> None:
    stub.answers["GetQueueAttributes"] = attributes()
    assert (await queue.depth()).oldest_seconds == 0
    now_ms = int(time.time() * 1000)
    stub.answers["ReceiveMessage"] = bringing(
        message(1, now_ms - 5_000), message(2, now_ms - 90_000), message(3, now_ms)
    )
    await queue.receive(10, 0)
    assert 90 <= (await queue.depth()).oldest_seconds < 95
    await queue.receive(10, 0)
    assert (await queue.depth()).oldest_seconds == 0


async def test_a_clock_that_differs_makes_no_message_younger_than_new(stub: Stub, queue: SqsQueue) -> None:
    stub.answers["ReceiveMessage"] = bringing(message(1, int(time.time() * 1000) + 60_000))
    await queue.receive(10, 0)
    assert (await queue.depth()).oldest_seconds == 0


async def test_a_message_received_again_has_one_good_receipt(stub: Stub, queue: SqsQueue) -> None:
    again = {**message(1), "ReceiptHandle": "receipt-1-again"}
    stub.answers["ReceiveMessage"] = bringing(message(1), again)
    stub.answers["DeleteMessageBatch"] = all_well
    first, second = [*await queue.receive(1, 0), *await queue.receive(1, 0)]
    await queue.extend(first, 30)
    await queue.release(first)
    await queue.ack([first, second])
    assert given_back(stub) == []
    assert [entry["ReceiptHandle"] for entry in stub.of("DeleteMessageBatch")[0]["Entries"]] == ["receipt-1-again"]
