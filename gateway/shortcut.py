"""Shortcut: aiohttp's parser, with one difference: a plain beacon is taken here and never reaches aiohttp's machinery.

A task, a request object, a response and a stream writer per request are most of what a request costs. A plain beacon
that arrived whole needs none of them; everything else goes the ordinary way, unchanged.
"""

from collections.abc import Sequence
from typing import Any, Protocol, cast

from aiohttp import HttpVersion10, HttpVersion11
from aiohttp.http_exceptions import BadHttpMessage, HttpProcessingError, LineTooLong
from aiohttp.http_parser import RawRequestMessage
from aiohttp.streams import StreamReader
from multidict import istr

HEAD_LIMIT_BYTES = 32 << 10
"""A request line and all headers; either may have half of it. The parser itself bounds only each of them."""

Message = tuple[RawRequestMessage, StreamReader]
Fed = tuple[Sequence[Message], bool, bytes]
"""Messages, whether they end in an upgrade, and what came after it."""

NOTHING: Fed = ((), False, b"")
END = b"\r\n\r\n"
"""Of a head."""
TRANSFER_ENCODING = istr("Transfer-Encoding")
SPOKEN = (HttpVersion11, HttpVersion10)


class Owner(Protocol):
    """The connection, as far as the shortcut knows it."""

    @property
    def is_leaving(self) -> bool:
        """Each request is to be the connection's last."""

    def take(self, message: RawRequestMessage, body: StreamReader) -> bool:
        """Whether the request is taken, and will be answered without aiohttp's doing.

        False while earlier requests are on the ordinary way: those come first.
        """


class Shortcut:
    """Stands where aiohttp's connection expects its parser."""

    def __init__(self, parser: Any, owner: Owner) -> None:
        self._parser = parser
        self._owner = owner
        self._head_bytes = 0
        self._body: StreamReader | None = None
        self._is_chunked = False
        self._edge = b""
        """The end of what came before, in which the end of a head may begin."""
        self._is_broken = False

    @property
    def is_in_head(self) -> bool:
        """A request's line or headers have begun to arrive."""
        return self._head_bytes > 0

    @property
    def is_in_body(self) -> bool:
        """More of a request's body is to come."""
        return self._body is not None and not self._body.is_eof()

    def feed_data(self, data: bytes) -> Fed:
        """What aiohttp has to deal with. Raises `HttpProcessingError`."""
        if self._is_broken:  # what follows bytes that are no HTTP is never taken for a request
            return NOTHING
        body = self._body
        had_bytes = body.total_bytes if body else 0
        try:
            fed = cast(Fed, self._parser.feed_data(data))
            start = self._end_of(body, had_bytes, data) if body else 0
            return self._hand_on(data, start, fed) if fed[0] else self._wait_for_more(data, start, fed)
        except HttpProcessingError:
            self._is_broken = True
            raise

    def _end_of(self, body: StreamReader, had_bytes: int, data: bytes) -> int:
        """Where in `data` a body that was begun before ends."""
        if not body.is_eof() or data.endswith(END):
            return len(data)
        return len(data) - 1 if self._is_chunked else body.total_bytes - had_bytes

    def _hand_on(self, data: bytes, start: int, fed: Fed) -> Fed:
        """The parser stops where aiohttp's queue would be full; once some are taken there is room for more."""
        left: Sequence[Message] = ()
        seen = self._edge + data
        while messages := fed[0]:
            for message, body in messages:
                _check(message)  # as the parser does: before any is answered
                start = _end_of_message(seen, start, message, body)
            if self._head_bytes + len(data) > HEAD_LIMIT_BYTES:
                _bound_heads(messages)
            left = [*left, *messages] if left else self._take(messages)
            if len(messages) == 1 or message.upgrade:
                break
            fed = self._parser.feed_data(b"")
        self._edge = b""
        self._head_bytes = max(0, len(seen) - start) if body.is_eof() else 0
        self._body = None if body.is_eof() else body
        self._is_chunked = message.chunked
        return self._last(left), fed[1], fed[2]

    def _take(self, messages: Sequence[Message]) -> Sequence[Message]:
        """Those that are left."""
        for place, (message, body) in enumerate(messages):
            if not self._owner.take(message, body):
                return messages[place:]
            self._parser.message_consumed()
        return ()

    def _last(self, messages: Sequence[Message]) -> Sequence[Message]:
        """Of who leaves, or would speak something else after it: where that ends, parser and client may differ."""
        if not messages or not (self._owner.is_leaving or messages[-1][0].upgrade):
            return messages
        message, body = messages[-1]
        return [*messages[:-1], (message._replace(should_close=True), body)]

    def _wait_for_more(self, data: bytes, start: int, fed: Fed) -> Fed:
        if not self.is_in_body:
            self._body = None
        self._head_bytes += max(0, len(data) - start)
        self._edge = (self._edge + data)[-len(END) :] if self._head_bytes else b""
        if self._head_bytes > HEAD_LIMIT_BYTES:
            raise LineTooLong(b"", HEAD_LIMIT_BYTES)
        return fed

    def message_consumed(self) -> None:
        """aiohttp has taken one off its queue."""
        self._parser.message_consumed()

    def pause_reading(self) -> None:
        """Nobody reads the body at the moment."""
        self._parser.pause_reading()

    def set_upgraded(self, is_upgraded: bool) -> None:
        """aiohttp has refused to speak something else."""
        self._parser.set_upgraded(is_upgraded)


def _check(message: RawRequestMessage) -> None:
    """What the parser lets pass and others may understand in another way: where this request ends would be in doubt."""
    if message.version not in SPOKEN:
        raise BadHttpMessage("another version")
    if TRANSFER_ENCODING in message.headers:
        codings = [coding.lower() for coding in message.headers.getall(TRANSFER_ENCODING)]
        if codings != ["chunked"] or message.version == HttpVersion10:
            raise BadHttpMessage("another transfer coding, an empty one, or one in HTTP/1.0")


def _end_of_message(data: bytes, start: int, message: RawRequestMessage, body: StreamReader) -> int:
    """Where in `data` a message ends that begins at `start`; where that cannot be told, one byte is left over."""
    if message.chunked:
        return len(data) if data.endswith(END) else len(data) - 1
    while data.startswith(b"\r\n", start):  # which may stand before a request
        start += 2
    return data.find(END, start) + len(END) + body.total_bytes


def _bound_heads(messages: Sequence[Message]) -> None:
    for message, _ in messages:
        size = len(message.path) + sum(len(name) + len(value) + 4 for name, value in message.raw_headers)
        if size > HEAD_LIMIT_BYTES:
            raise LineTooLong(b"", HEAD_LIMIT_BYTES)
