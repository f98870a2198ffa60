"""Fault: every way we know in which a server can fail whoever calls it."""

import asyncio
from collections.abc import Callable
from enum import StrEnum
from itertools import count
from typing import NamedTuple

from tests.faults import answers
from tests.faults.amazon import BATCHES, Amazon, Answer
from tests.faults.request import Head, Request
from tests.faults.thread import reset

ENDLESS_PAUSE_SECONDS = 0.001


class Fault(StrEnum):
    """Each is the whole server's manner, as long as it is turned to it."""

    REFUSE = "refuse"
    """Nobody listens, and connections from before are reset."""
    HANG_AT_ONCE = "hang_at_once"
    """Accepted, and nothing more: not even the handshake of TLS."""
    RESET_IN_REQUEST = "reset_in_request"
    """Once the head is read."""
    SLOW_READ = "slow_read"
    """A byte of the body at a time."""
    NO_CONTINUE = "no_continue"
    """Whoever asks whether to send the body is never told; others get their answer."""

    # These have done what was asked, but it is not to be seen from the answer, or not easily.
    HANG = "hang"
    TRICKLE = "trickle"
    """A byte of the answer at a time."""
    RESET_AFTER_REQUEST = "reset_after_request"
    CLOSE = "close"
    TRUNCATED = "truncated"
    """The body is shorter than was announced."""
    ENDLESS_HEADERS = "endless_headers"
    ENDLESS_BODY = "endless_body"

    # These have done nothing (PARTIAL: only a part), and answer well-formed HTTP.
    SLOW_DOWN = "slow_down"
    """503 in the service's own words."""
    HTML_500 = "html_500"
    """As of a proxy on the way."""
    ECHO = "echo"
    """500, and the message says what was sent."""
    GARBAGE = "garbage"
    """200 with bytes that mean nothing."""
    NONSENSE = "nonsense"
    """200 in the right language, with nothing in it of the right kind."""
    EMPTY = "empty"
    """200 without a body."""
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    """No such bucket, queue, stream or role."""
    REDIRECT_301 = "redirect_301"
    REDIRECT_307 = "redirect_307"
    PARTIAL = "partial"
    """The first entry of a batch fails; where there are no batches, the call does."""


AT_ONCE = {Fault.REFUSE, Fault.HANG_AT_ONCE, Fault.RESET_IN_REQUEST, Fault.SLOW_READ}
"""They do not read the request to its end."""
DONE = {
    Fault.HANG,
    Fault.TRICKLE,
    Fault.RESET_AFTER_REQUEST,
    Fault.CLOSE,
    Fault.TRUNCATED,
    Fault.ENDLESS_HEADERS,
    Fault.ENDLESS_BODY,
}
"""They do what is asked before they fail."""
NOTHING_DONE: dict[Fault, Callable[[Request, str], Answer]] = {
    Fault.SLOW_DOWN: answers.slow_down,
    Fault.HTML_500: answers.html_500,
    Fault.ECHO: answers.echo,
    Fault.GARBAGE: answers.garbage,
    Fault.NONSENSE: answers.nonsense,
    Fault.EMPTY: answers.empty,
    Fault.FORBIDDEN: answers.forbidden,
    Fault.MISSING: answers.missing,
    Fault.REDIRECT_301: answers.moved,
    Fault.REDIRECT_307: answers.moved_for_now,
    Fault.PARTIAL: answers.slow_down,
}
"""They do not do what is asked; `PARTIAL` has batches of its own."""


class Wire(NamedTuple):
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, sent: bytes) -> None:
        """All of it."""
        self.writer.write(sent)
        await self.writer.drain()

    async def send_slowly(self, sent: bytes, pause_seconds: float) -> None:
        """Byte by byte."""
        for byte in sent:
            await self.send(bytes([byte]))
            await asyncio.sleep(pause_seconds)

    async def hang(self) -> None:
        """Until the other side ends."""
        while await self.reader.read(1 << 16):
            pass


class Manners(NamedTuple):
    """What a fault may need to know of its server."""

    pace_seconds: float
    elsewhere: str


async def misread(fault: Fault | None, head: Head, wire: Wire, manners: Manners) -> None:
    """The faults that never see the end of the request."""
    if fault is Fault.RESET_IN_REQUEST:
        reset(wire.writer)
    elif fault is Fault.SLOW_READ:
        for _ in range(head.length):
            await wire.reader.readexactly(1)
            await asyncio.sleep(manners.pace_seconds)
    else:
        await wire.hang()


async def answer(fault: Fault | None, request: Request, wire: Wire, amazon: Amazon, manners: Manners) -> bool:
    """Whether the connection can take another request."""
    if fault in DONE:
        await _spoil(fault, encode(amazon.answer(request)), wire, manners)
        return False
    if fault is Fault.PARTIAL and request.operation in BATCHES:
        given = amazon.answer(request, failing=1)
    elif fault in NOTHING_DONE:
        given = NOTHING_DONE[fault](request, manners.elsewhere)
    else:
        given = amazon.answer(request)
    await wire.send(encode(given))
    return True


async def _spoil(fault: Fault, encoded: bytes, wire: Wire, manners: Manners) -> None:
    """An answer that never arrives, or not whole."""
    head, _, body = encoded.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length")]
    match fault:
        case Fault.HANG:
            await wire.hang()
        case Fault.TRICKLE:
            await wire.send_slowly(encoded, manners.pace_seconds)
        case Fault.RESET_AFTER_REQUEST:
            reset(wire.writer)
        case Fault.TRUNCATED:
            announced = b"Content-Length: %d" % (len(body) + 10)
            await wire.send(b"\r\n".join([*lines, announced, b"", body]))
        case Fault.ENDLESS_HEADERS:
            await wire.send(b"\r\n".join([*lines, b""]))
            await _endless(wire, b"X-Header-%%d: %s\r\n" % (b"x" * 1000))
        case Fault.ENDLESS_BODY:
            await wire.send(b"\r\n".join([*lines, b"Transfer-Encoding: chunked", b"", b""]))
            await _endless(wire, b"3e8\r\n%%010d%s\r\n" % (b"x" * 990))


async def _endless(wire: Wire, pattern: bytes) -> None:
    for number in count():
        await wire.send(pattern % number)
        await asyncio.sleep(ENDLESS_PAUSE_SECONDS)


def encode(whole: Answer) -> bytes:
    """As it goes over the wire."""
    headers = {**whole.headers, "Content-Length": str(len(whole.body))}
    lines = [f"HTTP/1.1 {whole.status} Answer", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + whole.body
