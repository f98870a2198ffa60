"""Answers: what clients are told, as the very bytes that go to the socket. None says what software this is."""

import base64
from asyncio import Transport
from collections.abc import Mapping, Sequence
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple

import msgspec
from aiohttp import HttpVersion, HttpVersion11, web
from multidict import CIMultiDictProxy, istr

from gateway.batch import Outcome, deciding, told
from gateway.reject import Reject

ORIGIN = istr("Origin")
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
"""A transparent GIF of 1x1."""
NOTHING: Mapping[str, object] = {}
PREFLIGHT_SECONDS = 86_400
UNREAD_LIMIT_BYTES = 256 << 10
ORIGIN_LIMIT = 128
"""Answers to longer ones are not remembered: whoever sends many of them must not fill the memory."""


class Asked(NamedTuple):
    """As much of a request as an answer depends on; aiohttp's requests have it too."""

    headers: CIMultiDictProxy[str]
    method: str = "POST"
    version: HttpVersion = HttpVersion11
    keep_alive: bool = True


Request = Asked | web.BaseRequest


class Answer(web.StreamResponse):
    """Status, headers and body in one piece of bytes. It keeps no state of a request, so one can serve many."""

    def __init__(
        self, status: int, second: int, headers: Mapping[str, str], body: bytes = b"", *, keep_alive: bool
    ) -> None:
        """`second`: since the epoch, for the Date header. The caller leaves `body` out where HTTP forbids it."""
        super().__init__(status=status)
        self._keeps_alive = keep_alive
        lines = [
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            f"Date: {formatdate(second, usegmt=True)}",
            *(f"{name}: {value}" for name, value in headers.items()),
            *([] if keep_alive else ["Connection: close"]),
        ]
        self.sent = ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape") + body
        """All of it."""

    @property
    def keep_alive(self) -> bool:
        """What aiohttp asks to know whether the connection goes on."""
        return self._keeps_alive

    async def prepare(self, request: web.BaseRequest) -> None:
        """Everything goes out here."""
        if (transport := request.transport) is not None:
            send(transport, self.sent)

    async def write_eof(self, data: bytes = b"") -> None:
        """Nothing is left to write."""


def send(transport: Transport, sent: bytes) -> None:
    """Who asks and asks and never reads is left."""
    transport.write(sent)
    if transport.get_write_buffer_size() > UNREAD_LIMIT_BYTES:
        transport.abort()


def accepted(request: Request, now: float) -> Answer:
    """204"""
    return _accepted_from(request.headers.get(ORIGIN, ""), keeps_alive(request), now)


def accepted_plain(sent: CIMultiDictProxy[str], now: float) -> Answer:
    """The same to a request with these headers on a connection that goes on."""
    return _accepted_from(sent.get(ORIGIN, ""), True, now)


def measured(request: Request, now: float, outcomes: Sequence[Outcome], *, is_array: bool) -> Answer:
    """202 and what became of each measurement; a refusal, where none was taken."""
    results = {"results": [told(outcome) for outcome in outcomes]}
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Reject)]
    if len(refusals) == len(outcomes):
        return refused(request, now, deciding(refusals), more=results if is_array else {})
    headers = {**_reflect(request), "Content-Type": "application/json", "Cache-Control": "no-store"}
    return answer(request, now, 202, headers, msgspec.json.encode(results))


def refused(
    request: Request, now: float, reject: Reject, methods: str = "", more: Mapping[str, object] = NOTHING
) -> Answer:
    """The reason in a header and in a JSON body. `methods`: what the path has, where something else was asked for."""
    body = msgspec.json.encode({"error": reject.reason, "detail": reject.detail, **more})
    headers = {**_reflect(request), **_refusal(reject), "Content-Type": "application/json"}
    return answer(request, now, reject.status, {**headers, "Allow": methods} if methods else headers, body)


def pixel(request: Request, now: float, reject: Reject | None = None) -> Answer:
    """The GIF, whatever happened: a broken image on a customer's page helps nobody."""
    headers = {**_reflect(request), "Content-Type": "image/gif", "Cache-Control": "no-store"}
    if reject:
        return answer(request, now, reject.status, {**headers, **_refusal(reject)}, PIXEL)
    return answer(request, now, 200, headers, PIXEL)


def document(request: Request, now: float, body: bytes, cache_control: str) -> Answer:
    """JSON that scripts of any page may read, with credentials or without."""
    headers = {
        "Content-Type": "application/json",
        "Cache-Control": cache_control,
        "X-Content-Type-Options": "nosniff",
        **_reflect(request),
        "Vary": "Origin",
    }
    return answer(request, now, 200, headers, body)


def preflight(request: Request, now: float, methods: str) -> Answer:
    """The answer to OPTIONS."""
    headers = {
        **_reflect(request),
        "Allow": methods,
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": "Content-Type",
        "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
    }
    return answer(request, now, 204, headers)


def answer(request: Request, now: float, status: int, headers: Mapping[str, str], body: bytes = b"") -> Answer:
    """To this request: with its length, and without a body where HTTP wants none."""
    is_bare = status in (204, 304)
    whole = headers if is_bare else {**headers, "Content-Length": str(len(body))}
    sent = b"" if request.method == "HEAD" or is_bare else body
    return Answer(status, int(now), whole, sent, keep_alive=keeps_alive(request))


def keeps_alive(request: Request) -> bool:
    """HTTP/1.0 clients that want to would need a header of their own; they are few, and get a new connection."""
    return request.keep_alive and request.version >= HttpVersion11


def _accepted_from(origin: str, is_kept: bool, now: float) -> Answer:
    made = _accepted if len(origin) <= ORIGIN_LIMIT else _accepted.__wrapped__
    return made(origin, is_kept, int(now))


@lru_cache(maxsize=4096)
def _accepted(origin: str, keep_alive: bool, second: int) -> Answer:
    return Answer(204, second, _cors(origin), keep_alive=keep_alive)


def _reflect(request: Request) -> dict[str, str]:
    return _cors(request.headers.get(ORIGIN, ""))


def _cors(origin: str) -> dict[str, str]:
    """`sendBeacon` sends credentials mode `include`, so browsers want the very origin back, not `*`."""
    if not origin:
        return {}
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true", "Vary": "Origin"}


def _refusal(reject: Reject) -> dict[str, str]:
    retry = {"Retry-After": str(reject.retry_after_seconds)} if reject.retry_after_seconds else {}
    challenge = {"WWW-Authenticate": "Bearer"} if reject.status == 401 else {}
    return {"X-Blockmetry-Reject": reject.reason, "Cache-Control": "no-store", **retry, **challenge}
