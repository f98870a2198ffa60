"""Targets at the edge: what any client on the internet may send."""

import msgspec

from gateway.capture import Request, capture, capture_pixel
from gateway.client_ip import client_address, explain_address
from gateway.pages import takes_gzip
from gateway.reject import Reject
from shared import beacon as beacons
from shared.addresses import AddressSet, parse_address
from shared.beacon import Beacon, Channel, Headers
from shared.properties import DEMO
from tests.fuzz.target import Target, parts, text

PROPERTIES = {"demo": DEMO}
REQUEST = Request("192.0.2.1", Headers(), 1)
TRUSTED = AddressSet(["10.0.0.0/8", "2001:db8::/32"])
HEADERS = ("X-Forwarded-For", "Forwarded", "CloudFront-Viewer-Address")
LONG = 60_000


def new_id() -> bytes:
    """As good as any."""
    return bytes(16)


def check(found: Beacon | Reject) -> None:
    """Either can go where it goes next."""
    if isinstance(found, Reject):
        assert 400 <= found.status < 500
        msgspec.json.encode({"error": found.reason, "detail": found.detail})
        return
    assert beacons.decode(beacons.encode(found)) == found
    assert (found.property, len(found.id)) == ("demo", 16)


def body(sent: bytes) -> None:
    """A beacon's body."""
    check(capture(Channel.SCRIPT, sent, REQUEST, PROPERTIES, new_id))


def query(sent: bytes) -> None:
    """A pixel's query string, and the page's address in a header."""
    referer, asked = parts(sent, 2)
    check(capture_pixel(text(asked), text(referer), REQUEST, PROPERTIES, new_id))


def forwarded(sent: bytes) -> None:
    """A peer's address, and what proxies wrote, one header line each."""
    which, peer, rest = parts(sent, 3)
    header = HEADERS[len(which) % len(HEADERS)]
    said = text(rest).split("\n")
    found = client_address(text(peer), said, TRUSTED, header)
    assert found == explain_address(text(peer), said, TRUSTED, header).address
    assert found == str(parse_address(found) or "")
    if parse_address(text(peer)) not in TRUSTED:
        assert found == client_address(text(peer), [], TRUSTED, header)


def accept_encoding(sent: bytes) -> None:
    """What a client says it can decompress."""
    if takes_gzip(text(sent)):
        assert b"gzip" in sent.lower().replace(b" ", b"")


GOOD = b'"property":"demo","url":"https://shop.example.com/"'
TARGETS = {
    "body": Target(
        body,
        [
            b"{" + GOOD + b"}",
            b"{" + GOOD + b',"id":"a","title":"\\ud83d\\ude00","screen":[1280,720],"time_zone":"Europe/Vienna"}',
            b"{" + GOOD + b',"timings":{"loadEventEnd":1e3},"vitals":{"LCP":-0.5},"webdriver":false,"x":null}',
            b"{" + GOOD + b',"title":"\\ud800\\uDC00\\uD83D","screen":[1e400,0]}',
            b"\xef\xbb\xbf{}",
            b"{" + GOOD + b',"x":' + b"[" * LONG,
            b"{" + GOOD + b"," + b'"a":1,' * (LONG // 6) + b'"b":2}',
            b'{"title":"' + b"\\ud800" * (LONG // 6) + b'"}',
        ],
    ),
    "query": Target(
        query,
        [
            b"\0property=demo&url=https%3A%2F%2Fshop.example.com%2F&screen=1280x720&webdriver=1",
            b"https://shop.example.com/\0property=demo&timings.loadEventEnd=1e3&vitals.LCP=nan&timings.x=",
            b"\0property=demo&title=%ff&" + b"a=b&" * 300,
            b"\0property=demo&timings=1&timings.a=2&screen=1x" + b"1" * 5_000,
        ],
    ),
    "forwarded": Target(
        forwarded,
        [
            b"\x0010.0.0.1\x00198.51.100.7, 10.2.3.4:443\n10.0.0.9",
            b'x\x00::ffff:10.0.0.1\0for="[2001:db9::7]:4711";proto=https, for=_hidden;by=10.0.0.1',
            b"xx\x002001:db8::1%eth0\x002001:db9::7:443",
            b"\x0010.0.0.1\0" + b"10.0.0.1," * 900,
        ],
    ),
    "accept_encoding": Target(
        accept_encoding, [b"gzip, deflate, br", b"*;q=0, gzip;q=0.000", b"identity; q=1, GZIP ;Q=0.5", b"gzip;q=0,gzip"]
    ),
}
