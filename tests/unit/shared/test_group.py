import asyncio
from collections.abc import Sequence

import pytest

from shared.group import Group


class Slow:
    """Notes what it was asked to serve together."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []

    async def __call__(self, parts: Sequence[int]) -> None:
        self.calls.append(list(parts))
        await asyncio.sleep(0.01)
        if 13 in parts:
            raise OSError("unlucky")


async def test_those_who_come_during_a_call_share_the_next() -> None:
    slow = Slow()
    group = Group(slow, limit=10)
    first = asyncio.create_task(group.join(1))
    await asyncio.sleep(0.001)
    await asyncio.gather(first, *(group.join(number) for number in (2, 3, 4)))
    assert slow.calls == [[1], [2, 3, 4]]


async def test_no_call_serves_more_than_the_limit() -> None:
    slow = Slow()
    group = Group(slow, limit=2)
    await asyncio.gather(*(group.join(number) for number in range(5)))
    assert slow.calls == [[0, 1], [2, 3], [4]]


async def test_a_failed_call_fails_those_it_served_and_nobody_else() -> None:
    group = Group(Slow(), limit=2)
    outcomes = await asyncio.gather(*(group.join(number) for number in (1, 13, 2)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [OSError, OSError, type(None)]
    await group.join(3)


async def test_one_who_leaves_early_costs_the_others_nothing() -> None:
    group = Group(Slow(), limit=10)
    leaving, staying = (asyncio.create_task(group.join(number)) for number in (1, 2))
    await asyncio.sleep(0.001)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    await staying
