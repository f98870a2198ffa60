"""A write to a stream ends by its deadline, whatever it waits for; what is known to be taken by then stays taken."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from shared.errors import WriteFailed
from shared.sinks import KinesisSink
from tests.moto import ENVIRONMENT
from tests.unit.workers.sinks.stream_server import (
    Answer,
    StreamServer,
    failure_of,
    hangs,
    ids,
    records,
    stream_server,
    turns_down,
)
from workers.sinks.kinesis import Kinesis

DEADLINE_SECONDS = 1.0


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StreamServer]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    async with stream_server() as made:
        yield made


@pytest.fixture
async def kinesis(server: StreamServer) -> AsyncIterator[Kinesis]:
    made = Kinesis(KinesisSink(stream="hits", endpoint_url=server.url), DEADLINE_SECONDS)
    yield made
    await made.close()


def slowly(answer: Answer) -> Answer:
    """Each call for itself is within the deadline."""

    async def answer_slowly(entries: list[bytes]) -> web.Response:
        await asyncio.sleep(0.6 * DEADLINE_SECONDS)
        return await answer(entries)

    return answer_slowly


async def test_slow_calls_one_after_the_other_are_cut_off_and_what_was_taken_is_not_told_as_failed(
    kinesis: Kinesis, server: StreamServer
) -> None:
    server.answers = [slowly(turns_down(1, 2))] * 3
    began = time.monotonic()
    failure = await failure_of(kinesis, records(5))
    assert time.monotonic() - began < DEADLINE_SECONDS + 1
    assert failure.retryable == dict.fromkeys(ids(1, 2), "unavailable")
    assert failure.permanent == {}
    assert len(server.calls) == 2


async def test_writes_that_wait_for_others_to_be_told_wait_no_longer_than_their_own_deadline(
    kinesis: Kinesis, server: StreamServer
) -> None:
    server.answers = [hangs] * 20
    began = time.monotonic()
    writes = [kinesis.write(records(2), "block") for _ in range(20)]
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert time.monotonic() - began < DEADLINE_SECONDS + 1
    assert [type(outcome) for outcome in outcomes] == [WriteFailed] * 20
    server.answers = []
    await kinesis.write(records(2), "block")
