"""Collect: the requests that carry measurements. Read, capture, append, answer."""

import asyncio
import time
from collections.abc import Callable

import msgspec
from aiohttp import web
from multidict import istr

from gateway import answers
from gateway.answers import Answer
from gateway.capture import Request, capture, capture_pixel
from gateway.client_ip import client_address
from gateway.journal import Journal, JournalError
from gateway.metrics import Metrics
from gateway.reject import Reject, RejectReason
from gateway.shipped import Shipped
from gateway.sync import JournalSync
from shared import beacon as beacons
from shared.addresses import AddressSet
from shared.beacon import Beacon, Channel, Headers
from shared.config import Gateway
from shared.properties import Properties
from shared.watch import Watched

BODY_LIMIT_BYTES = 64 << 10

# An istr has its case folded already: looking up a plain text would fold it for every request.
ACCEPT_LANGUAGE = istr("Accept-Language")
CONTENT_ENCODING = istr("Content-Encoding")
DNT = istr("DNT")
PURPOSE = istr("Purpose")
REFERER = istr("Referer")
SEC_CH_UA = istr("Sec-CH-UA")
SEC_CH_UA_MOBILE = istr("Sec-CH-UA-Mobile")
SEC_CH_UA_PLATFORM = istr("Sec-CH-UA-Platform")
SEC_CH_UA_PLATFORM_VERSION = istr("Sec-CH-UA-Platform-Version")
SEC_CH_UA_MODEL = istr("Sec-CH-UA-Model")
SEC_CH_UA_FORM_FACTORS = istr("Sec-CH-UA-Form-Factors")
SEC_GPC = istr("Sec-GPC")
SEC_PURPOSE = istr("Sec-Purpose")
USER_AGENT = istr("User-Agent")
X_REQUESTED_WITH = istr("X-Requested-With")


SHUTTING_DOWN = Reject(RejectReason.SHUTTING_DOWN, "this gateway is shutting down")
TOO_LARGE = Reject(RejectReason.TOO_LARGE, f"at most {BODY_LIMIT_BYTES} bytes")


class Collect:
    """The request handlers of the public port."""

    def __init__(
        self,
        config: Gateway,
        properties: Watched[Properties],
        journal: Journal,
        sync: JournalSync,
        shipped: Shipped,
        metrics: Metrics,
        new_id: Callable[[], bytes],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._config = config
        self._trusted = AddressSet(config.trusted_proxies)
        self._has_proxies = bool(self._trusted)
        self._properties = properties
        self._journal = journal
        self._sync = sync
        self._shipped = shipped
        self._secured = {"fsync": self._synced, "queue": self._queued}.get(config.acknowledge_after)
        """What to wait for beyond the append."""
        self._metrics = metrics
        self._new_id = new_id
        self._now = now
        self.is_closing = False
        """Set while shutting down: new measurements are refused, so that the client can try another gateway."""

    async def beacon(self, request: web.BaseRequest) -> Answer:
        """`POST /v1/beacon`"""
        started = time.perf_counter()
        body = _arrived(request) or await self._read(request)
        now = self._now()
        captured = (
            body
            if isinstance(body, Reject)
            else capture(Channel.SCRIPT, body, self._describe(request, now), self._properties.value, self._new_id)
        )
        if refused := self._append(captured) or (self._secured and await self._secured()):
            return answers.refused(request, now, self._count_reject(Channel.SCRIPT, refused))
        self._count_accepted(Channel.SCRIPT, started)
        return answers.accepted(request, now)

    async def pixel(self, request: web.BaseRequest) -> Answer:
        """`GET /v1/pixel.gif`"""
        started = time.perf_counter()
        now = self._now()
        captured = self._capture_pixel(request, now)
        if refused := self._append(captured) or (self._secured and await self._secured()):
            return answers.pixel(request, now, self._count_reject(Channel.PIXEL, refused))
        self._count_accepted(Channel.PIXEL, started)
        return answers.pixel(request, now)

    def _capture_pixel(self, request: web.BaseRequest, now: float) -> Beacon | Reject:
        query = request.raw_path.partition("?")[2].partition("#")[0]
        referer = request.headers.get(REFERER, "")
        return capture_pixel(query, referer, self._describe(request, now), self._properties.value, self._new_id)

    async def _read(self, request: web.BaseRequest) -> bytes | Reject:
        """The body, within its limits of size and time."""
        if request.headers.get(CONTENT_ENCODING, "identity").lower() != "identity":
            return Reject(RejectReason.ENCODING, "a beacon is not compressed")
        if (request.content_length or 0) > BODY_LIMIT_BYTES:
            return TOO_LARGE
        try:
            async with asyncio.timeout(self._config.body_timeout_seconds):
                return await _read_slowly(request)
        except (TimeoutError, ConnectionError):
            if self.is_closing:  # the server has stopped listening to its clients
                return SHUTTING_DOWN
            return Reject(RejectReason.SLOW_BODY, f"not within {self._config.body_timeout_seconds:g} s")
        except web.RequestPayloadError:
            return Reject(RejectReason.BAD_ENCODING, "the body's chunks are broken")

    def _append(self, captured: Beacon | Reject) -> Reject | None:
        """None once the journal has the beacon."""
        if isinstance(captured, Reject):
            return captured
        if self.is_closing:
            return SHUTTING_DOWN
        try:
            self._journal.append(_encode(captured))
        except JournalError as error:
            return Reject(error.reason, str(error))
        return None

    async def _synced(self) -> Reject | None:
        """None once the disk has it."""
        try:
            await self._sync.wait()
        except JournalError as error:
            return Reject(error.reason, str(error))
        return None

    async def _queued(self) -> Reject | None:
        """None once the queue has it."""
        try:
            await self._shipped.wait(self._journal.end, self._config.queue_timeout_seconds)
        except TimeoutError:
            return Reject(RejectReason.QUEUE_UNAVAILABLE, "the queue did not confirm in time")
        return None

    def _describe(self, request: web.BaseRequest, now: float) -> Request:
        sent = request.headers
        forwarded = sent.getall(self._config.client_ip_header, ()) if self._has_proxies else ()
        return Request(
            client_address(request.remote or "", forwarded, self._trusted, self._config.client_ip_header),
            Headers(
                sent.get(USER_AGENT, ""),
                sent.get(ACCEPT_LANGUAGE, ""),
                sent.get(DNT, ""),
                sent.get(SEC_GPC, ""),
                sent.get(SEC_PURPOSE, "") or sent.get(PURPOSE, ""),
                sent.get(SEC_CH_UA, ""),
                sent.get(SEC_CH_UA_MOBILE, ""),
                sent.get(SEC_CH_UA_PLATFORM, ""),
                sent.get(SEC_CH_UA_PLATFORM_VERSION, ""),
                sent.get(SEC_CH_UA_MODEL, ""),
                sent.get(SEC_CH_UA_FORM_FACTORS, ""),
                sent.get(X_REQUESTED_WITH, ""),
            ),
            int(now * 1000),
        )

    def _count_accepted(self, channel: Channel, started: float) -> None:
        self._metrics.received.counts[channel, "accepted"] += 1
        self._metrics.ack_seconds.observe(time.perf_counter() - started)

    def _count_reject(self, channel: Channel, reject: Reject) -> Reject:
        self._metrics.received.counts[channel, "rejected"] += 1
        self._metrics.rejected.counts[reject.reason,] += 1
        return reject


def _arrived(request: web.BaseRequest) -> bytes | None:
    """The body of a small request that came in one piece: nearly all do, and need no clock."""
    content = request.content
    if content.is_eof() and content.total_bytes <= BODY_LIMIT_BYTES and CONTENT_ENCODING not in request.headers:
        return content.read_nowait()
    return None


async def _read_slowly(request: web.BaseRequest) -> bytes | Reject:
    """A body that has not arrived as a whole yet, or whose length nobody told."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > BODY_LIMIT_BYTES:
            return TOO_LARGE
    return bytes(body)


def _encode(beacon: Beacon) -> bytes:
    try:
        return beacons.encode(beacon)
    except UnicodeEncodeError:  # header bytes that are not UTF-8 arrive as lone surrogates
        sent = msgspec.structs.astuple(beacon.headers)
        cleaned = Headers(*(text.encode("utf-8", "replace").decode() for text in sent))
        return beacons.encode(msgspec.structs.replace(beacon, headers=cleaned))
