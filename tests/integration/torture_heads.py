"""Torture, continued: lines, headers, targets, methods, versions, and what is another protocol altogether."""

from collections.abc import Iterable
from functools import partial

from tests.integration.torture import GOOD, HOST, Case, beacon, each, last, page, refused, served

LIMIT = 16 << 10
CONTROLS = tuple(bytes([number]) for number in (0, 1, 7, 8, 11, 12, 13, 27, 31, 127))
UPGRADE = b"Connection: Upgrade\r\nUpgrade: "
H2C = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
WEBSOCKET = UPGRADE + b"websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"


def in_line(value: bytes) -> bytes:
    return beacon(line=b"POST /v1" + value + b"/beacon HTTP/1.1")


def in_name(value: bytes) -> bytes:
    return beacon(b"X" + value + b"Y: a\r\n")


def in_value(value: bytes) -> bytes:
    return beacon(b"X: a" + value + b"b\r\n")


def as_header(line: bytes) -> bytes:
    return beacon(line + b"\r\n")


def to_target(target: bytes) -> bytes:
    return beacon(line=b"POST " + target + b" HTTP/1.1")


def with_method(method: bytes) -> bytes:
    return beacon(line=method + b" HTTP/1.1")


def in_version(version: bytes) -> bytes:
    return beacon(line=b"POST /v1/beacon " + version)


def as_first_bytes(sent: bytes) -> bytes:
    return sent


def fields(count: int, size: int = 1) -> bytes:
    """So many headers beside Host, so many bytes each."""
    return page(b"".join(b"X-%d: %s\r\n" % (number, b"a" * (size - 10)) for number in range(count)))


LINES: Iterable[Case] = (
    refused("bare LF throughout", beacon().replace(b"\r\n", b"\n")),
    refused("bare LF after the line", beacon().replace(b"1.1\r\n", b"1.1\n", 1)),
    refused("bare LF after a header", beacon(b"X: a\nY: b\r\n")),
    refused("bare LF at the end of the head", page().removesuffix(b"\r\n\r\n") + b"\n\n"),
    refused("bare CR after the line", beacon().replace(b"1.1\r\n", b"1.1\r", 1)),
    refused("CR CR LF", beacon(b"X: a\r\r\n")),
    *each(refused, "in the line", in_line, *CONTROLS, b"\t", b" ", b"\x80", b"\xff", b"\xc3\xa9"),
    *each(refused, "in a name", in_name, *CONTROLS, b"\t", b" ", b"\x80", b"\xff", b"(", b"@", b'"'),
    *each(refused, "in a value", in_value, *CONTROLS),
    *each(served, "in a value", in_value, b"\t", b" ", b"\x80", b"\xff", b"\xc3\xa9", b"\\", b'"'),
    *each(refused, "header", as_header, b"X: a\r\n b", b"X: a\r\n\tb", b"X : a", b"X\t: a", b"Xabc", b": a", b" X: a"),
    *each(served, "header", as_header, b"X:", b"X:a", b"X: " + b"a" * LIMIT, b"X" * 8_000 + b": a"),
    refused("the first header folded", beacon(host=b" folded: x\r\n" + HOST)),
    served("the longest target", page(target=b"/robots.txt?" + b"a" * (LIMIT - 12)), 200),
    refused("a target that is too long", page(target=b"/robots.txt?" + b"a" * (LIMIT - 11)), 413),
    refused("a target without end", page(target=b"/robots.txt?" + b"a" * 300_000), 413),
    refused("a value that is too long", as_header(b"X: " + b"a" * (LIMIT + 1)), 413),
    refused("a value without end", as_header(b"X: " + b"a" * 300_000), 413),
    refused("a name without end", as_header(b"a" * 300_000 + b": a"), 413),
    served("64 headers", fields(63), 200),
    refused("65 headers", fields(64), 413),
    refused("empty headers without end", page(b"X:\r\n" * 10_000), 413),
    served("as many bytes of headers as fit", fields(63, 250), 200),
    refused("too many bytes of headers", fields(63, 600), 413),
    refused("far too many bytes of headers", fields(63, LIMIT), 413),
)
HOSTS: Iterable[Case] = (
    refused("no Host", beacon(host=b"")),
    refused("two Hosts", beacon(b"Host: b\r\n")),
    served("an empty Host", beacon(host=b"Host:\r\n")),
    served("a Host that is none", beacon(host=b"Host: a b/c?@\r\n")),
)
TARGETS: Iterable[Case] = (
    # The path decides; whose name stands before it is nothing to us.
    *each(
        served, "target", to_target, *b"http://evil/v1/beacon|HTTP://evil/v1/beacon|ftp://evil/v1/beacon".split(b"|")
    ),
    *each(
        served, "target", to_target, b"https://u:p@evil:99/v1/beacon", b"/v1/beacon?x", b"/v1/beacon#f", b"/v1%2fbeacon"
    ),
    *each(served, "target", to_target, b"/%76%31/beacon"),
    *each(
        partial(served, status=404),
        "target",
        to_target,
        *b"//v1/beacon|//evil/v1/beacon|/v1//beacon|/v1/beacon%00|/v1/beacon%|/v1/beacon%zz|/v1/beacon/".split(b"|"),
        *b"/v1/./beacon|/v1/../v1/beacon|/v1/beacon;x|http://evil|/V1/BEACON|/v1/beacon%20|/../../etc/passwd".split(
            b"|"
        ),
    ),
    *each(refused, "target", to_target, *b"http:///v1/beacon|evil:443|*|v1/beacon||file:///v1/beacon|?|#".split(b"|")),
    *each(refused, "target", to_target, *rb"http://[::1/v1/beacon|http://evil:99999/v1/beacon|\v1\beacon".split(b"|")),
    *each(refused, "target", to_target, *b"http://evil:x/v1/beacon|javascript:alert(1)|/v1/beacon /x".split(b"|")),
    *each(refused, "target", to_target, b"/\xed\xa0\x80", b"http://a\xff/v1/beacon", b"/v1/b\xffacon"),
    served("OPTIONS *", b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n"),
)
METHODS: Iterable[Case] = (
    *each(
        partial(served, status=405),
        "method",
        with_method,
        *b"TRACE /v1/beacon|PURGE /v1/beacon|DELETE /v1/beacon".split(b"|"),
    ),
    *each(
        refused, "method", with_method, *b"BREW /v1/beacon|post /v1/beacon|Post /v1/beacon|PRI *|M-SEARCH *".split(b"|")
    ),
    *each(
        refused, "method", with_method, b"DESCRIBE rtsp://a/", b"GET\t/robots.txt", b" POST /v1/beacon", b"GET", b"POST"
    ),
    *each(refused, "method", with_method, "PÖST /v1/beacon".encode(), b"A" * 20_000 + b" /"),
    served("empty lines before the request", b"\r\n\r\n" + page(), 200),
)
VERSIONS: Iterable[Case] = (
    *each(
        refused,
        "version",
        in_version,
        *b"HTTP/2.0|HTTP/1.9|HTTP/1.2|HTTP/0.9|HTTP/1|HTTP/1.10|HTTP/01.1|HTTP/3".split(b"|"),
    ),
    *each(
        refused,
        "version",
        in_version,
        *b"http/1.1|HTTP/1.1 |HTTP/1.1\t|HTTP/ 1.1|HTTPS/1.1|ICE/1.0||HTTP/1.1 x".split(b"|"),
    ),
    refused("HTTP/0.9", b"GET /robots.txt\r\n"),
    last("HTTP/1.0", b"GET /robots.txt HTTP/1.0\r\n\r\n", 200),
    last("HTTP/1.0 that would stay", b"GET /robots.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200),
    last("RTSP/1.0, which the parser takes for HTTP/1.0", beacon().replace(b"HTTP/1.1", b"RTSP/1.0"), 204),
    last("HTTP/1.0 without a length", b"POST /v1/beacon HTTP/1.0\r\n\r\n", 400),
    last("Connection: close", beacon(b"Connection: close\r\n"), 204),
    last("Connection: close, keep-alive", beacon(b"Connection: close, keep-alive\r\n"), 204),
    served("Connection: Content-Length", beacon(b"Connection: Content-Length, Host\r\n")),
    served("Expect: 100-continue", beacon(b"Expect: 100-continue\r\n")),
    served("Expect: nonsense", beacon(b"Expect: nonsense\r\n")),
)
OTHER_PROTOCOLS: Iterable[Case] = (
    refused("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"),
    last("HTTP/2 by upgrade", page(H2C) + beacon(), 200),
    last("HTTP/2 by upgrade of a beacon", beacon(H2C) + beacon(), 204),
    last("HTTP/2 by upgrade, before a head", page(H2C) + beacon().removesuffix(GOOD), 200),
    last("WebSocket", page(WEBSOCKET) + beacon(), 200),
    last("an upgrade to nobody knows what", page(UPGRADE + b"nonsense\r\n") + beacon(), 200),
    last("CONNECT", b"CONNECT evil:443 HTTP/1.1\r\n" + HOST + b"\r\n" + beacon(), 404),
    last("CONNECT to us", b"CONNECT /v1/beacon HTTP/1.1\r\n" + HOST + b"\r\n" + beacon(), 405),
    refused("WebSocket of old", page(UPGRADE + b"websocket\r\nSec-WebSocket-Key1: x\r\n")),
    *each(
        refused,
        "first",
        as_first_bytes,
        b"\x16\x03\x01\x00\xf8\x01\x00\x00\xf4\x03\x03" + bytes(range(200)),
        b"\x05\x01\x00",
    ),
    *each(
        refused,
        "first",
        as_first_bytes,
        b"SSH-2.0-k4n4ry\r\n",
        b"EHLO k4n4ry\r\n",
        b"*1\r\n$4\r\nPING\r\n",
        b"\x00" * 50,
    ),
    *each(
        refused, "first", as_first_bytes, b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n", b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c"
    ),
)
