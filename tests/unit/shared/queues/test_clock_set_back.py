"""A clock that is set: nothing stays hidden until it says the same time again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.queues.embedded import EmbeddedQueue
from tests.unit.shared.queues.test_embedded import Clock, bodies

DAY = 86_400.0
BACK = [5.0, 3_600.0, DAY]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def queue(tmp_path: Path, clock: Clock) -> AsyncIterator[EmbeddedQueue]:
    opened = EmbeddedQueue(tmp_path / "queue.sqlite3", 60, clock)
    assert await bodies(opened) == []
    yield opened
    await opened.close()


@pytest.mark.parametrize("back", BACK)
async def test_what_was_sent_before_is_received_after_it_was_set_back(
    queue: EmbeddedQueue, clock: Clock, back: float
) -> None:
    await queue.send("sent")
    await queue.send("delayed", 900)
    clock.seconds -= back
    assert await bodies(queue) == ["sent", "delayed"]


@pytest.mark.parametrize("back", BACK)
async def test_what_somebody_held_who_died_comes_back(queue: EmbeddedQueue, clock: Clock, back: float) -> None:
    await queue.send("held")
    assert await bodies(queue) == ["held"]
    clock.seconds -= back
    assert await bodies(queue) == ["held"]


async def test_who_holds_it_still_may_go_on(queue: EmbeddedQueue, clock: Clock) -> None:
    await queue.send("held")
    (delivery,) = await queue.receive(1, 0)
    clock.seconds -= DAY
    await queue.extend(delivery, 60)
    assert await bodies(queue) == []
    await queue.ack([delivery])
    assert (await queue.depth()).in_flight == 0


async def test_it_may_have_been_set_back_while_nobody_looked(tmp_path: Path, clock: Clock) -> None:
    queue = EmbeddedQueue(tmp_path / "queue.sqlite3", 60, clock)
    await queue.send("sent")
    await queue.close()
    clock.seconds -= DAY
    again = EmbeddedQueue(tmp_path / "queue.sqlite3", 60, clock)
    assert await bodies(again) == ["sent"]
    await again.close()


async def test_what_is_delayed_waits_though_a_clock_is_slewed_and_queues_are_opened(
    queue: EmbeddedQueue, tmp_path: Path, clock: Clock
) -> None:
    await queue.send("delayed", 900)
    assert await bodies(queue) == []
    clock.seconds -= 0.9
    other = EmbeddedQueue(tmp_path / "queue.sqlite3", 60, clock)
    assert await bodies(queue) == await bodies(other) == []
    await other.close()


async def test_set_forward_it_makes_visible_what_is_hidden(queue: EmbeddedQueue, clock: Clock) -> None:
    await queue.send("delayed", 900)
    await queue.send("held")
    (delivery,) = await queue.receive(1, 0)
    clock.seconds += DAY
    assert sorted(await bodies(queue)) == ["delayed", "held"]
    await queue.ack([delivery])
    assert (await queue.depth()).in_flight == 2
