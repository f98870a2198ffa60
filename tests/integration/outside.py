"""Every call of ours that leaves the house, as a test can make it of a faulty server."""

import json
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from itertools import count
from typing import Literal, NamedTuple

from shared.config import Queue as QueueConfig
from shared.errors import Retryable, WriteFailed
from shared.queues import Delivery
from shared.queues.sqs import SqsQueue
from shared.record import FinishedRecord
from shared.sinks import FirehoseSink, KinesisSink, ObjectsSink, Sink
from tests.faults.amazon import Amazon
from tests.faults.server import FaultyServer
from workers.sinks import open_sink
from workers.sinks.credentials import credentials_of

AT_MS = 1_794_398_400_000
REGION = "eu-west-1"
ROLE = "arn:aws:iam::210987654321:role/blockmetry-writer"
_numbers = count()


class Lie(AssertionError):
    """A call has returned, and what it was to do is not done."""


Call = Callable[[], Awaitable[None]]


class Outside(NamedTuple):
    """A client of ours, open, and its calls."""

    calls: Mapping[str, Call]
    """Each always does something new. They raise `Lie`."""
    refusals: tuple[type[Exception], ...]
    """All else that they may raise."""


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


Written = Callable[[Amazon, list[FinishedRecord], str], bool]


def in_a_stream(amazon: Amazon, given: list[FinishedRecord], block_id: str) -> bool:
    """Each of them, with or without its newline."""
    return {record.body for record in given} <= {b64decode(kept).rstrip() for kept in amazon.records}


def in_objects(amazon: Amazon, given: list[FinishedRecord], block_id: str) -> bool:
    """One for each."""
    return {record.body for record in given} <= set(amazon.objects.values())


def in_one_object(amazon: Amazon, given: list[FinishedRecord], block_id: str) -> bool:
    """Of their block."""
    return any(block_id in path for path in amazon.objects)


@asynccontextmanager
async def writing(sink_at: Callable[[str], Sink], is_written: Written, server: FaultyServer) -> AsyncIterator[Outside]:
    """Three new records at a time."""
    sink = open_sink("shop", sink_at(server.url))

    async def write() -> None:
        given, block_id = records(3), f"{next(_numbers):032x}"
        await sink.write(given, block_id)
        if not is_written(server.amazon, given, block_id):
            raise Lie

    try:
        yield Outside({"write": write}, (WriteFailed,))
    finally:
        await sink.close()


@asynccontextmanager
async def assuming(sink_at: Callable[..., Sink], is_written: Written, server: FaultyServer) -> AsyncIterator[Outside]:
    """Each write has to get keys first."""
    sink = sink_at(server.url, external_id="ours")
    keys = credentials_of(sink)
    assert keys

    async with writing(lambda _: sink, is_written, server) as outside:

        async def write() -> None:
            keys._keys = None
            await outside.calls["write"]()

        yield Outside({"write": write}, outside.refusals)


@asynccontextmanager
async def queueing(server: FaultyServer) -> AsyncIterator[Outside]:
    """Everything that a queue is asked."""
    queue = SqsQueue(QueueConfig(kind="sqs", url=f"{server.url}/123456789012/beacons", region=REGION))
    amazon = server.amazon

    async def receive(one: Delivery) -> None:
        amazon.messages.append(one.body)  # an outage must not pass for an empty queue
        if not await queue.receive(1, 0):
            raise Lie

    calls = {
        "send": _told(lambda one: queue.send(one.body), lambda one: one.body in amazon.sent),
        "receive": _told(receive, lambda _: True),
        "ack": _told(lambda one: queue.ack([one]), lambda one: one.receipt in amazon.done),
        "extend": _told(lambda one: queue.extend(one, 60), lambda one: one.receipt in amazon.changed),
        "release": _told(lambda one: queue.release(one, 5), lambda one: one.receipt in amazon.changed),
        "dead_letter": _told(
            lambda one: queue.dead_letter(one, "undecodable"),
            lambda one: one.body in amazon.sent and one.receipt in amazon.done,
        ),
        "depth": _told(lambda _: queue.depth(), lambda _: True),
    }
    try:
        yield Outside(calls, (Retryable,))
    finally:
        await queue.close()


def _told(act: Callable[[Delivery], Awaitable[object]], is_done: Callable[[Delivery], bool]) -> Call:
    async def call() -> None:
        number = next(_numbers)
        one = Delivery(f"bm1.{number:08}", f"receipt-{number}", 1, AT_MS)
        await act(one)
        if not is_done(one):
            raise Lie

    return call


EVERYTHING: dict[str, Open] = {
    "queue": queueing,
    "objects, a hit each": partial(writing, bucket, in_objects),
    "objects, a block each": partial(writing, partial(bucket, layout="block"), in_one_object),
    "objects, by a role": partial(assuming, bucket, in_objects),
    "kinesis": partial(writing, kinesis, in_a_stream),
    "kinesis, by a role": partial(assuming, kinesis, in_a_stream),
    "firehose": partial(writing, firehose, in_a_stream),
}
