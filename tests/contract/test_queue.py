"""What every queue does. Written so that a distributed one can pass: order is approximate, and time comes in units
that an implementation chooses, since some know only whole seconds."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from shared.errors import Permanent
from shared.queues import Delivery, Queue
from tests.contract.queue_peer import open_queue
from tests.moto import ENVIRONMENT, Moto

PEER = Path(__file__).with_name("queue_peer.py")
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


IMPLEMENTATIONS: list[Callable[[pytest.FixtureRequest], Target]] = [embedded, sqs]


@pytest.fixture(params=IMPLEMENTATIONS, ids=lambda implementation: implementation.__name__)
def target(request: pytest.FixtureRequest) -> Target:
    made: Target = request.param(request)
    return made


@pytest.fixture
def brief_target(target: Target) -> Target:
    return target._replace(arguments={**target.arguments, "visibility_timeout_seconds": target.unit_seconds})


@pytest.fixture
def unit(target: Target) -> float:
    return target.unit_seconds


@pytest.fixture
async def queue(target: Target) -> AsyncIterator[Queue]:
    """What is received from it stays invisible for as long as any test runs."""
    queue = open_here(target)
    yield queue
    await queue.close()


@pytest.fixture
async def brief_queue(brief_target: Target) -> AsyncIterator[Queue]:
    """What is received from it stays invisible for one unit of time."""
    queue = open_here(brief_target)
    yield queue
    await queue.close()


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


async def test_what_is_sent_is_received_as_it_was_sent(queue: Queue) -> None:
    before_ms = int(time.time() * 1000)
    await queue.send("bm1.AAAA")
    delivery = await receive_one(queue)
    assert delivery.body == "bm1.AAAA"
    assert delivery.attempt == 1
    assert before_ms - 1000 <= delivery.sent_at_ms <= time.time() * 1000 + 1000


async def test_a_body_of_the_largest_block_and_a_little_more_passes(queue: Queue) -> None:
    body = "x" * 200_000
    await queue.send(body)
    assert (await receive_one(queue)).body == body


async def test_every_message_is_received_once_while_nobody_lets_go(queue: Queue) -> None:
    await asyncio.gather(*(queue.send(f"message {number}") for number in range(30)))
    received = await receive_some(queue, 30)
    assert sorted(delivery.body for delivery in received) == sorted(f"message {number}" for number in range(30))
    await queue.ack(received)


async def test_never_more_than_the_limit_are_received(queue: Queue) -> None:
    await asyncio.gather(*(queue.send(f"message {number}") for number in range(5)))
    assert 1 <= len(await queue.receive(2, 1)) <= 2


async def test_receiving_from_an_empty_queue_waits_and_returns_nothing(queue: Queue, unit: float) -> None:
    started = time.monotonic()
    assert await queue.receive(10, unit) == []
    assert 0.9 * unit <= time.monotonic() - started < PATIENCE_SECONDS


async def test_a_receiver_that_waits_gets_what_is_sent_meanwhile(queue: Queue) -> None:
    waiting = asyncio.create_task(queue.receive(10, PATIENCE_SECONDS))
    await asyncio.sleep(0.1)
    await queue.send("at last")
    assert [delivery.body for delivery in await waiting] == ["at last"]


async def test_what_is_acked_never_comes_back(brief_queue: Queue, unit: float) -> None:
    await brief_queue.send("done")
    await brief_queue.ack([await receive_one(brief_queue)])
    assert await brief_queue.receive(10, 1.5 * unit) == []


async def test_many_are_acked_in_one_call(queue: Queue) -> None:
    await asyncio.gather(*(queue.send(f"message {number}") for number in range(25)))
    await queue.ack(await receive_some(queue, 25))
    await eventually_empty(queue)


async def test_acking_nothing_is_allowed(queue: Queue) -> None:
    await queue.send("still there")
    await queue.ack([])
    assert (await receive_one(queue)).body == "still there"


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


async def test_depth_tells_what_waits_what_is_worked_on_and_what_is_delayed(queue: Queue) -> None:
    assert (await queue.depth()).oldest_seconds == 0
    await asyncio.gather(*(queue.send(f"message {number}") for number in range(3)))
    await queue.send("delayed", 30)
    await queue.extend(await receive_one(queue), 30)
    async with asyncio.timeout(PATIENCE_SECONDS):  # a distributed queue counts approximately, and a little late
        while msgspec.structs.astuple(depth := await queue.depth())[:4] != (2, 1, 1, 0):
            await asyncio.sleep(0.05)
    assert 0 <= depth.oldest_seconds < PATIENCE_SECONDS


async def test_a_message_that_is_too_large_is_refused_for_good(queue: Queue) -> None:
    with pytest.raises(Permanent):
        await queue.send("x" * ((1 << 20) + 1))
    assert (await queue.depth()).visible == 0


async def test_closing_twice_is_allowed(target: Target) -> None:
    queue = open_here(target)
    await queue.close()
    await queue.close()


async def test_messages_outlive_those_who_sent_them(target: Target) -> None:
    sender = open_here(target)
    await sender.send("read me")
    await sender.close()
    receiver = open_here(target)
    assert (await receive_one(receiver)).body == "read me"
    await receiver.close()


@contextmanager
def peer(target: Target, role: str, log: Path, count: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, PEER, target.kind, json.dumps(target.arguments), role, log, str(count)])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def noted(*logs: Path) -> set[str]:
    return {line for log in logs if log.exists() for line in log.read_text().splitlines()}


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.01)


async def test_processes_share_a_queue_and_a_killed_one_loses_nothing(brief_target: Target, tmp_path: Path) -> None:
    """Two send, two receive; a sender and a receiver are killed in the middle of their work."""
    logs = {name: tmp_path / f"{name}.log" for name in ("sender", "killed sender", "receiver", "killed receiver")}
    queue = open_here(brief_target)
    with (
        peer(brief_target, "send", logs["sender"], 300) as sender,
        peer(brief_target, "send", logs["killed sender"], 1_000_000) as killed_sender,
        peer(brief_target, "receive", logs["receiver"], 10),
        peer(brief_target, "receive", logs["killed receiver"], 10) as killed_receiver,
    ):
        await until(lambda: len(noted(logs["killed sender"])) > 100 and len(noted(logs["killed receiver"])) > 30)
        killed_sender.kill()
        killed_receiver.kill()
        await until(lambda: sender.poll() is not None)
        promised = noted(logs["sender"], logs["killed sender"])
        await until(lambda: promised <= noted(logs["receiver"], logs["killed receiver"]))
        await eventually_empty(queue)
    assert sender.returncode == 0
    assert len(noted(logs["sender"])) == 300
    await queue.close()


async def eventually_empty(queue: Queue) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (depth := await queue.depth()).visible + depth.in_flight + depth.delayed:
            await asyncio.sleep(0.05)
