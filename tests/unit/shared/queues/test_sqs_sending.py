import asyncio
import time
from collections.abc import Iterable

import pytest

from shared import config
from shared.errors import Permanent, Retryable
from shared.queues.sqs import CONCURRENT_SENDS, SqsQueue
from shared.queues.sqs_answers import region_of
from tests.unit.shared.json_stub import Answer, Asked, Stub, never, refusal
from tests.unit.shared.queues.sqs_answers import CALL_SECONDS, all_well, failing

MIB = 1 << 20


async def outcomes(queue: SqsQueue, bodies: Iterable[str]) -> list[type[BaseException] | None]:
    """Of sends that come together."""
    raised = await asyncio.gather(*map(queue.send, bodies), return_exceptions=True)
    return [type(error) if error else None for error in raised]


def batches(stub: Stub) -> list[list[str]]:
    return [[entry["MessageBody"] for entry in asked["Entries"]] for asked in stub.of("SendMessageBatch")]


async def test_nothing_is_called_before_the_first_use(stub: Stub, queue: SqsQueue) -> None:
    await queue.close()
    assert stub.asked == []


async def test_sends_that_come_together_share_a_call_of_ten_at_the_most(stub: Stub, queue: SqsQueue) -> None:
    bodies = [f"body {number}" for number in range(25)]
    assert await outcomes(queue, bodies) == [None] * 25
    assert sorted(batches(stub)) == sorted([bodies[:10], bodies[10:20], bodies[20:]])


async def test_a_call_carries_a_mebibyte_at_the_most(stub: Stub, queue: SqsQueue) -> None:
    bodies = ["a" * (MIB // 2), "b" * (MIB // 2), "é" * (MIB // 2), "c"]
    assert await outcomes(queue, bodies) == [None] * 4
    assert sorted(batches(stub)) == [bodies[:2], bodies[3:], bodies[2:3]]


@pytest.mark.parametrize("body", ["x" * (MIB + 1), "é" * (MIB // 2 + 1), "", "a\x00b", "a\ud800b", "a\ufffeb", "\x1b"])
async def test_what_no_queue_takes_is_refused_before_any_call(stub: Stub, queue: SqsQueue, body: str) -> None:
    with pytest.raises(Permanent):
        await queue.send(body)
    assert stub.asked == []


async def test_all_other_text_is_sent(stub: Stub, queue: SqsQueue) -> None:
    body = "bm1.\t\r\n ~\x7fé\ud7ff\ue000\ufffd😀"
    await queue.send(body)
    assert batches(stub) == [[body]]


async def test_a_delay_is_whole_seconds_rounded_up(stub: Stub, queue: SqsQueue) -> None:
    await asyncio.gather(queue.send("a", 0.2), queue.send("b", 5_000), queue.send("c", -1))
    assert [entry["DelaySeconds"] for entry in stub.of("SendMessageBatch")[0]["Entries"]] == [1, 900, 0]


@pytest.mark.parametrize(("has_groups", "named"), [(True, "shop"), (False, None)])
async def test_a_group_is_named_where_the_queue_is_said_to_have_them(
    stub: Stub, has_groups: bool, named: str | None
) -> None:
    url = f"{stub.url}/123456789012/beacons"
    queue = SqsQueue(config.Queue(kind="sqs", url=url, group_by_property=has_groups))
    await asyncio.gather(queue.send("a"), queue.send("b", 0, "shop"))
    groups = [entry.get("MessageGroupId") for entry in stub.of("SendMessageBatch")[0]["Entries"]]
    assert groups == [None, named]
    await queue.close()


async def test_each_entry_has_its_own_outcome(stub: Stub, queue: SqsQueue) -> None:
    stub.answers["SendMessageBatch"] = failing("InternalError", {1})
    assert await outcomes(queue, "abc") == [None, Retryable, None]
    stub.answers["SendMessageBatch"] = failing("InvalidMessageContents", {2}, is_sender_fault=True)
    assert await outcomes(queue, "abc") == [None, None, Permanent]


async def test_an_entry_of_which_the_answer_says_nothing_may_not_be_there(stub: Stub, queue: SqsQueue) -> None:
    stub.answers["SendMessageBatch"] = lambda _: {"Successful": [{"Id": "1"}, {"Id": "7"}, None, {}]}
    assert await outcomes(queue, "abc") == [Retryable, None, Retryable]


@pytest.mark.parametrize("garbage", [b"", b"hello", b"[]", b'{"Successful": 7}', b'{"Successful": ["0"]}', b"{}"])
async def test_garbage_confirms_nothing(stub: Stub, queue: SqsQueue, garbage: bytes) -> None:
    stub.answers["SendMessageBatch"] = lambda _: garbage
    assert await outcomes(queue, "ab") == [Retryable, Retryable]


@pytest.mark.parametrize("code", ["AccessDenied", "RequestThrottled", "ExpiredToken", "QueueDoesNotExist"])
async def test_what_is_refused_to_all_may_work_later(stub: Stub, queue: SqsQueue, code: str) -> None:
    stub.answers["SendMessageBatch"] = refusal(code)
    assert await outcomes(queue, "ab") == [Retryable, Retryable]
    assert stub.counted["SendMessageBatch"] == 1


async def test_where_one_message_makes_a_server_refuse_all_the_others_are_sent(stub: Stub, queue: SqsQueue) -> None:
    def strict(asked: Asked) -> object:
        is_unsuitable = any(entry["MessageBody"] == "d" for entry in asked["Entries"])
        return refusal("InvalidParameterValue")(asked) if is_unsuitable else all_well(asked)

    stub.answers["SendMessageBatch"] = strict
    assert await outcomes(queue, "abcdefgh") == [None, None, None, Permanent, None, None, None, None]


async def test_a_server_that_takes_smaller_batches_gets_smaller_ones(stub: Stub, queue: SqsQueue) -> None:
    def narrow(asked: Asked) -> object:
        size = sum(len(entry["MessageBody"]) for entry in asked["Entries"])
        return all_well(asked) if size <= 262_144 else refusal("BatchRequestTooLong")(asked)

    stub.answers["SendMessageBatch"] = narrow
    assert await outcomes(queue, ["x" * 100_000] * 8) == [None] * 8


async def test_a_hanging_queue_is_given_up_at_the_deadline_by_all_who_wait(stub: Stub, queue: SqsQueue) -> None:
    """Also by those who are not served yet: many more than the calls under way can hold."""
    stub.answers["SendMessageBatch"] = never
    started = time.monotonic()
    bodies = [f"{number}" for number in range(20 * CONCURRENT_SENDS)]
    assert set(await outcomes(queue, bodies)) == {Retryable}
    assert time.monotonic() - started < CALL_SECONDS + 1


async def test_what_was_given_up_is_not_sent_behind_the_senders_back(stub: Stub, queue: SqsQueue) -> None:
    stub.answers["SendMessageBatch"] = never
    await outcomes(queue, [f"{number}" for number in range(20 * CONCURRENT_SENDS)])
    stub.asked.clear()
    stub.answers["SendMessageBatch"] = all_well
    await queue.send("fresh")
    assert batches(stub) == [["fresh"]]


async def test_one_slow_call_holds_up_nobody_else(stub: Stub, queue: SqsQueue) -> None:
    def slow_once(asked: Asked) -> object:
        return never(asked) if asked["Entries"][0]["MessageBody"] == "slow" else all_well(asked)

    stub.answers["SendMessageBatch"] = slow_once
    slow = asyncio.create_task(outcomes(queue, ["slow"]))
    while not stub.asked:
        await asyncio.sleep(0.01)
    started = time.monotonic()
    assert await outcomes(queue, ["quick"]) == [None]
    assert time.monotonic() - started < CALL_SECONDS / 2
    assert await slow == [Retryable]


async def test_an_error_says_nothing_of_the_body(stub: Stub, queue: SqsQueue) -> None:
    body = "bm1." + "QUJD" * 100
    answers: list[Answer] = [
        refusal("InvalidMessageContents", body),
        failing(body, {0}),
        lambda asked: str(asked).encode(),
        never,
    ]
    for answer in answers:
        stub.answers["SendMessageBatch"] = answer
        with pytest.raises((Retryable, Permanent)) as raised:
            await queue.send(body)
        assert "QUJD" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://sqs.eu-west-1.amazonaws.com/123456789012/beacons", "eu-west-1"),
        ("https://sqs.cn-north-1.amazonaws.com.cn/123456789012/beacons", "cn-north-1"),
        ("https://sqs-fips.us-gov-west-1.amazonaws.com/123456789012/beacons", "us-gov-west-1"),
        ("https://vpce-0a1b-2c3d.sqs.us-east-1.vpce.amazonaws.com/123456789012/beacons", "us-east-1"),
        ("https://sqs.eu-central-1.api.aws/123456789012/beacons", "eu-central-1"),
        ("http://127.0.0.1:9324/000000000000/beacons", ""),
        ("http://elasticmq:9324/000000000000/sqs.eu-west-1.amazonaws.com", ""),
    ],
)
def test_the_url_of_a_queue_at_amazon_says_its_region(url: str, region: str) -> None:
    assert region_of(url) == region


async def test_the_configuration_says_where_a_compatible_server_is(stub: Stub) -> None:
    url = "http://queue.example/123456789012/beacons"
    queue = SqsQueue(config.Queue(kind="sqs", url=url, endpoint_url=stub.url, region="eu-west-1"))
    await queue.send("a")
    assert stub.of("SendMessageBatch")[0]["QueueUrl"] == url
    await queue.close()
