"""Answers: what clients are told, in bytes that are prepared once where the answer is always the same."""

import base64
from email.utils import formatdate
from functools import lru_cache

import msgspec
from aiohttp import web

from gateway.reject import Reject

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
"""A transparent GIF of 1x1."""
PREFLIGHT_SECONDS = 86_400


class Prepared(web.StreamResponse):
    """An answer without a body whose bytes are ready: it goes to the socket as it is, and can be sent many times."""

    def __init__(self, status: int, head: bytes) -> None:
        super().__init__(status=status)
        self._head = head

    async def prepare(self, request: web.BaseRequest) -> None:
        """Writes the answer."""
        if request.transport is not None:
            request.transport.write(self._head)

    async def write_eof(self, data: bytes = b"") -> None:
        """`prepare` has written everything."""


@lru_cache(maxsize=4096)
def accepted(origin: str, keep_alive: bool, second: int) -> Prepared:
    """204. `second`: seconds since the epoch, for the Date header."""
    lines = [
        "HTTP/1.1 204 No Content",
        f"Date: {formatdate(second, usegmt=True)}",
        *(f"{name}: {value}" for name, value in cors(origin).items()),
        *([] if keep_alive else ["Connection: close"]),
    ]
    answer = Prepared(204, ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape"))
    if not keep_alive:
        answer.force_close()
    return answer


def cors(origin: str) -> dict[str, str]:
    """`sendBeacon` sends credentials mode `include`, so browsers want the very origin back, not `*`."""
    if not origin:
        return {}
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true", "Vary": "Origin"}


def preflight(origin: str, methods: str) -> web.Response:
    """The answer to OPTIONS."""
    return web.Response(
        status=204,
        headers={
            **cors(origin),
            "Allow": methods,
            "Access-Control-Allow-Methods": methods,
            "Access-Control-Allow-Headers": "Content-Type",
            "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
        },
    )


def refused(reject: Reject, origin: str) -> web.Response:
    """The reason in a header and in a JSON body."""
    body = msgspec.json.encode({"error": reject.reason, "detail": reject.detail})
    return web.Response(
        status=reject.status, body=body, headers={**_refusal(reject, origin), "Content-Type": "application/json"}
    )


def pixel(origin: str, reject: Reject | None = None) -> web.Response:
    """The GIF, whatever happened: a broken image on a customer's page helps nobody."""
    return web.Response(
        status=reject.status if reject else 200,
        body=PIXEL,
        headers={
            **(_refusal(reject, origin) if reject else cors(origin)),
            "Content-Type": "image/gif",
            "Cache-Control": "no-store",
        },
    )


def _refusal(reject: Reject, origin: str) -> dict[str, str]:
    headers = {**cors(origin), "X-Blockmetry-Reject": reject.reason, "Cache-Control": "no-store"}
    if reject.retry_after_seconds:
        headers["Retry-After"] = str(reject.retry_after_seconds)
    return headers
