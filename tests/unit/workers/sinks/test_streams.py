"""What Kinesis and Firehose do alike."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp.web import Response

from shared.record import FinishedRecord
from shared.sinks import FirehoseSink, KinesisSink
from tests.moto import ENVIRONMENT
from tests.unit.workers.sinks.stream_server import (
    StreamServer,
    fails,
    failure_of,
    hangs,
    ids,
    records,
    refuses_above,
    says,
    speaks_of,
    stream_server,
    takes_all,
    turns_down,
)
from workers.sinks.firehose import Firehose
from workers.sinks.kinesis import Kinesis
from workers.sinks.streams import Stream

CALL_SECONDS = 1.0
OPENERS: dict[str, Callable[[str], Stream]] = {
    "kinesis": lambda url: Kinesis(KinesisSink(stream="hits", endpoint_url=url), CALL_SECONDS),
    "firehose": lambda url: Firehose(FirehoseSink(stream="hits", endpoint_url=url), CALL_SECONDS),
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
async def server() -> AsyncIterator[StreamServer]:
    async with stream_server() as made:
        yield made


@pytest.fixture(params=list(OPENERS))
async def stream(request: pytest.FixtureRequest, server: StreamServer) -> AsyncIterator[Stream]:
    made = OPENERS[request.param](server.url)
    yield made
    await made.close()


async def test_nothing_is_called_before_there_is_something_to_write(stream: Stream, server: StreamServer) -> None:
    await stream.write([], "block")
    assert server.calls == []


async def test_a_call_takes_five_hundred_records(stream: Stream, server: StreamServer) -> None:
    await stream.write(records(501), "block")
    assert sorted(map(len, server.calls)) == [1, 500]


async def test_the_same_record_twice_in_a_write_is_sent_once(stream: Stream, server: StreamServer) -> None:
    await stream.write(records(3) + records(3), "block")
    assert [len(call) for call in server.calls] == [3]


async def test_of_a_partly_failed_call_only_the_failed_records_are_sent_again(
    stream: Stream, server: StreamServer
) -> None:
    server.answers = [turns_down(1, 7), turns_down(0)]
    await stream.write(records(10), "block")
    first, second, third = server.calls
    assert second == [first[1], first[7]]
    assert third == [first[1]]


async def test_what_fails_again_and_again_is_to_be_retried_and_its_neighbours_are_not(
    stream: Stream, server: StreamServer
) -> None:
    server.answers = [turns_down(1, 2, 7, code="ProvisionedThroughputExceededException"), turns_down(0, 1)]
    server.answers += [turns_down(1)]
    failure = await failure_of(stream, records(10))
    assert failure.retryable == dict.fromkeys(ids(2), "unavailable")
    assert failure.permanent == {}


async def test_what_an_answer_does_not_speak_of_is_to_be_retried(stream: Stream, server: StreamServer) -> None:
    server.answers = [speaks_of(3), speaks_of(0)]
    failure = await failure_of(stream, records(5))
    assert set(failure.retryable) == ids(3, 4)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>",
        "null",
        "[]",
        "7",
        "[" * 100_000,
        '{"Records": null, "RequestResponses": null}',
        '{"Records": ["x"], "RequestResponses": ["x"]}',
        '{"Records": 7, "RequestResponses": 7}',
        '{"Records": [null, {}], "RequestResponses": [null, {}]}',
    ],
)
async def test_garbage_takes_nothing_and_says_nothing_for_good(stream: Stream, server: StreamServer, body: str) -> None:
    server.answers = [says(body)]
    failure = await failure_of(stream, records(2))
    assert failure.retryable == dict.fromkeys(ids(0, 1), "unavailable")


@pytest.mark.parametrize(
    ("code", "reason"), [("AccessDeniedException", "access_denied"), ("ResourceNotFoundException", "not_found")]
)
async def test_what_somebody_has_to_mend_fails_for_good(
    stream: Stream, server: StreamServer, code: str, reason: str
) -> None:
    server.answers = [fails(code)]
    failure = await failure_of(stream, records(3))
    assert failure.permanent == dict.fromkeys(ids(0, 1, 2), reason)


async def test_a_stream_that_refuses_everything_is_asked_twice_and_no_more(
    stream: Stream, server: StreamServer
) -> None:
    server.answers = [fails("InvalidArgumentException")] * 60
    failure = await failure_of(stream, records(500))
    assert set(failure.permanent.values()) == {"refused"}
    assert [len(call) for call in server.calls] == [500, 1]


@pytest.mark.parametrize(("code", "status"), [("ThrottlingException", 400), ("ServiceUnavailableException", 503)])
async def test_what_passes_is_left_to_who_called(stream: Stream, server: StreamServer, code: str, status: int) -> None:
    server.answers = [fails(code, status)]
    failure = await failure_of(stream, records(2))
    assert failure.retryable == dict.fromkeys(ids(0, 1), "unavailable")
    assert len(server.calls) == 1


async def test_a_server_that_hangs_is_waited_for_once_however_much_there_is_to_write(
    stream: Stream, server: StreamServer
) -> None:
    server.answers = [hangs] * 20
    began = time.monotonic()
    failure = await failure_of(stream, records(5_000))
    assert time.monotonic() - began < CALL_SECONDS + 1
    assert len(failure.retryable) == 5_000


async def test_a_silence_after_a_partial_answer_takes_nothing_back(stream: Stream, server: StreamServer) -> None:
    server.answers = [turns_down(4), hangs]
    failure = await failure_of(stream, records(5))
    assert set(failure.retryable) == ids(4)


async def test_a_record_that_no_call_can_hold_is_refused_without_its_neighbours(
    stream: Stream, server: StreamServer
) -> None:
    huge = FinishedRecord("f" * 32, 0, 0, bytes(stream.limits.record_bytes))
    failure = await failure_of(stream, [*records(2), huge, *records(4)[2:]])
    assert failure.permanent == {"f" * 32: "refused"}
    assert failure.retryable == {}
    assert [len(call) for call in server.calls] == [4]


async def test_a_record_that_only_the_server_refuses_costs_its_neighbours_nothing(
    stream: Stream, server: StreamServer
) -> None:
    server.answers = [refuses_above(5_000)] * 60
    odd = FinishedRecord("e" * 32, 0, 0, bytes(6_000))
    failure = await failure_of(stream, [*records(100), odd, *records(200)[100:]])
    assert failure.permanent == {"e" * 32: "refused"}


async def test_a_server_that_takes_less_at_a_time_gets_it_in_parts(stream: Stream, server: StreamServer) -> None:
    server.answers = [refuses_above(5_000)] * 60
    await stream.write(records(200, body_bytes=100), "block")


async def test_calls_run_a_few_at_once_for_all_writes_together(stream: Stream, server: StreamServer) -> None:
    under_way: list[int] = []
    most: list[int] = []

    async def slow(bodies: list[bytes]) -> Response:
        under_way.append(1)
        most.append(len(under_way))
        await asyncio.sleep(0.02)
        under_way.pop()
        return await takes_all(bodies)

    server.answers = [slow] * 12
    await asyncio.gather(*(stream.write(records(2_000), f"block {number}") for number in range(3)))
    assert max(most) == 4
