"""A server that speaks the languages of Kinesis and Firehose as far as putting records goes, and fails on command."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from shared.errors import WriteFailed
from shared.record import FinishedRecord
from workers.sinks.streams import Stream

Answer = Callable[[list[bytes]], Awaitable[web.Response]]
MAX_BODY_BYTES = 16 * 1024 * 1024


class StreamServer:
    """It takes everything, unless there are `answers` left: one for each call to come."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: list[Answer] = []
        self.calls: list[list[bytes]] = []
        self.keys: list[str] = []
        """Partition keys of all calls; Firehose has none."""

    async def serve(self, request: web.Request) -> web.Response:
        """One call."""
        entries = json.loads(await request.read())["Records"]
        records = [base64.b64decode(entry["Data"]) for entry in entries]
        self.calls.append(records)
        self.keys += [entry["PartitionKey"] for entry in entries if "PartitionKey" in entry]
        return await (self.answers.pop(0) if self.answers else takes_all)(records)


@asynccontextmanager
async def stream_server() -> AsyncIterator[StreamServer]:
    """Stopped at the end of the block."""
    made = StreamServer()
    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app.router.add_post("/", made.serve)
    async with TestServer(app, shutdown_timeout=0.1) as server:
        made.url = str(server.make_url("")).rstrip("/")
        yield made


async def takes_all(records: list[bytes]) -> web.Response:
    """Every record."""
    return _answer(_taken() for _ in records)


async def hangs(records: list[bytes]) -> web.Response:
    """Never answers."""
    await asyncio.sleep(600)
    raise AssertionError


def turns_down(*positions: int, code: str = "InternalFailure") -> Answer:
    """Takes all the records of the call but these."""

    async def answer(records: list[bytes]) -> web.Response:
        return _answer({"ErrorCode": code} if at in positions else _taken() for at in range(len(records)))

    return answer


def speaks_of(count: int) -> Answer:
    """Takes all, and says so of the first `count`."""

    async def answer(records: list[bytes]) -> web.Response:
        return _answer(_taken() for _ in range(count))

    return answer


def fails(code: str, status: int = 400) -> Answer:
    """The whole call."""
    return says(json.dumps({"__type": f"com.amazonaws.streams#{code}", "message": "no"}), status)


def says(body: str, status: int = 200) -> Answer:
    """Whatever the body is."""

    async def answer(records: list[bytes]) -> web.Response:
        return web.Response(text=body, status=status, content_type="application/x-amz-json-1.1")

    return answer


def refuses_above(total: int) -> Answer:
    """A server with a limit of its own on the bytes of a call."""

    async def answer(records: list[bytes]) -> web.Response:
        return await (takes_all if sum(map(len, records)) <= total else fails("ValidationException"))(records)

    return answer


def records(count: int, body_bytes: int = 20) -> list[FinishedRecord]:
    """Numbered from 0, each of these bytes at the least."""
    return [
        FinishedRecord(f"{number:032x}", 0, 0, f'{{"hit":{number}}}'.encode().ljust(body_bytes))
        for number in range(count)
    ]


def ids(*numbers: int) -> set[str]:
    """Of `records` with these numbers."""
    return {f"{number:032x}" for number in numbers}


async def failure_of(stream: Stream, written: list[FinishedRecord]) -> WriteFailed:
    """Of a write that fails."""
    with pytest.raises(WriteFailed) as failure:
        await stream.write(written, "block")
    return failure.value


def _taken() -> dict[str, Any]:
    return {"SequenceNumber": "1", "ShardId": "0", "RecordId": "1"}


def _answer(entries: Iterable[dict[str, Any]]) -> web.Response:
    told = list(entries)
    failed = sum("ErrorCode" in entry for entry in told)
    both = {"Records": told, "FailedRecordCount": failed, "RequestResponses": told, "FailedPutCount": failed}
    return web.json_response(both, content_type="application/x-amz-json-1.1")
