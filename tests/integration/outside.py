"""Every call of ours that leaves the house, as a test can make it of a faulty server."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from itertools import count
from typing import Literal, NamedTuple

from shared.config import Queue as QueueConfig
from shared.errors import Retryable, WriteFailed
from shared.queues import Delivery, Queue
from shared.queues.sqs import SqsQueue
from shared.record import FinishedRecord
from shared.sinks import FirehoseSink, KinesisSink, ObjectsSink, Sink
from tests.faults.server import FaultyServer
from workers.sinks import open_sink

AT_MS = 1_794_398_400_000
REGION = "eu-west-1"
ROLE = "arn:aws:iam::210987654321:role/blockmetry-writer"
_numbers = count()


class Lie(AssertionError):
    """A call has returned, and what it was to do is not done."""


class Outside(NamedTuple):
    """A client of ours, open, and one call of it."""

    call: Callable[[], Awaitable[None]]
    """Always of something new. Raises `Lie`."""
    refusals: tuple[type[Exception], ...]
    """All else that it may raise."""


Open = Callable[[FaultyServer], AbstractAsyncContextManager[Outside]]


def records(number: int) -> list[FinishedRecord]:
    """That nobody has written yet."""
    ids = [next(_numbers) for _ in range(number)]
    return [FinishedRecord(f"{one:032x}", AT_MS + one, AT_MS, body(one)) for one in ids]


def body(number: int) -> bytes:
    """Of about a record's size, with words of its own."""
    return json.dumps({"hit": number, "Title": "private words " * 60}).encode()


def kinesis(url: str, external_id: str = "", stream: str = "hits") -> Sink:
    """A stream there; with an external id, by a role."""
    role = ROLE if external_id else ""
    return KinesisSink(stream=stream, region=REGION, endpoint_url=url, role_arn=role, external_id=external_id)


def firehose(url: str) -> Sink:
    """A delivery stream there."""
    return FirehoseSink(stream="hits", region=REGION, endpoint_url=url)


def bucket(url: str, layout: Literal["hit", "block"] = "hit", external_id: str = "", name: str = "records") -> Sink:
    """A bucket there; with an external id, by a role."""
    role = ROLE if external_id else ""
    place = f"s3://{name}/prefix"
    return ObjectsSink(
        url=place,
        layout=layout,
        region=REGION,
        endpoint_url=url,
        path_style=True,
        role_arn=role,
        external_id=external_id,
    )


@asynccontextmanager
async def writing(sink_at: Callable[[str], Sink], objects: int, server: FaultyServer) -> AsyncIterator[Outside]:
    """Three new records at a time, of which a bucket makes so many objects; a stream none."""
    sink = open_sink("shop", sink_at(server.url))

    async def write() -> None:
        before = server.amazon.size
        await sink.write(records(3), f"{next(_numbers):032x}")
        if server.amazon.size - before != (objects or 3):
            raise Lie

    try:
        yield Outside(write, (WriteFailed,))
    finally:
        await sink.close()


@asynccontextmanager
async def assuming(sink_at: Callable[..., Sink], server: FaultyServer) -> AsyncIterator[Outside]:
    """Each write is a new sink's, which has keys of its own to get first."""

    async def write() -> None:
        async with writing(partial(sink_at, external_id=f"ours-{next(_numbers)}"), 3, server) as outside:
            await outside.call()

    yield Outside(write, (WriteFailed,))


Act = Callable[[Queue, Delivery], Awaitable[object]]


@asynccontextmanager
async def queueing(act: Act, much: int, server: FaultyServer) -> AsyncIterator[Outside]:
    """Something that the queue is asked to do, and how much that is."""
    queue = SqsQueue(QueueConfig(kind="sqs", url=f"{server.url}/123456789012/beacons", region=REGION))

    async def ask() -> None:
        before = server.amazon.size
        await act(queue, Delivery("bm1.AAAA", f"receipt-{next(_numbers)}", 1, AT_MS))
        if server.amazon.size - before != much:
            raise Lie

    try:
        yield Outside(ask, (Retryable,))
    finally:
        await queue.close()


@asynccontextmanager
async def receiving(server: FaultyServer) -> AsyncIterator[Outside]:
    """There is always a message: an outage must not pass for an empty queue."""
    async with queueing(lambda queue, _: queue.receive(1, 0), -1, server) as outside:

        async def receive() -> None:
            server.amazon.messages.append("bm1.AAAA")
            await outside.call()

        yield Outside(receive, outside.refusals)


CALLS: dict[str, Open] = {
    "objects, a hit each": partial(writing, bucket, 3),
    "objects, a block each": partial(writing, partial(bucket, layout="block"), 1),
    "objects, by a role": partial(assuming, bucket),
    "kinesis": partial(writing, kinesis, 0),
    "kinesis, by a role": partial(assuming, kinesis),
    "firehose": partial(writing, firehose, 0),
    "send": partial(queueing, lambda queue, _: queue.send("bm1.AAAA"), 1),
    "receive": receiving,
    "ack": partial(queueing, lambda queue, one: queue.ack([one]), 1),
    "extend": partial(queueing, lambda queue, one: queue.extend(one, 60), 1),
    "release": partial(queueing, lambda queue, one: queue.release(one, 5), 1),
    "dead_letter": partial(queueing, lambda queue, one: queue.dead_letter(one, "undecodable"), 2),
    "depth": partial(queueing, lambda queue, _: queue.depth(), 0),
}
