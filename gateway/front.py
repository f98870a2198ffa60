"""Front: the public port. aiohttp's server as it stands on the open internet."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import cast

from aiohttp import http_parser, web

from gateway.connection import AtOnce, Connection
from gateway.handshake import Handshakes
from gateway.listening import listen_all
from gateway.metrics import Metrics
from gateway.patience import LOOK_EVERY_SECONDS, Patience
from gateway.reject import RejectReason
from shared import descriptors
from shared.config import Gateway
from shared.errors import ConfigError
from shared.http import BACKLOG, SHUTDOWN_SECONDS, url_at

EMPTIED_AFTER_SECONDS = 0.05
"""For who was let in at the last moment, and then between looks."""

C_PARSER = "aiohttp._http_parser"

log = logging.getLogger("blockmetry.http")

Tls = Callable[[], ssl.SSLContext]
Respond = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class _Server(web.Server):
    """aiohttp's, which knows how many there are without counting them."""

    def __init__(self, respond: Respond, admit: Callable[[Connection], None]) -> None:
        super().__init__(respond)
        self.open: set[Connection] = set()
        self._admit = admit

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        """aiohttp's connection tells of itself."""
        super().connection_made(handler, transport)
        self.open.add(cast(Connection, handler))
        self._admit(cast(Connection, handler))

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        """And of its end."""
        super().connection_lost(handler, exc)
        self.open.discard(cast(Connection, handler))


class Front:
    """Listens, and keeps the connections within their limits."""

    def __init__(self, config: Gateway, respond: Respond, metrics: Metrics, at_once: AtOnce | None = None) -> None:
        """`at_once` may take a request before `respond` is asked."""
        self._config = config
        self._metrics = metrics
        self._at_once = at_once
        self._server = _Server(respond, self._admit)
        self._max_connections = affordable(config.max_connections)
        self._patience = Patience(config.head_timeout_seconds, self._max_connections, metrics)
        self._listening: asyncio.Server | Handshakes | None = None
        self._handshakes: Handshakes | None = None
        self.is_leaving = False

    async def listen(self, inherited: socket.socket | None = None, tls: Tls | None = None) -> str:
        """The URL, served when this returns. `inherited`: listens already. `tls`: what the next handshake takes.

        Raises `OSError`: no such port; or `ConfigError`: aiohttp cannot parse as fast and as strictly as it should.
        """
        if http_parser.HttpRequestParser.__module__ != C_PARSER:
            raise ConfigError("aiohttp has no C parser here: install its binary wheel, without AIOHTTP_NO_EXTENSIONS")
        if tls:
            self._listening = self._handshakes = self._shake_hands(inherited, tls)
        else:
            create = partial(asyncio.get_running_loop().create_server, self._connect, backlog=BACKLOG)
            where = {"sock": inherited} if inherited else {"host": self._config.host, "port": self._config.port}
            try:
                self._listening = await create(**where)
            except socket.gaierror as error:
                raise OSError(error.errno, error.strerror, f"{self._config.host}:{self._config.port}") from error
        return url_at(self._listening.sockets[0].getsockname(), "", "https" if tls else "http")

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            await self._patience.look(list(self._server.open))

    @property
    def connections(self) -> int:
        """How many are open, with those in the handshake of TLS."""
        return len(self._server.open) + (self._handshakes.count if self._handshakes else 0)

    def leave(self) -> None:
        """From now on every answer is its connection's last, so that clients go elsewhere by themselves."""
        self.is_leaving = True
        for connection in self._server.open:
            connection.is_leaving = True

    def stop_listening(self) -> None:
        """Takes no new connections; the old ones are served on."""
        if self._listening:
            self._listening.close()

    async def emptied(self, timeout_seconds: float) -> None:
        """Returns when no connection is left, or the time is up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                await asyncio.sleep(EMPTIED_AFTER_SECONDS)
                while self.connections:  # noqa: ASYNC110 - an event would have to know of all kinds of ends
                    await asyncio.sleep(EMPTIED_AFTER_SECONDS)

    async def close(self) -> None:
        """Gives the requests under way a few seconds and closes every connection."""
        self.stop_listening()
        if self._handshakes:
            self._handshakes.abort()
        await self._server.shutdown(SHUTDOWN_SECONDS)

    def _connect(self) -> Connection:
        return Connection(self._server, self._config.keepalive_seconds, self._at_once, self._count)

    def _shake_hands(self, inherited: socket.socket | None, tls: Tls) -> Handshakes:
        config = self._config
        sockets = [inherited] if inherited else listen_all(config.host, config.port)
        timeout_seconds, limit = config.head_timeout_seconds, self._max_connections
        return Handshakes(sockets, tls, self._connect, timeout_seconds, limit, self._count_crowded)

    def _admit(self, connection: Connection) -> None:
        connection.is_leaving = self.is_leaving
        self._patience.make_room(self._server.open)

    def _count_crowded(self) -> None:
        self._metrics.connections_closed.counts["crowded",] += 1

    def _count(self, reason: RejectReason) -> None:
        self._metrics.rejected.counts[reason,] += 1


def affordable(max_connections: int) -> int:
    """As many, or as the system lets us have beside files and handshakes."""
    allowed = descriptors.limit() * 7 // 8
    if max_connections > allowed:
        log.warning("at most %d connections: the system lets us have %d descriptors", allowed, descriptors.limit())
    return min(max_connections, allowed)
