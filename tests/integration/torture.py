"""Torture: what is, or is nearly, HTTP/1.1, and what has to come of it. Here: where a request ends."""

from collections.abc import Callable, Iterable, Iterator
from enum import Enum, auto
from typing import NamedTuple

from tests.integration.stranger import CANARY

HOST = f"Host: {CANARY}.example\r\n".encode()
GOOD = f'{{"property":"demo","url":"https://{CANARY}.example/"}}'.encode()
CHUNKED = b"Transfer-Encoding: chunked\r\n"


class Fate(Enum):
    """Of a request, after which a good beacon was sent."""

    REFUSED = auto()
    """4xx with its reason, and the connection is closed: nothing after it is taken for a request."""
    SERVED = auto()
    """Answered, and so is the beacon after it: there is no doubt where the one ends and the other begins."""
    LAST = auto()
    """Answered, and the connection is closed: nothing after it is taken for a request."""


class Case(NamedTuple):
    """Bytes, and what has to come of them."""

    name: str
    sent: bytes
    fate: Fate
    status: int


def refused(name: str, sent: bytes, status: int = 400) -> Case:
    return Case(name, sent + beacon(), Fate.REFUSED, status)


def served(name: str, sent: bytes, status: int = 204) -> Case:
    return Case(name, sent + beacon(), Fate.SERVED, status)


def last(name: str, sent: bytes, status: int) -> Case:
    return Case(name, sent, Fate.LAST, status)


def beacon(headers: bytes = b"", line: bytes = b"POST /v1/beacon HTTP/1.1", host: bytes = HOST) -> bytes:
    """A good one, but for what is given."""
    return line + b"\r\n" + host + headers + b"Content-Length: %d\r\n\r\n%s" % (len(GOOD), GOOD)


def page(headers: bytes = b"", target: bytes = b"/robots.txt") -> bytes:
    """A request for a page of ours."""
    return b"GET " + target + b" HTTP/1.1\r\n" + HOST + headers + b"\r\n"


def head(headers: bytes) -> bytes:
    """Of a beacon that says the length of its body in its own way."""
    return b"POST /v1/beacon HTTP/1.1\r\n" + HOST + headers + b"\r\n"


def in_chunk(size: bytes = b"%x" % len(GOOD), headers: bytes = CHUNKED, end: bytes = b"\r\n") -> bytes:
    """A good beacon in one chunk, but for what is given. `end`: after the last chunk's line."""
    return head(headers) + size + b"\r\n" + GOOD + b"\r\n0\r\n" + end


def in_crumbs(spaces: int) -> bytes:
    """A good beacon, one byte a chunk, with so many spaces before it."""
    return head(CHUNKED) + b"".join(b"1\r\n%c\r\n" % byte for byte in b" " * spaces + GOOD) + b"0\r\n\r\n"


def each(
    make: Callable[[str, bytes], Case], what: str, sent: Callable[[bytes], bytes], *values: bytes
) -> Iterator[Case]:
    """One case for each value, named after it."""
    return (make(f"{what} {ascii(value)[2:-1][:40]}", sent(value)) for value in values)


def lengths(value: bytes) -> bytes:
    return head(b"Content-Length: " + value + b"\r\n") + GOOD


def transfer(value: bytes) -> bytes:
    return in_chunk(headers=b"Transfer-Encoding:" + value + b"\r\n")


TRUE = b"%d" % len(GOOD)
LENGTHS: Iterable[Case] = (
    *each(refused, "length", lengths, *b"-5|+5|0x35|53.0|5e1||5 3|5_3|five|18446744073709551616".split(b"|")),
    *each(refused, "length", lengths, b"9" * 26, "٥٣".encode(), TRUE + b", " + TRUE, TRUE + b"\x0b"),
    *each(served, "length", lengths, b"00" + TRUE, TRUE + b" \t", b"\t" + TRUE),
    refused("the same length twice", lengths(TRUE + b"\r\nContent-Length: " + TRUE)),
    refused("two lengths", lengths(TRUE + b"\r\nContent-Length: 5")),
    refused("length, then chunks", head(b"Content-Length: 5\r\n" + CHUNKED) + b"0\r\n\r\n"),
    refused("chunks, then length", head(CHUNKED + b"Content-Length: 5\r\n") + b"0\r\n\r\n"),
    last("chunks in HTTP/1.0", in_chunk().replace(b"HTTP/1.1", b"HTTP/1.0", 1) + beacon(), 204),
    last("length beyond the limit", lengths(b"999999999999"), 413),
    last("length 2^64-1", lengths(b"18446744073709551615"), 413),
    served("a page asked for with a body", page(b"Content-Length: 5\r\n") + b"hello", 200),
    served("too much, and all of it", head(b"Content-Length: 200000\r\n") + b" " * 200_000, 413),
    served("a beacon for nobody", beacon(line=b"POST /nowhere HTTP/1.1"), 404),
)
TRANSFERS: Iterable[Case] = (
    *each(refused, "transfer", transfer, *b" identity| xchunked| chunked, gzip| chunked;q=1| 'chunked'".split(b"|")),
    *each(refused, "transfer", transfer, *b"| cow| chunked, chunked| chunked, identity| chunked,".split(b"|")),
    *each(
        refused, "transfer", transfer, b' "chunked"', b" \x0bchunked", b" chunked\x00", b"\r\n chunked", b" chun\xadked"
    ),
    *each(served, "transfer", transfer, b" chunked ", b"\tchunked", b" CHUNKED", b"chunked"),
    refused("transfer twice", in_chunk(headers=CHUNKED * 2)),
    refused("transfer twice, not the same", in_chunk(headers=b"Transfer-Encoding: identity\r\n" + CHUNKED)),
    refused("transfer with space before its colon", in_chunk(headers=b"Transfer-Encoding : chunked\r\n")),
    refused("transfer with an underscore", in_chunk(headers=b"Transfer_Encoding: chunked\r\n")),
)
CHUNKS: Iterable[Case] = (
    *each(refused, "chunk of", in_chunk, *b"-35|+35|0x35||fffffffffffffffff|35 | 35|g|5".split(b"|")),
    *each(refused, "chunk of", in_chunk, b'35;a="b\r\nc"', b"35;a=\x00", b"35\n", b"35\r"),
    *each(served, "chunk of", in_chunk, b"0000%x" % len(GOOD), b'%x;a=b;c="d"' % len(GOOD)),
    refused("a chunk without its end", in_chunk().replace(b"\r\n0\r\n", b"0\r\n", 1)),
    refused("chunks that end in bare LF", in_chunk().removesuffix(b"0\r\n\r\n") + b"0\n\n"),
    refused("a chunk's size that ends in bare LF", in_chunk().replace(b"\r\n" + GOOD, b"\n" + GOOD)),
    served("a trailer", in_chunk(end=b"X-T: a\r\n\r\n")),
    refused("a trailer that says a length", in_chunk(end=b"Content-Length: 5\r\n\r\n")),
    refused("a trailer that says chunks", in_chunk(end=CHUNKED + b"\r\n")),
    refused("a trailer without a colon", in_chunk(end=b"X y\r\n\r\n")),
    refused("a long trailer", in_chunk(end=b"X: " + b"a" * 20_000 + b"\r\n\r\n"), 413),
    refused("trailers without end", in_chunk(end=b"X-T: a\r\n" * 1_000 + b"\r\n"), 413),
    served("65,000 chunks of one byte", in_crumbs(65_000 - len(GOOD))),
    served("70,000 chunks of one byte", in_crumbs(70_000), 413),
)
