"""Shipped: requests that wait until the queue has what they appended (`acknowledge_after = "queue"`)."""

import asyncio
from collections import deque

from gateway.position import Position


class Shipped:
    """One journal's waiters, in the order in which they appended."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Position, asyncio.Future[None]]] = deque()

    async def wait(self, end: Position, timeout_seconds: float) -> None:
        """Returns when everything before `end` is in the queue. Raises `TimeoutError`."""
        reached = asyncio.get_running_loop().create_future()
        self._waiting.append((end, reached))
        try:
            async with asyncio.timeout(timeout_seconds):
                await reached
        finally:
            self._forget_the_gone()

    def reached(self, position: Position) -> None:
        """Everything before `position` is in the queue."""
        while self._waiting and self._waiting[0][0] <= position:
            _, waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)

    def _forget_the_gone(self) -> None:
        """In an outage, who came first goes first: what is kept is bounded by who still waits."""
        while self._waiting and self._waiting[0][1].done():
            self._waiting.popleft()
