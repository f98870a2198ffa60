"""Handshake: clients of TLS until they are connections. Each takes 60 KB and has asked nothing, so they are few.

Sockets are accepted here, since asyncio's own server lets nobody see, or end, a handshake that is under way.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress

SHUTDOWN_SECONDS = 1.0
SHARE = 8
"""An eighth of the connections may be in their handshake; then whoever has been at it for longest goes."""
BURST = 64
"""Accepted before others get their turn."""
BREATHER_SECONDS = 1.0
"""While no more can be accepted, for want of descriptors."""

log = logging.getLogger("blockmetry.http")


class Handshakes:
    """A server, as asyncio's are, whose clients become connections once they have shaken hands."""

    def __init__(
        self,
        sockets: Sequence[socket.socket],
        tls: Callable[[], ssl.SSLContext],
        connect: Callable[[], asyncio.Protocol],
        timeout_seconds: float,
        max_connections: int,
        crowded: Callable[[], None],
    ) -> None:
        """Serves from now on.

        `tls` is asked for each handshake; `connect` makes a connection; `crowded` is told of each client who had to go.
        """
        self.sockets = sockets
        self._tls = tls
        self._connect = connect
        self._timeout_seconds = timeout_seconds
        self._limit = max(2 * BURST, max_connections // SHARE)
        self._crowded = crowded
        self._under_way: dict[asyncio.Task[None], None] = {}
        self._loop = asyncio.get_running_loop()
        for listener in sockets:
            self._loop.add_reader(listener, self._accept, listener)

    @property
    def count(self) -> int:
        """How many are under way."""
        return len(self._under_way)

    def close(self) -> None:
        """Nobody else is accepted; those under way go on."""
        for listener in self.sockets:
            if listener.fileno() >= 0:
                self._loop.remove_reader(listener)
                listener.close()

    def abort(self) -> None:
        """Those under way end."""
        for task in self._under_way:
            task.cancel()

    def _accept(self, listener: socket.socket) -> None:
        try:
            for _ in range(BURST):
                self._begin(listener.accept()[0])
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        except OSError as error:
            log.error("no connection can be accepted: %s", error.strerror)
            self._loop.remove_reader(listener)
            self._loop.call_later(BREATHER_SECONDS, self._accept_again, listener)

    def _accept_again(self, listener: socket.socket) -> None:
        if listener.fileno() >= 0:
            self._loop.add_reader(listener, self._accept, listener)

    def _begin(self, accepted: socket.socket) -> None:
        accepted.setblocking(False)
        task = self._loop.create_task(self._shake_hands(accepted))
        self._under_way[task] = None
        task.add_done_callback(self._end)
        if len(self._under_way) > self._limit:
            self._crowded()
            longest = next(iter(self._under_way))
            self._end(longest)
            longest.cancel()

    def _end(self, task: asyncio.Task[None]) -> None:
        self._under_way.pop(task, None)

    async def _shake_hands(self, accepted: socket.socket) -> None:
        with suppress(OSError):  # no TLS, too slow, or gone: nothing that anybody has to know
            await self._loop.connect_accepted_socket(
                self._connect,
                accepted,
                ssl=self._tls(),
                ssl_handshake_timeout=self._timeout_seconds,
                ssl_shutdown_timeout=SHUTDOWN_SECONDS,
            )
