"""Body: what a request carries, within limits of size and time."""

import asyncio

from aiohttp import HttpVersion11, web
from aiohttp.http_parser import RawRequestMessage
from aiohttp.streams import StreamReader
from multidict import CIMultiDictProxy, istr

from gateway.reject import Reject, RejectReason

CONTENT_ENCODING = istr("Content-Encoding")
EXPECT = istr("Expect")
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
BODY_LIMIT_BYTES = 64 << 10


def is_plain(message: RawRequestMessage, content: StreamReader) -> bool:
    """A POST of a body that has arrived, and is not empty, on a connection that stays: nearly all beacons are."""
    return (
        message.method == "POST"
        and content.total_bytes > 0
        and _has_arrived(content, message.headers)
        and not message.should_close
        and message.version == HttpVersion11
        and not message.upgrade
    )


def arrived(request: web.BaseRequest) -> bytes | None:
    """The body of a small request that came in one piece: nearly all do, and need no clock."""
    return request.content.read_nowait() if _has_arrived(request.content, request.headers) else None


def _has_arrived(content: StreamReader, headers: CIMultiDictProxy[str]) -> bool:
    """All of it, small and not compressed."""
    return content.is_eof() and content.total_bytes <= BODY_LIMIT_BYTES and CONTENT_ENCODING not in headers


async def read(request: web.BaseRequest, timeout_seconds: float, limit_bytes: int = BODY_LIMIT_BYTES) -> bytes | Reject:
    """The body as it was sent, whatever its `Content-Encoding`."""
    if (request.content_length or 0) > limit_bytes:
        return too_large(limit_bytes)
    _ask_for_it(request)
    body = bytearray()
    try:
        async with asyncio.timeout(timeout_seconds):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > limit_bytes:
                    return too_large(limit_bytes)
    except (TimeoutError, ConnectionError):
        return Reject(RejectReason.SLOW_BODY, f"not within {timeout_seconds:g} s")
    except web.RequestPayloadError:
        return Reject(RejectReason.BAD_ENCODING, "the body's chunks are broken")
    return bytes(body)


def _ask_for_it(request: web.BaseRequest) -> None:
    """Some clients hold a body back until they are told to go on, or a second has passed."""
    is_held_back = request.headers.get(EXPECT, "").lower() == "100-continue" and not request.content.total_bytes
    if is_held_back and request.version >= HttpVersion11 and request.transport:
        request.transport.write(CONTINUE)


def encoding_of(request: web.BaseRequest) -> str:
    """`identity` where none is named."""
    return request.headers.get(CONTENT_ENCODING, "identity").strip().lower()


def too_large(limit_bytes: int) -> Reject:
    """More than the channel takes."""
    return Reject(RejectReason.TOO_LARGE, f"at most {limit_bytes} bytes")
