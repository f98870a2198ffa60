import asyncio
import time
from collections.abc import Sequence

import pytest

from shared.errors import Permanent, Retryable
from shared.group import Group


class Slow:
    """Notes what it was asked to serve together."""

    def __init__(self, seconds: float = 0.01) -> None:
        self.calls: list[list[int]] = []
        self.under_way = 0
        self.most_under_way = 0
        self._seconds = seconds

    async def __call__(self, parts: Sequence[int]) -> None:
        self.calls.append(list(parts))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await asyncio.sleep(self._seconds)
        self.under_way -= 1
        if 13 in parts:
            raise OSError("unlucky")


async def join_all(group: Group[int], parts: Sequence[int]) -> list[BaseException | None]:
    return await asyncio.gather(*map(group.join, parts), return_exceptions=True)


async def test_those_who_come_during_a_call_share_the_next() -> None:
    slow = Slow()
    group = Group(slow, limit=10)
    first = asyncio.create_task(group.join(1))
    await asyncio.sleep(0.001)
    await asyncio.gather(first, join_all(group, [2, 3, 4]))
    assert slow.calls == [[1], [2, 3, 4]]


async def test_no_call_serves_more_than_the_limit() -> None:
    slow = Slow()
    await join_all(Group(slow, limit=2), range(5))
    assert slow.calls == [[0, 1], [2, 3], [4]]


async def test_no_call_is_larger_than_the_limit_of_size_unless_one_part_alone_is() -> None:
    slow = Slow()
    await join_all(Group(slow, limit=10, size_of=int, size_limit=10), [4, 6, 1, 30, 9, 1, 1])
    assert slow.calls == [[4, 6], [1], [30], [9, 1], [1]]


async def test_a_failed_call_fails_those_it_served_and_nobody_else() -> None:
    group = Group(Slow(), limit=2)
    outcomes = await join_all(group, [1, 13, 2])
    assert [type(outcome) for outcome in outcomes] == [OSError, OSError, type(None)]
    await group.join(3)


async def test_each_part_has_the_outcome_that_the_call_says() -> None:
    async def serve(parts: Sequence[int]) -> list[Exception | None]:
        return [None, Retryable("later"), Permanent("never")]

    outcomes = await join_all(Group(serve, limit=3), [1, 2, 3])
    assert [type(outcome) for outcome in outcomes] == [type(None), Retryable, Permanent]


async def test_several_calls_are_under_way_at_once_and_no_more_than_allowed() -> None:
    slow = Slow()
    await join_all(Group(slow, limit=2, calls=3), range(12))
    assert slow.most_under_way == 3
    assert sorted(part for parts in slow.calls for part in parts) == list(range(12))


async def test_a_slow_call_holds_up_nobody_while_another_is_free() -> None:
    slow = Slow(seconds=30)
    group = Group(slow, limit=1, calls=2)
    stuck = asyncio.create_task(group.join(1))
    await asyncio.sleep(0.001)
    slow._seconds = 0
    async with asyncio.timeout(5):
        await group.join(2)
    stuck.cancel()


async def test_a_call_waits_for_company() -> None:
    slow = Slow()
    group = Group(slow, limit=10, linger_seconds=0.1)
    first = asyncio.create_task(group.join(1))
    await asyncio.sleep(0.02)
    started = time.monotonic()
    await asyncio.gather(first, group.join(2))
    assert slow.calls == [[1, 2]]
    assert time.monotonic() - started >= 0.05


async def test_a_full_call_waits_for_nobody() -> None:
    slow = Slow()
    group = Group(slow, limit=3, linger_seconds=30)
    two = asyncio.create_task(join_all(group, [1, 2]))
    await asyncio.sleep(0.01)
    async with asyncio.timeout(5):
        await asyncio.gather(two, group.join(3))
    assert slow.calls == [[1, 2, 3]]


async def test_those_left_over_by_a_full_call_wait_for_company_of_their_own() -> None:
    slow = Slow()
    group = Group(slow, limit=2, linger_seconds=0.05)
    three = asyncio.create_task(join_all(group, [1, 2, 3]))
    await asyncio.sleep(0.02)
    await asyncio.gather(three, group.join(4))
    assert slow.calls == [[1, 2], [3, 4]]


async def test_draining_hurries_those_who_linger_and_returns_when_they_are_served() -> None:
    slow = Slow()
    group = Group(slow, limit=10, linger_seconds=30)
    waiting = asyncio.create_task(group.join(1))
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await group.drain()
    assert slow.calls == [[1]]
    assert slow.under_way == 0
    await waiting
    await group.drain()


async def test_one_who_leaves_early_costs_the_others_nothing() -> None:
    group = Group(Slow(), limit=10)
    leaving, staying = (asyncio.create_task(group.join(number)) for number in (1, 2))
    await asyncio.sleep(0.001)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    await staying


async def test_one_who_leaves_before_the_call_begins_is_not_served() -> None:
    slow = Slow()
    group = Group(slow, limit=10)
    under_way = asyncio.create_task(group.join(1))
    await asyncio.sleep(0.001)
    leaving, staying = (asyncio.create_task(group.join(number)) for number in (2, 3))
    await asyncio.sleep(0.001)
    leaving.cancel()
    await asyncio.gather(under_way, staying)
    assert slow.calls == [[1], [3]]
    assert leaving.cancelled()


async def test_outcomes_that_are_not_one_for_each_leave_nobody_waiting() -> None:
    async def serve(parts: Sequence[int]) -> list[Exception | None]:
        return [None]

    async with asyncio.timeout(5):
        outcomes = await join_all(Group(serve, limit=3), [1, 2, 3])
    assert [type(outcome) for outcome in outcomes] == [ValueError] * 3
