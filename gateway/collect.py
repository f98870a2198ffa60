"""Collect: the requests that carry measurements. Read, capture, take in, answer."""

import time
from collections.abc import Callable
from functools import partial

from aiohttp import web
from aiohttp.http_parser import RawRequestMessage
from aiohttp.streams import StreamReader

from gateway import answers, body
from gateway.amp import capture_amp
from gateway.answers import Answer
from gateway.capture import Request, capture, capture_pixel
from gateway.intake import Intake
from gateway.measurements import Measurements
from gateway.reject import Reject, RejectReason
from gateway.sender import REFERER, Senders
from gateway.turn import Client, Turn
from shared.beacon import Beacon, Channel
from shared.config import Gateway
from shared.properties import Properties
from shared.watch import Watched


class Collect:
    """The request handlers of the public port."""

    def __init__(
        self,
        config: Gateway,
        properties: Watched[Properties],
        intake: Intake,
        new_id: Callable[[], bytes],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._beacon_path = config.path_prefix + "/v1/beacon"
        self._body_timeout_seconds = config.body_timeout_seconds
        self._senders = Senders(config)
        self._properties = properties
        self._intake = intake
        self._turn = Turn(intake, now)
        self._new_id = new_id
        self._now = now
        self.measurements = Measurements(config, properties, intake, new_id, now).answer
        """`POST /v1/measurements`"""

    async def beacon(self, request: web.BaseRequest) -> Answer:
        """`POST /v1/beacon`"""
        return await self._answer_post(request, Channel.SCRIPT, self._capture)

    def beacon_at_once(self, message: RawRequestMessage, content: StreamReader, client: Client) -> bool:
        """The same for a beacon that is whole and plain; False: to be looked at like any other request."""
        if message.path != self._beacon_path or not body.is_plain(message, content):
            return False
        started = time.perf_counter()
        described = self._senders.describe(message.headers, client.peer, self._now())
        captured = self._capture(content.read_nowait(), described)
        self._turn.take(client, message.headers, captured, started)
        return True

    async def pixel(self, request: web.BaseRequest) -> Answer:
        """`GET /v1/pixel.gif`"""
        capture_sent = partial(self._capture_pixel, _query(request), request.headers.get(REFERER, ""))
        return await self._answer_image(request, Channel.PIXEL, capture_sent)

    async def amp(self, request: web.BaseRequest) -> Answer:
        """`POST /v1/amp`"""
        return await self._answer_post(request, Channel.AMP, partial(self._capture_amp, _query(request)))

    async def amp_image(self, request: web.BaseRequest) -> Answer:
        """`GET /v1/amp`"""
        return await self._answer_image(request, Channel.AMP, partial(self._capture_amp, _query(request), b""))

    async def _answer_post(
        self, request: web.BaseRequest, channel: Channel, capture_sent: Callable[[bytes, Request], Beacon | Reject]
    ) -> Answer:
        started = time.perf_counter()
        sent = body.arrived(request) or await self._read(request)
        now = self._now()
        captured = sent if isinstance(sent, Reject) else capture_sent(sent, self._describe(request, now))
        if refused := await self._intake.take(channel, captured, started):
            return answers.refused(request, now, refused)
        return answers.accepted(request, now)

    async def _answer_image(
        self, request: web.BaseRequest, channel: Channel, capture_sent: Callable[[Request], Beacon | Reject]
    ) -> Answer:
        started = time.perf_counter()
        now = self._now()
        captured = capture_sent(self._describe(request, now))
        return answers.pixel(request, now, await self._intake.take(channel, captured, started))

    def _capture(self, sent: bytes, described: Request) -> Beacon | Reject:
        return capture(Channel.SCRIPT, sent, described, self._properties.value, self._new_id)

    def _capture_pixel(self, query: str, referer: str, described: Request) -> Beacon | Reject:
        return capture_pixel(query, referer, described, self._properties.value, self._new_id)

    def _capture_amp(self, query: str, sent: bytes, described: Request) -> Beacon | Reject:
        return capture_amp(query, sent, described, self._properties.value, self._new_id)

    def _describe(self, request: web.BaseRequest, now: float) -> Request:
        return self._senders.describe(request.headers, request.remote or "", now)

    async def _read(self, request: web.BaseRequest) -> bytes | Reject:
        """A body that is not compressed."""
        if body.encoding_of(request) != "identity":
            return Reject(RejectReason.ENCODING, "a beacon is not compressed")
        sent = await body.read(request, self._body_timeout_seconds)
        return self._intake.blame(sent) if isinstance(sent, Reject) else sent


def _query(request: web.BaseRequest) -> str:
    """As it was sent, percent-encoded."""
    return request.raw_path.partition("?")[2].partition("#")[0]
