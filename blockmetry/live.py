"""Live: the page that shows records and drops as they happen, on the admin port of `blockmetry up`.

The pipeline only appends to bounded memory. Each reader has its place in it and takes what is new ten times a second,
so a slow reader misses rows (and is told how many) but costs the pipeline nothing.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from importlib.resources import files
from typing import Any

import msgspec
from aiohttp import web

from blockmetry.reasons import DROPS, REJECTS
from blockmetry.recent import KEPT, Recent, Row

ROWS_PER_FRAME = 10
"""Of each kind. Nobody reads faster; the rest is counted."""
FRAME_SECONDS = 0.1
FRAMES_PER_COUNTERS = 10
FRAMES_PER_HEARTBEAT = 150
STALLED_SECONDS = 10.0
READERS_LIMIT = 32

STATIC = files("blockmetry") / "static"
PARTS = ("live.css", "live.js", "page.js", "rows.js", "figures.js")
CONTENT_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "Cache-Control": "no-cache",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

Counters = Callable[[], Mapping[str, float]]
"""The pipeline's figures by name; `rejected.REASON` is a part of `rejected`."""


class Live:
    """The page and its stream of events."""

    def __init__(
        self, counters: Counters, gateway_url: Callable[[], str], now: Callable[[], float] = time.time
    ) -> None:
        """`gateway_url`: where tag and demo page are, with the path prefix and a slash at the end."""
        self._recent = Recent()
        self._counters = counters
        self._gateway_url = gateway_url
        self._now = now
        self._run = int(now() * 1000)
        self._closing = asyncio.Event()
        self._readers: set[asyncio.Transport] = set()

    def record(self, property_id: str, record_json: bytes) -> None:
        """A hit became this record."""
        self._recent.record(int(self._now() * 1000), property_id, record_json)

    def drop(self, property_id: str, reason: str, detail: str) -> None:
        """A hit became no record, and why."""
        self._recent.drop(int(self._now() * 1000), property_id, reason, detail)

    def routes(self) -> list[web.RouteDef]:
        """For the admin port; when that port shuts down, `close` is to be awaited."""
        parts = [web.get(f"/{name}", _static(name)) for name in PARTS]
        return [web.get("/", _static("live.html")), *parts, web.get("/events", self._events)]

    async def close(self, _: web.Application | None = None) -> None:
        """Ends every stream, so that the server can stop at once. Fits `Application.on_shutdown`."""
        self._closing.set()
        for transport in self._readers:
            if transport.get_write_buffer_size():
                transport.abort()

    async def _events(self, request: web.Request) -> web.StreamResponse:
        transport = request.transport
        if transport is None or len(self._readers) >= READERS_LIMIT:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "5"})
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        self._readers.add(transport)
        try:
            await self._stream(response, transport)
        except TimeoutError:
            transport.abort()
        except ConnectionError:
            pass
        finally:
            self._readers.discard(transport)
        return response

    async def _stream(self, response: web.StreamResponse, transport: asyncio.Transport) -> None:
        """Until the reader has gone, or we go. Raises `TimeoutError` for one that does not read, `ConnectionError`."""
        feed = Feed(self._recent, self._counters)
        await response.write(b"retry: 1000\n\n" + event("hello", self._hello()) + feed.catch_up())
        while not (self._closing.is_set() or transport.is_closing()):
            if frame := feed.next():
                async with asyncio.timeout(STALLED_SECONDS):
                    await response.write(frame)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), FRAME_SECONDS)

    def _hello(self) -> dict[str, Any]:
        return {"run": self._run, "gateway_url": self._gateway_url(), "drops": DROPS, "rejects": REJECTS}


class Feed:
    """What one reader has not seen yet, as server-sent events."""

    def __init__(self, recent: Recent, counters: Counters) -> None:
        self._recent = recent
        self._counters = counters
        self._seen = 0
        self._counted: dict[str, float] | None = None
        self._frames = 0
        self._quiet_frames = 0

    def catch_up(self) -> bytes:
        """All that is kept, for a start; what came before is not missed."""
        rows = self._recent.since(0, KEPT)
        self._seen = self._recent.last
        return self._news(rows, unshown=0)

    def next(self) -> bytes:
        """One frame, often empty; to be asked for every `FRAME_SECONDS`."""
        frame = self._new_rows() if self._recent.last > self._seen else b""
        if self._frames % FRAMES_PER_COUNTERS == 0:
            frame += self._figures()
        self._frames += 1
        self._quiet_frames = 0 if frame else self._quiet_frames + 1
        if self._quiet_frames < FRAMES_PER_HEARTBEAT:
            return frame
        self._quiet_frames = 0
        return b":\n\n"

    def _new_rows(self) -> bytes:
        rows = self._recent.since(self._seen, ROWS_PER_FRAME)
        unshown = self._recent.last - self._seen - len(rows)
        self._seen = self._recent.last
        return self._news(rows, unshown)

    def _news(self, rows: list[Row], unshown: int) -> bytes:
        return event("rows", {"rows": rows, "unshown": unshown, "totals": self._recent.totals()})

    def _figures(self) -> bytes:
        figures = dict(self._counters())
        if figures == self._counted:
            return b""
        self._counted = figures
        return event("counters", figures)


def event(name: str, content: object) -> bytes:
    """One server-sent event. A line break in it would end it early; in JSON they only ever stand between values."""
    return b"event: %b\ndata: %b\n\n" % (name.encode(), msgspec.json.encode(content).translate(None, b"\r\n"))


def _static(name: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    body = (STATIC / name).read_bytes()
    headers = {**HEADERS, "Content-Type": f"{CONTENT_TYPES[name.rpartition('.')[2]]}; charset=utf-8"}

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body, headers=headers)

    return answer
