"""Group commit: however many wait, the next call serves them all."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import accumulate
from typing import Generic, TypeVar

Part = TypeVar("Part")
Outcomes = Sequence[Exception | None] | None
"""What became of each part of a call, in their order; None: they were all served."""


class Group(Generic[Part]):
    """What comes while a call is under way waits for the next: at most `limit` parts, and `size_limit` together."""

    def __init__(
        self,
        serve: Callable[[Sequence[Part]], Awaitable[Outcomes]],
        limit: int,
        *,
        calls: int = 1,
        linger_seconds: float = 0.0,
        size_of: Callable[[Part], int] | None = None,
        size_limit: int = 0,
    ) -> None:
        """`calls` may be under way at once. A call that is not full waits `linger_seconds` for company.

        A part that is larger than `size_limit` has a call of its own.
        """
        self._serve = serve
        self._limit = limit
        self._linger_seconds = linger_seconds
        self._size_of = size_of
        self._size_limit = size_limit
        self._room = asyncio.Semaphore(calls)
        self._waiting: list[tuple[Part, asyncio.Future[None]]] = []
        self._hurry = asyncio.Event()
        self._is_leaving = False
        self._gathering: asyncio.Task[None] | None = None
        self._calling: set[asyncio.Task[None]] = set()

    async def join(self, part: Part) -> None:
        """Returns when a call that began after this one has served `part`; raises what became of it, or of the call.

        Cancelled before that call begins, the part is not served.
        """
        served = asyncio.get_running_loop().create_future()
        self._waiting.append((part, served))
        self._look_around()
        if self._gathering is None:
            self._gathering = asyncio.create_task(self._gather())
        await served

    async def drain(self) -> None:
        """Returns when nobody waits any more. Nobody lingers from now on."""
        self._is_leaving = True
        self._look_around()
        while pending := self._calling | ({self._gathering} if self._gathering else set()):
            await asyncio.wait(pending)

    async def _gather(self) -> None:
        while self._waiting:
            await self._linger()
            await self._room.acquire()
            self._waiting = [(part, served) for part, served in self._waiting if not served.done()]
            count = self._count()
            group, self._waiting = self._waiting[:count], self._waiting[count:]
            calling = asyncio.create_task(self._call(group))
            self._calling.add(calling)
            calling.add_done_callback(self._end)
        self._gathering = None

    async def _linger(self) -> None:
        self._hurry.clear()
        self._look_around()
        if self._linger_seconds:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._linger_seconds):
                    await self._hurry.wait()

    def _look_around(self) -> None:
        """Nobody waits for company in a call that is full."""
        if self._linger_seconds and (self._is_leaving or self._is_full()):
            self._hurry.set()

    def _is_full(self) -> bool:
        count = self._count()
        return count == self._limit or count < len(self._waiting)

    def _count(self) -> int:
        """How many of those who wait have room in one call."""
        most = min(self._limit, len(self._waiting))
        if self._size_of:
            sizes = accumulate(self._size_of(part) for part, _ in self._waiting[:most])
            return max(min(1, most), sum(size <= self._size_limit for size in sizes))
        return most

    async def _call(self, group: Sequence[tuple[Part, asyncio.Future[None]]]) -> None:
        if not group:
            return
        try:
            outcomes = await self._serve([part for part, _ in group]) or [None] * len(group)
            settled = list(zip(group, outcomes, strict=True))
        except Exception as error:  # whatever it is, nobody may be left waiting
            settled = [(one, error) for one in group]
        for (_, served), outcome in settled:
            _settle(served, outcome)

    def _end(self, calling: asyncio.Task[None]) -> None:
        self._calling.discard(calling)
        self._room.release()


def _settle(served: asyncio.Future[None], error: Exception | None) -> None:
    if served.done():  # its caller has gone away
        return
    if error:
        served.set_exception(error)
    else:
        served.set_result(None)
