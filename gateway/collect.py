"""Collect: the requests that carry measurements. Read, capture, append, answer."""

import asyncio
import time
from collections.abc import Callable

from aiohttp import web

from gateway import answers
from gateway.capture import Request, capture, capture_pixel
from gateway.client_ip import client_address
from gateway.journal import Journal, JournalError
from gateway.metrics import Metrics
from gateway.reject import Reject, RejectReason
from gateway.sync import JournalSync
from shared import beacon as beacons
from shared.addresses import AddressSet
from shared.beacon import Beacon, Channel, Headers
from shared.config import Gateway
from shared.properties import Properties
from shared.watch import Watched

BODY_LIMIT_BYTES = 64 << 10


class Collect:
    """The request handlers of the public port."""

    def __init__(
        self,
        config: Gateway,
        properties: Watched[Properties],
        journal: Journal,
        sync: JournalSync,
        metrics: Metrics,
        new_id: Callable[[], bytes],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._config = config
        self._trusted = AddressSet(config.trusted_proxies)
        self._properties = properties
        self._journal = journal
        self._sync = sync if config.acknowledge_after == "fsync" else None
        self._metrics = metrics
        self._new_id = new_id
        self._now = now
        self.is_closing = False
        """Set while shutting down: new measurements are refused, so that the client can try another gateway."""

    async def beacon(self, request: web.Request) -> web.StreamResponse:
        """`POST /v1/beacon`"""
        started = time.perf_counter()
        origin = request.headers.get("Origin", "")
        body = await self._read(request)
        if isinstance(body, Reject):
            return answers.refused(self._count_reject(Channel.SCRIPT, body), origin)
        now = self._now()
        captured = capture(Channel.SCRIPT, body, self._describe(request, now), self._properties.value, self._new_id)
        if refused := await self._append(captured):
            return answers.refused(self._count_reject(Channel.SCRIPT, refused), origin)
        self._count_accepted(Channel.SCRIPT, started)
        return answers.accepted(origin, request.keep_alive, int(now))

    async def pixel(self, request: web.Request) -> web.StreamResponse:
        """`GET /v1/pixel.gif`"""
        started = time.perf_counter()
        origin = request.headers.get("Origin", "")
        query = request.raw_path.partition("?")[2].partition("#")[0]
        referer = request.headers.get("Referer", "")
        described = self._describe(request, self._now())
        captured = capture_pixel(query, referer, described, self._properties.value, self._new_id)
        if refused := await self._append(captured):
            return answers.pixel(origin, self._count_reject(Channel.PIXEL, refused))
        self._count_accepted(Channel.PIXEL, started)
        return answers.pixel(origin)

    async def _read(self, request: web.Request) -> bytes | Reject:
        """The body, within its limits of size and time."""
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            return Reject(RejectReason.ENCODING, "a beacon is not compressed")
        if (request.content_length or 0) > BODY_LIMIT_BYTES:
            return Reject(RejectReason.TOO_LARGE, f"at most {BODY_LIMIT_BYTES} bytes")
        try:
            if request.content.is_eof():
                return await request.read()
            async with asyncio.timeout(self._config.body_timeout_seconds):
                return await request.read()
        except TimeoutError:
            return Reject(RejectReason.SLOW_BODY, f"the body took longer than {self._config.body_timeout_seconds:g} s")
        except web.HTTPRequestEntityTooLarge:
            return Reject(RejectReason.TOO_LARGE, f"at most {BODY_LIMIT_BYTES} bytes")

    async def _append(self, captured: Beacon | Reject) -> Reject | None:
        """None once the beacon is as durable as `acknowledge_after` says."""
        if isinstance(captured, Reject):
            return captured
        if self.is_closing:
            return Reject(RejectReason.SHUTTING_DOWN, "this gateway is shutting down")
        try:
            self._journal.append(beacons.encode(captured))
            if self._sync:
                await self._sync.wait()
        except JournalError as error:
            return Reject(error.reason, str(error))
        return None

    def _describe(self, request: web.Request, now: float) -> Request:
        sent = request.headers
        forwarded = sent.getall(self._config.client_ip_header, ()) if self._trusted else ()
        return Request(
            client_address(request.remote or "", forwarded, self._trusted, self._config.client_ip_header),
            Headers(
                user_agent=_text(sent.get("User-Agent", "")),
                accept_language=_text(sent.get("Accept-Language", "")),
                dnt=_text(sent.get("DNT", "")),
                gpc=_text(sent.get("Sec-GPC", "")),
                purpose=_text(sent.get("Sec-Purpose", "") or sent.get("Purpose", "")),
                ch_ua=_text(sent.get("Sec-CH-UA", "")),
                ch_ua_mobile=_text(sent.get("Sec-CH-UA-Mobile", "")),
                ch_ua_platform=_text(sent.get("Sec-CH-UA-Platform", "")),
            ),
            int(now * 1000),
        )

    def _count_accepted(self, channel: Channel, started: float) -> None:
        self._metrics.received[channel, "accepted"].inc()
        self._metrics.ack_seconds.observe(time.perf_counter() - started)

    def _count_reject(self, channel: Channel, reject: Reject) -> Reject:
        self._metrics.received[channel, "rejected"].inc()
        self._metrics.rejected[reject.reason].inc()
        return reject


def _text(header: str) -> str:
    """Header bytes that are not UTF-8 arrive as lone surrogates, which no encoder takes."""
    return header if header.isascii() else header.encode("utf-8", "replace").decode()
