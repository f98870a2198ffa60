"""Group commit: however many wait, the next call serves them all."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Part = TypeVar("Part")


class Group(Generic[Part]):
    """One call at a time; what comes meanwhile waits for the next, at most `limit` parts together."""

    def __init__(self, serve: Callable[[Sequence[Part]], Awaitable[object]], limit: int) -> None:
        self._serve = serve
        self._limit = limit
        self._waiting: list[tuple[Part, asyncio.Future[None]]] = []
        self._running: asyncio.Task[None] | None = None

    async def join(self, part: Part) -> None:
        """Returns when a call that began after this one has served `part`; raises what that call raised."""
        served = asyncio.get_running_loop().create_future()
        self._waiting.append((part, served))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        await served

    async def _run(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
            error = await self._call([part for part, _ in group])
            for _, served in group:
                _settle(served, error)
        self._running = None

    async def _call(self, parts: Sequence[Part]) -> Exception | None:
        try:
            await self._serve(parts)
        except Exception as error:  # whatever it is, nobody may be left waiting
            return error
        return None


def _settle(served: asyncio.Future[None], error: Exception | None) -> None:
    if served.done():  # its caller has gone away
        return
    if error:
        served.set_exception(error)
    else:
        served.set_result(None)
