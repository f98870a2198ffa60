import asyncio
import fcntl
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median

import pytest

from shared.config import load
from shared.errors import ConfigError, Permanent, Retryable
from shared.queues import open_queue
from shared.queues.embedded import EmbeddedQueue

MIB = 1 << 20


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.seconds = 1_700_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def queue(tmp_path: Path, clock: Clock) -> AsyncIterator[EmbeddedQueue]:
    queue = EmbeddedQueue(tmp_path / "queue.sqlite3", 60, clock)
    yield queue
    await queue.close()


def bytes_in(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.iterdir())


async def bodies(queue: EmbeddedQueue, limit: int = 10) -> list[str]:
    return [delivery.body for delivery in await queue.receive(limit, 0)]


async def test_messages_come_in_the_order_of_their_sends(queue: EmbeddedQueue) -> None:
    for number in range(5):
        await queue.send(str(number))
    assert await bodies(queue, 3) == ["0", "1", "2"]
    assert await bodies(queue, 3) == ["3", "4"]


async def test_what_becomes_visible_later_comes_later(queue: EmbeddedQueue, clock: Clock) -> None:
    await queue.send("delayed", 10)
    clock.seconds += 5
    await queue.send("at once")
    clock.seconds += 5
    assert await bodies(queue) == ["at once", "delayed"]


async def test_visibility_ends_to_the_millisecond(queue: EmbeddedQueue, clock: Clock) -> None:
    await queue.send("hidden")
    await queue.receive(1, 0)
    clock.seconds += 59.998
    assert await bodies(queue) == []
    clock.seconds += 0.002
    assert await bodies(queue) == ["hidden"]


async def test_a_late_ack_counts_while_nobody_else_has_received_it(queue: EmbeddedQueue, clock: Clock) -> None:
    await queue.send("slow")
    (delivery,) = await queue.receive(1, 0)
    clock.seconds += 61
    await queue.ack([delivery])
    assert await bodies(queue) == []


async def test_depth_counts_every_state(queue: EmbeddedQueue, clock: Clock) -> None:
    for body in ("dead", "held", "released", "visible"):
        await queue.send(body)
    await queue.send("delayed", 30)
    dead, _, released = await queue.receive(3, 0)
    await queue.dead_letter(dead, "undecodable")
    await queue.release(released, 30)
    clock.seconds += 7
    depth = await queue.depth()
    assert (depth.visible, depth.in_flight, depth.delayed, depth.dead) == (1, 1, 2, 1)
    assert depth.oldest_seconds == pytest.approx(7)


async def test_a_clock_set_back_makes_no_negative_age(queue: EmbeddedQueue, clock: Clock) -> None:
    await queue.send("from the future")
    clock.seconds -= 3600
    assert (await queue.depth()).oldest_seconds == 0


async def test_a_cancelled_receive_gives_back_what_it_had_claimed(queue: EmbeddedQueue) -> None:
    for round_number in range(20):
        await queue.send(str(round_number))
        receiving = asyncio.create_task(queue.receive(10, 0))
        await asyncio.sleep(0.0001 * round_number)
        if not receiving.cancel():
            await queue.ack(await receiving)
            continue
        await asyncio.gather(receiving, return_exceptions=True)
        (delivery,) = await queue.receive(10, 5)
        assert delivery.body == str(round_number)
        await queue.ack([delivery])


async def test_closing_while_a_cancelled_receive_gives_back_loses_nothing(tmp_path: Path) -> None:
    queue = EmbeddedQueue(tmp_path / "queue.sqlite3", 60)
    await queue.send("given back")
    receiving = asyncio.create_task(queue.receive(10, 0))
    await asyncio.sleep(0)
    receiving.cancel()
    await asyncio.gather(receiving, return_exceptions=True)
    await queue.close()
    again = EmbeddedQueue(tmp_path / "queue.sqlite3", 60)
    assert await bodies(again) == ["given back"]
    await again.close()


async def test_what_another_process_sends_is_received_within_the_poll_interval(tmp_path: Path) -> None:
    sender, receiver = (EmbeddedQueue(tmp_path / "queue.sqlite3", 60, poll_seconds=0.02) for _ in range(2))
    loop = asyncio.get_running_loop()
    took = []
    for _ in range(10):
        receiving = asyncio.create_task(receiver.receive(1, 5))
        await asyncio.sleep(0.06)
        await sender.send("from elsewhere")
        sent = loop.time()
        await receiver.ack(await receiving)
        took.append(loop.time() - sent)
    assert median(took) < 0.5
    await sender.close()
    await receiver.close()


async def test_a_receiver_notices_that_a_delayed_message_has_become_visible(tmp_path: Path) -> None:
    queue = EmbeddedQueue(tmp_path / "queue.sqlite3", 60, poll_seconds=0.02)
    await queue.send("delayed", 0.2)
    assert [delivery.body for delivery in await queue.receive(1, 5)] == ["delayed"]
    await queue.close()


async def test_everything_asked_of_a_closed_queue_may_work_elsewhere(tmp_path: Path) -> None:
    queue = EmbeddedQueue(tmp_path / "queue.sqlite3", 60)
    await queue.close()
    with pytest.raises(Retryable, match="closed"):
        await queue.send("too late")
    with pytest.raises(Retryable, match="closed"):
        await queue.receive(1, 0)


async def test_a_body_that_is_no_text_is_refused_and_costs_its_neighbours_nothing(queue: EmbeddedQueue) -> None:
    outcomes = await asyncio.gather(
        queue.send("good"), queue.send("\ud800"), queue.send("also good"), return_exceptions=True
    )
    assert isinstance(outcomes[1], Permanent)
    assert await bodies(queue) == ["good", "also good"]


async def test_the_files_stay_small_however_much_passes_through(tmp_path: Path) -> None:
    queue = EmbeddedQueue(tmp_path / "queue.sqlite3", 60)
    for _ in range(100):
        await asyncio.gather(*(queue.send("x" * 50_000) for _ in range(10)))
        await queue.ack(await queue.receive(10, 0))
    assert bytes_in(tmp_path) < 16 * MIB
    await queue.close()


async def test_the_file_shrinks_after_a_backlog(tmp_path: Path) -> None:
    queue = EmbeddedQueue(tmp_path / "queue.sqlite3", 60)
    await asyncio.gather(*(queue.send("x" * 200_000) for _ in range(240)))
    full = (tmp_path / "queue.sqlite3").stat().st_size
    while deliveries := await queue.receive(4, 0):
        await queue.ack(deliveries)
    await queue.close()
    assert (tmp_path / "queue.sqlite3").stat().st_size < full / 2


async def test_the_configured_queue_lives_in_the_data_directory(tmp_path: Path) -> None:
    queue = open_queue(load(None, {"BLOCKMETRY_DATA": str(tmp_path / "data")}))
    await queue.send("kept")
    await queue.close()
    assert (tmp_path / "data" / "queue.sqlite3").exists()


def test_a_path_that_cannot_be_used_is_a_configuration_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="file"):
        EmbeddedQueue(tmp_path / "file" / "queue.sqlite3", 60)


async def test_what_was_acked_is_nowhere_in_the_files_after_a_quiet_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.queues.embedded.FORGET_EVERY_SECONDS", 0.05)
    queue = EmbeddedQueue(tmp_path / "queue.sqlite3", 60)
    body = "203.0.113.77 " * 100
    for _ in range(20):
        await queue.send(body)
    await queue.ack(await queue.receive(20, 0))
    assert await queue.receive(1, 0.1) == []
    held = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    await queue.close()
    assert b"203.0.113.77" not in held


async def test_a_queue_whose_lock_somebody_keeps_closes_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.queues.messages.PATIENCE_SECONDS", 0.05)
    queue = EmbeddedQueue(tmp_path / "queue.sqlite3", 60)
    with (tmp_path / "queue.sqlite3.lock").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        await queue.close()
