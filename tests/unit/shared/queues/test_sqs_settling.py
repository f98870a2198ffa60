import asyncio
import json
import time
from typing import Any

import pytest

from shared.errors import Retryable
from shared.queues.sqs import ACK_LINGER_SECONDS, SqsQueue
from tests.unit.shared.json_stub import Answer, Asked, Stub, never, refusal
from tests.unit.shared.queues.sqs_answers import (
    CALL_SECONDS,
    COUNTS,
    DEAD_LETTERS_ARN,
    all_well,
    attributes,
    delivery,
    failing,
)

NO_POLICIES = ["", "{}", "nonsense", "[]", '{"deadLetterTargetArn": 7}', '{"deadLetterTargetArn": "a"}']
POLICY = json.dumps({"deadLetterTargetArn": DEAD_LETTERS_ARN, "maxReceiveCount": 5})
STALE = ["ReceiptHandleIsInvalid", "AWS.SimpleQueueService.MessageNotInflight", "InvalidParameterValue"]


def deleted(stub: Stub) -> list[list[str]]:
    return [[entry["ReceiptHandle"] for entry in asked["Entries"]] for asked in stub.of("DeleteMessageBatch")]


async def ack_each(queue: SqsQueue, count: int) -> list[type[BaseException] | None]:
    """One after the other within the time that an ack waits for company."""
    acking = []
    for number in range(count):
        acking.append(asyncio.create_task(queue.ack([delivery(number)])))
        await asyncio.sleep(0.01)
    return [type(error) if error else None for error in await asyncio.gather(*acking, return_exceptions=True)]


async def test_acks_wait_for_company(stub: Stub, queue: SqsQueue) -> None:
    started = time.monotonic()
    assert await ack_each(queue, 7) == [None] * 7
    assert deleted(stub) == [[f"receipt-{number}" for number in range(7)]]
    assert time.monotonic() - started >= 0.9 * ACK_LINGER_SECONDS


async def test_ten_acks_wait_for_nobody(stub: Stub, queue: SqsQueue) -> None:
    started = time.monotonic()
    await queue.ack([delivery(number) for number in range(10)])
    assert time.monotonic() - started < ACK_LINGER_SECONDS
    assert len(deleted(stub)) == 1


async def test_an_ack_returns_when_the_queue_has_confirmed_it(stub: Stub, queue: SqsQueue) -> None:
    stub.answers["DeleteMessageBatch"] = failing("InternalError", {1, 2})
    assert await ack_each(queue, 4) == [None, Retryable, Retryable, None]


@pytest.mark.parametrize("code", STALE)
async def test_a_stale_receipt_is_nobodys_error(stub: Stub, queue: SqsQueue, code: str) -> None:
    stub.answers["DeleteMessageBatch"] = failing(code, {0}, is_sender_fault=True)
    assert await ack_each(queue, 2) == [None, None]
    stub.answers["ChangeMessageVisibilityBatch"] = failing(code, {0}, is_sender_fault=True)
    await queue.extend(delivery(1), 30)
    await queue.release(delivery(2))


async def test_a_server_that_refuses_all_for_one_stale_receipt_deletes_the_others(stub: Stub, queue: SqsQueue) -> None:
    def strict(asked: Asked) -> Any:
        is_stale = any(entry["ReceiptHandle"] == "receipt-2" for entry in asked["Entries"])
        return refusal("ReceiptHandleIsInvalid")(asked) if is_stale else all_well(asked)

    stub.answers["DeleteMessageBatch"] = strict
    assert await ack_each(queue, 4) == [None] * 4
    assert {"receipt-0", "receipt-1", "receipt-3"} <= {receipt for batch in deleted(stub) for receipt in batch}


@pytest.mark.parametrize("answer", [refusal("AccessDenied"), lambda _: b"hello", lambda _: b"{}", never])
async def test_what_is_not_confirmed_is_not_acked(stub: Stub, queue: SqsQueue, answer: Answer) -> None:
    stub.answers["DeleteMessageBatch"] = answer
    started = time.monotonic()
    assert await ack_each(queue, 1) == [Retryable]
    assert time.monotonic() - started < CALL_SECONDS + ACK_LINGER_SECONDS + 1


async def test_the_same_receipt_twice_is_one_entry(stub: Stub, queue: SqsQueue) -> None:
    await asyncio.gather(queue.ack([delivery(1), delivery(1)]), queue.ack([delivery(1)]))
    assert deleted(stub) == [["receipt-1"]]


async def test_an_ack_whose_caller_goes_away_is_an_ack_all_the_same(stub: Stub, queue: SqsQueue) -> None:
    acking = asyncio.create_task(queue.ack([delivery(1)]))
    await asyncio.sleep(0.01)
    acking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await acking
    started = time.monotonic()
    await queue.close()
    assert deleted(stub) == [["receipt-1"]]
    assert time.monotonic() - started < ACK_LINGER_SECONDS, "nobody waits for company at the end"


async def test_heartbeats_that_come_together_share_a_call(stub: Stub, queue: SqsQueue) -> None:
    await asyncio.gather(*(queue.extend(delivery(number), 29.1) for number in range(8)))
    asked = stub.of("ChangeMessageVisibilityBatch")
    assert [len(one["Entries"]) for one in asked] == [8]
    assert {entry["VisibilityTimeout"] for entry in asked[0]["Entries"]} == {30}


async def test_visibility_stays_within_what_the_queue_knows(stub: Stub, queue: SqsQueue) -> None:
    await asyncio.gather(
        queue.extend(delivery(1), 1e9), queue.release(delivery(2), -5), queue.release(delivery(3), 0.2)
    )
    entries = stub.of("ChangeMessageVisibilityBatch")[0]["Entries"]
    assert [entry["VisibilityTimeout"] for entry in entries] == [43_200, 0, 1]


async def test_a_visibility_that_is_not_changed_says_so(stub: Stub, queue: SqsQueue) -> None:
    stub.answers["ChangeMessageVisibilityBatch"] = failing("InternalError", {0})
    with pytest.raises(Retryable):
        await queue.extend(delivery(1), 30)
    with pytest.raises(Retryable):
        await queue.release(delivery(1))


def with_dead_letters(stub: Stub, policy: str = POLICY) -> None:
    stub.answers["GetQueueAttributes"] = attributes(policy)
    stub.answers["GetQueueUrl"] = lambda asked: {"QueueUrl": f"http://queue.example/dead/{asked['QueueName']}"}
    stub.answers["SendMessage"] = lambda _: {"MessageId": "1"}


async def test_a_dead_letter_goes_where_the_redrive_policy_says(stub: Stub, queue: SqsQueue) -> None:
    with_dead_letters(stub)
    await queue.dead_letter(delivery(1), "undecodable")
    assert stub.of("GetQueueUrl") == [{"QueueName": "beacons-dead", "QueueOwnerAWSAccountId": "210987654321"}]
    sent = stub.of("SendMessage")[0]
    assert (sent["QueueUrl"], sent["MessageBody"]) == ("http://queue.example/dead/beacons-dead", "body 1")
    assert sent["MessageAttributes"] == {"reason": {"DataType": "String", "StringValue": "undecodable"}}
    assert deleted(stub) == [["receipt-1"]]
    await queue.dead_letter(delivery(2), "undecodable")
    assert stub.counted["GetQueueUrl"] == 1
    await queue.dead_letter(delivery(1), "undecodable")
    assert stub.counted["SendMessage"] == 2


@pytest.mark.parametrize(
    "policy", ["", "{}", "nonsense", "[]", '{"deadLetterTargetArn": 7}', '{"deadLetterTargetArn": "a"}']
)
async def test_without_a_dead_letter_queue_the_message_stays(stub: Stub, queue: SqsQueue, policy: str) -> None:
    with_dead_letters(stub, policy)
    with pytest.raises(Retryable, match="redrive policy"):
        await queue.dead_letter(delivery(1), "undecodable")
    assert stub.counted["SendMessage"] == 0
    assert deleted(stub) == []
    with_dead_letters(stub)
    await queue.dead_letter(delivery(1), "undecodable")
    assert deleted(stub) == [["receipt-1"]]


@pytest.mark.parametrize("failing_call", ["GetQueueAttributes", "GetQueueUrl", "SendMessage"])
@pytest.mark.parametrize("answer", [refusal("AccessDenied"), lambda _: b"hello"])
async def test_what_did_not_arrive_among_the_dead_letters_stays(
    stub: Stub, queue: SqsQueue, failing_call: str, answer: Answer
) -> None:
    with_dead_letters(stub)
    stub.answers[failing_call] = answer
    with pytest.raises(Retryable):
        await queue.dead_letter(delivery(1), "undecodable")
    assert deleted(stub) == []


async def test_depth_is_what_the_queue_and_its_dead_letters_count(stub: Stub, queue: SqsQueue) -> None:
    with_dead_letters(stub)
    depth = await queue.depth()
    assert (depth.visible, depth.in_flight, depth.delayed, depth.dead) == (3, 2, 1, 6)
    stub.answers["GetQueueAttributes"] = attributes()
    assert (await queue.depth()).dead == 0


@pytest.mark.parametrize("answer", [lambda _: {}, lambda _: {"Attributes": {}}, lambda _: b"hello", never])
async def test_a_queue_that_does_not_say_is_not_empty(stub: Stub, queue: SqsQueue, answer: Answer) -> None:
    stub.answers["GetQueueAttributes"] = answer
    with pytest.raises(Retryable):
        await queue.depth()


async def test_a_count_that_is_no_number_is_none_at_all(stub: Stub, queue: SqsQueue) -> None:
    stub.answers["GetQueueAttributes"] = lambda _: {"Attributes": {**COUNTS, "ApproximateNumberOfMessages": "many"}}
    with pytest.raises(Retryable):
        await queue.depth()
