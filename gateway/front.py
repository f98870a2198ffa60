"""Front: aiohttp's server as it stands on the open internet: limits, no banner, and nobody's address in a log."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.web_runner import BaseRunner

from gateway.answers import Answer
from shared.http import SHUTDOWN_SECONDS, start
from shared.logs import place_of

LINE_LIMIT_BYTES = 16 << 10
HEADERS_LIMIT = 64
LINGERING_SECONDS = 1.0

log = logging.getLogger("blockmetry.http")


class Connection(web.RequestHandler):
    """One client's connection."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What is no HTTP gets a bare 400 without an echo; a bug of ours is logged with its place, not its client."""
        if status >= 500:
            log.error("a request failed: %s", place_of(exc))
        return Answer(status, int(time.time()), {"Content-Length": "0"}, keep_alive=False)

    def resume_reading(self, resume_parser: bool = True) -> None:
        """aiohttp parses and polls once more after every body; there is something to resume only after a pause."""
        if self._reading_paused:
            super().resume_reading(resume_parser)


class _Listener(web.Server):
    """Makes our connections, with our limits."""

    def __init__(
        self, answer: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]], keepalive_seconds: float
    ) -> None:
        super().__init__(answer)
        self._keepalive_seconds = keepalive_seconds

    def __call__(self) -> Connection:
        return Connection(
            self,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type]  # as the runner of an application does
            keepalive_timeout=self._keepalive_seconds,
            lingering_time=LINGERING_SECONDS,
            max_line_size=LINE_LIMIT_BYTES,
            max_field_size=LINE_LIMIT_BYTES,
            max_headers=HEADERS_LIMIT,
            auto_decompress=False,
        )


async def listen(
    answer: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]], host: str, port: int, keepalive_seconds: float
) -> BaseRunner:
    """Serving when this returns, until `cleanup()` is awaited. Raises `OSError`: no such port."""
    listener = _Listener(answer, keepalive_seconds)
    return await start(web.ServerRunner(listener, shutdown_timeout=SHUTDOWN_SECONDS), host, port)
