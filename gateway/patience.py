"""Patience: how long a client may take, and who goes when there are too many."""

import asyncio
from collections.abc import Collection, Sequence
from heapq import nsmallest
from typing import NamedTuple
from weakref import WeakKeyDictionary

from gateway.connection import Connection
from gateway.metrics import Metrics

LOOK_EVERY_SECONDS = 1.0
SLICE = 1000
"""Connections looked at before others get their turn."""
ROOM_SHARE = 64
"""A 64th of the connections goes at once, so that making room costs next to nothing per connection."""


class Wait(NamedTuple):
    """Of a connection that waits for its client."""

    since: float
    requests: int
    """Had been made by then: whoever makes another is not slow."""


class Patience:
    """Bounded, for every kind of slowness that aiohttp puts up with."""

    def __init__(self, head_timeout_seconds: float, max_connections: int, metrics: Metrics) -> None:
        self._head_timeout_seconds = head_timeout_seconds
        self._max_connections = max_connections
        self._closed = metrics.connections_closed
        self._waits: WeakKeyDictionary[Connection, Wait] = WeakKeyDictionary()

    async def look(self, connections: Sequence[Connection]) -> None:
        """Closes those whose client has taken too long, a slice at a time."""
        now = asyncio.get_running_loop().time()
        for start in range(0, len(connections), SLICE):
            for connection in connections[start : start + SLICE]:
                self._look_at(connection, now)
            await asyncio.sleep(0)

    def make_room(self, connections: Collection[Connection]) -> None:
        """Some go where there are too many."""
        if (count := len(connections)) > self._max_connections:
            now = asyncio.get_running_loop().time()
            for connection in nsmallest(1 + count // ROOM_SHARE, connections, key=lambda one: one.precedence(now)):
                self._close(connection, "crowded")

    def _look_at(self, connection: Connection, now: float) -> None:
        if not connection.is_waiting:
            self._waits.pop(connection, None)
        else:
            wait = self._waits.get(connection)
            if wait is None or wait.requests != connection.requests:
                self._waits[connection] = Wait(now, connection.requests)
            elif now - wait.since > self._head_timeout_seconds:
                self._close(connection, "slow")

    def _close(self, connection: Connection, reason: str) -> None:
        self._closed.counts[reason,] += 1
        connection.abort()
