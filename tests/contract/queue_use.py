"""Queues as the contract's tests open them, and what they do with them."""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from shared.queues import Delivery, Queue
from tests.contract.queue_peer import open_queue
from tests.faults.queue_server import QueueServer
from tests.moto import ENVIRONMENT, Moto

PATIENCE_SECONDS = 20


class Target(NamedTuple):
    """A queue, as this process and others can open it."""

    kind: str
    arguments: dict[str, Any]
    unit_seconds: float


def embedded(request: pytest.FixtureRequest) -> Target:
    path = str(request.getfixturevalue("tmp_path") / "queue.sqlite3")
    return Target("embedded", {"path": path, "visibility_timeout_seconds": 60}, 0.4)


def sqs(request: pytest.FixtureRequest) -> Target:
    moto: Moto = request.getfixturevalue("moto")
    environment: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
    for name, value in ENVIRONMENT.items():
        environment.setenv(name, value)
    return Target("sqs", {"url": moto.queue(), "visibility_timeout_seconds": 60}, 1)


def own_sqs(request: pytest.FixtureRequest) -> Target:
    """The server that chaos runs kill: what they say of SQS is worth what it is worth as one."""
    server: QueueServer = request.getfixturevalue("queue_server")
    made = sqs(request)
    return made._replace(arguments={**made.arguments, "url": server.queue()})


IMPLEMENTATIONS: list[Callable[[pytest.FixtureRequest], Target]] = [embedded, sqs]


def open_here(target: Target) -> Queue:
    return open_queue(target.kind, target.arguments)


async def receive_some(queue: Queue, count: int) -> list[Delivery]:
    """Exactly `count`, in as many calls as it takes."""
    received: list[Delivery] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(received) < count:
            received += await queue.receive(min(10, count - len(received)), 1)
    return received


async def receive_one(queue: Queue) -> Delivery:
    return (await receive_some(queue, 1))[0]


async def eventually_empty(queue: Queue) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (depth := await queue.depth()).visible + depth.in_flight + depth.delayed:
            await asyncio.sleep(0.05)
