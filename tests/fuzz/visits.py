"""Targets in the worker: what a beacon says, and all that enrichment reads out of its text."""

import msgspec

from shared.beacon import Beacon, Channel, Headers
from shared.record import BMRecord
from tests.fuzz.target import Target, parts
from tests.measurements import CHROME, lookups
from workers.drop import Drop
from workers.enrich import enrich, finish
from workers.measurement import decode

LOOKUPS = lookups()
CHANNELS = tuple(Channel)


def measured(sent: bytes) -> None:
    """A payload of any channel."""
    for channel in (Channel.SCRIPT, Channel.SERVER):
        _conclude(channel, Headers(CHROME), "192.0.2.1", sent)


def visit(sent: bytes) -> None:
    """What a browser says of itself, and what its page says."""
    agent, languages, brands, model, app, address, url, title = (
        part.decode("utf-8", "replace") for part in parts(sent, 8)
    )
    headers = Headers(
        agent, languages, ch_ua=brands, ch_ua_model=model, requested_with=app, ch_ua_platform_version=model
    )
    payload = {"property": "demo", "url": url, "title": title, "referrer": title, "canonical": title, "time_zone": app}
    _conclude(Channel.SCRIPT, headers, address, msgspec.json.encode(payload))


def _conclude(channel: Channel, headers: Headers, address: str, payload: bytes) -> None:
    m = decode(Beacon(bytes(16), 1_764_000_000_000, channel, "demo", address, headers, payload))
    if isinstance(m, Drop):
        return
    record = enrich(m, LOOKUPS)
    if isinstance(record, BMRecord):
        msgspec.json.decode(finish(record, m).body)


TARGETS = {
    "measured": Target(
        measured,
        [
            b'{"property":"demo","url":"https://shop.example.com/a?utm_source=x&q=y#z","title":"Shoes","screen":[1,2]}',
            b'{"property":"demo","url":"https://a.example/","timings":{"navigationStart":1764000000000,"loadEventEnd":null}}',
            b'{"url":"http://a.example/","client_ip":"::1","occurred_at":"2025-11-24T16:00:00.5Z","dnt":1,"gpc":true}',
            b'{"url":"https://a.example/?next=https%3A%2F%2Fb.example%2F%3Fmail%3Da%40b.example","vitals":{"LCP":1e3}}',
        ],
    ),
    "visit": Target(
        visit,
        [
            b"\0".join(
                [
                    CHROME.encode(),
                    b"en-GB,en;q=0.8,*;q=0",
                    b'"Chromium";v="131", "Not A;Brand";v="8"',
                    b'"Pixel 8"',
                    b"Europe/Vienna",
                    b"192.0.2.1",
                    b"https://shop.example.com/@me/123?email=a%40b.example&token=abcdef",
                    b"https://www.google.com/?q=x",
                ]
            ),
            b"\0zh-Hant-TW;q=1\0\0\0com.pinterest\x002001:db8::1\0https://a.example/%252e%00/{x}\0\xf0\x9f\x98\x80",
        ],
    ),
}
