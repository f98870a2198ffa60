"""Connection: one client, as aiohttp serves it, with what the open internet takes beyond that."""

import asyncio
import logging
import socket
import time
from collections.abc import Callable

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong
from aiohttp.http_parser import RawRequestMessage
from aiohttp.streams import StreamReader

from gateway import answers
from gateway.answers import Answer
from gateway.body import BODY_LIMIT_BYTES
from gateway.reject import Reject, RejectReason
from gateway.shortcut import Shortcut
from shared.logs import place_of

LINE_LIMIT_BYTES = 16 << 10
HEADERS_LIMIT = 64
LINGERING_SECONDS = 1.0
UNREAD_SECONDS = 30
"""How long the system keeps an answer for a client that does not read it, or has gone without a word."""
FRESH_SECONDS = 1.0
"""How long a request may be on its way before its connection is the first to go where there are too many."""
BUFFER_BYTES = BODY_LIMIT_BYTES // 2
"""aiohttp holds twice as much of a body that nobody reads, and half a megabyte if it is let."""

TOO_MANY = "Too many headers"
"""What aiohttp says of more than `HEADERS_LIMIT`."""
TOO_LARGE = Reject(RejectReason.TOO_LARGE, "the request's line or its headers are too long, or too many")
NO_HTTP = Reject(RejectReason.BAD_REQUEST, "this is no HTTP/1.1 request")

AtOnce = Callable[[RawRequestMessage, StreamReader, "Connection"], bool]
"""Whether a request of the connection is taken, and will be answered with its `send`."""

log = logging.getLogger("blockmetry.http")


class Connection(web.RequestHandler):
    """aiohttp's own, which waits for nothing without a limit and logs nobody's address."""

    def __init__(
        self,
        server: web.Server,
        keepalive_seconds: float,
        at_once: AtOnce | None,
        count: Callable[[RejectReason], None],
    ) -> None:
        """`count` is told of what was no request."""
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type]  # as the runner of an application does
            keepalive_timeout=keepalive_seconds,
            lingering_time=LINGERING_SECONDS,
            max_line_size=LINE_LIMIT_BYTES,
            max_field_size=LINE_LIMIT_BYTES,
            max_headers=HEADERS_LIMIT,
            read_bufsize=BUFFER_BYTES,
            auto_decompress=False,
        )
        self._at_once = at_once
        self._taken = 0
        """Requests that wait for `send`."""
        self._count = count
        self.is_leaving = False
        self._is_half_closed = False
        """The client has sent its last, and waits for answers."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The client is there."""
        peer = transport.get_extra_info("peername")
        self.peer = str(peer[0]) if peer else ""
        """The address at the other end."""
        self._shortcut = Shortcut(self._parser, self)
        self._parser = self._shortcut  # type: ignore[assignment]  # it has all that is asked of it
        super().connection_made(transport)
        if (connected := transport.get_extra_info("socket")) and hasattr(socket, "TCP_USER_TIMEOUT"):
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_SECONDS * 1000)

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio's may keep the connection open
        """Whether there are answers to wait for, and then no more. TLS knows no half of a connection."""
        is_served = self._waiter is None and self._request_count > 0
        has_asked = self._taken > 0 or bool(self._messages) or is_served
        if not has_asked or self._shortcut.is_in_body or self.ssl_context:
            return False
        self._is_half_closed = True
        if self._messages:
            message, body = self._messages[-1]
            if isinstance(message, RawRequestMessage):  # an error closes the connection anyway
                self._messages[-1] = (message._replace(should_close=True), body)
        elif not self.is_idle:
            self.close()
        return True

    def resume_reading(self, resume_parser: bool = True) -> None:
        """aiohttp parses and polls once more after every body; there is something to resume only after a pause."""
        if self._reading_paused:
            super().resume_reading(resume_parser)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - it quotes what was sent
    ) -> web.StreamResponse:
        """What is no HTTP is refused without an echo; a bug of ours is logged with its place, not its client."""
        if status >= 500:
            log.error("a request failed: %s", place_of(exc))
            return Answer(status, int(time.time()), {"Content-Length": "0"}, keep_alive=False)
        is_large = isinstance(exc, LineTooLong) or TOO_MANY in str(exc)
        reject = TOO_LARGE if is_large else NO_HTTP
        self._count(reject.reason)
        return answers.refused(request, time.time(), reject)

    def log_exception(self, *_: object, exc_info: BaseException | None = None, **__: object) -> None:
        """aiohttp's would quote what failed and name its client."""
        log.error("a connection failed: %s", place_of(exc_info))

    def take(self, message: RawRequestMessage, body: StreamReader) -> bool:
        """Whether the request will be answered with `send`: nothing else is under way, and the connection goes on."""
        if self._at_once is None or self.is_leaving or not self.is_idle or not self._at_once(message, body, self):
            return False
        self._taken += 1
        return True

    def send(self, sent: bytes) -> None:
        """The answers to all that was taken at once."""
        self._request_count += self._taken
        self._taken = 0
        self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout
        if transport := self.transport:
            answers.send(transport, sent)
            if self._is_half_closed and self.is_idle:
                transport.close()

    @property
    def is_idle(self) -> bool:
        """It waits for a request, or for the rest of its head."""
        return self._waiter is not None and not self._waiter.done() and not self._messages

    @property
    def is_waiting(self) -> bool:
        """For a head that has begun, or is the first; or for a client that reads none of its answers."""
        if self.is_idle and (not self._request_count or self._shortcut.is_in_head):
            return True
        return self.transport is not None and self.transport.get_write_buffer_size() > 0

    def abort(self) -> None:
        """Without waiting for what the client has not read."""
        if self.transport:
            self.transport.abort()

    @property
    def requests(self) -> int:
        """How many times the client has asked something."""
        return self._request_count

    def precedence(self, now: float) -> tuple[bool, bool, float]:
        """The lowest go first: who has not finished asking for long, then who is quiet longest; last who is owed.

        Were it enough to have asked something once, or to be about to, a crowd of those would shut newcomers out.
        """
        is_unfinished = self.is_waiting or self._shortcut.is_in_body
        quiet_since = self._next_keepalive_close_time - self._keepalive_timeout
        is_owed = not self.is_idle and not self._shortcut.is_in_body
        return is_owed, not (is_unfinished and now - quiet_since > FRESH_SECONDS), quiet_since
