"""Every way to send what is no measurement, with what the sender is told."""

from collections.abc import Sequence
from typing import Any

import pytest

from gateway.answers import PIXEL
from tests.unit.gateway.beacons import BEACON, assert_explained, assert_refused, payload
from tests.unit.gateway.serving import Serving
from tests.unit.gateway.wire import ask, request


def named(cases: Sequence[tuple[Any, int, str]]) -> list[str]:
    return [f"{reason}-{place}" for place, (_, _, reason) in enumerate(cases)]


REFUSED_BODIES = [
    (b"", 400, "bad_json"),
    (b"{", 400, "bad_json"),
    (b"[]", 400, "bad_json"),
    (b'"text"', 400, "bad_json"),
    (payload() + b"x", 400, "bad_json"),
    (b'{"x":' * 9_000, 400, "bad_json"),
    (b"\xef\xbb\xbf" + payload(), 400, "bad_json"),
    (b"{}", 400, "bad_property"),
    (payload(property=5), 400, "bad_property"),
    (payload(property="Not An Id"), 400, "bad_property"),
    (payload(property="a" * 64), 400, "bad_property"),
    (payload(property="nobody"), 404, "unknown_property"),
    (b'{"property":"demo"}', 400, "bad_url"),
    (payload(url=None), 400, "bad_url"),
    (payload(url=7), 400, "bad_url"),
    (payload(url="/relative"), 400, "bad_url"),
    (payload(url="javascript:alert(1)"), 400, "bad_url"),
    (payload(url="ftp://shop.example.com/"), 400, "bad_url"),
    (payload(url="https://"), 400, "bad_url"),
    (payload(title=5), 400, "bad_field"),
    (payload(id=5), 400, "bad_field"),
    (payload(screen=[1]), 400, "bad_field"),
    (payload(screen=["1", "2"]), 400, "bad_field"),
    (payload(webdriver="yes"), 400, "bad_field"),
    (payload(timings="fast"), 400, "bad_field"),
    (payload(vitals=[1]), 400, "bad_field"),
    (payload(title="x").replace(b'"x"', b'"\xff"'), 400, "bad_encoding"),
    (payload(unlisted="x").replace(b'"x"', b'"\xff"'), 400, "bad_encoding"),
    (payload(title="x" * 65_536), 413, "too_large"),
]

REFUSED_QUERIES = [
    ("", 400, "bad_property"),
    ("property=demo", 400, "bad_url"),
    ("property=demo&url=about:blank", 400, "bad_url"),
    ("property=nobody&url=https://a.example/", 404, "unknown_property"),
    ("property=demo&url=https://a.example/&screen=wide", 400, "bad_field"),
    ("property=demo&url=https://a.example/&screen=1280", 400, "bad_field"),
    ("property=demo&url=https://a.example/&timings.responseStart=soon", 400, "bad_field"),
    ("property=demo&url=https://a.example/&timings=5", 400, "bad_field"),
    ("property=demo&url=https://a.example/&timings=5&timings.responseStart=1", 400, "bad_field"),
    ("property=demo&url=https://a.example/&vitals=5&vitals.LCP=1", 400, "bad_field"),
    ("property=demo&url=https://a.example/" + "&x=1" * 200, 400, "bad_field"),
    ("property=demo&url=https://a.example/&title=%FF", 400, "bad_encoding"),
]


@pytest.mark.parametrize(("body", "status", "reason"), REFUSED_BODIES, ids=named(REFUSED_BODIES))
async def test_a_beacon_is_refused_with_its_reason(gateway: Serving, body: bytes, status: int, reason: str) -> None:
    reply = await ask(gateway.port, request("POST", BEACON, body))
    assert_refused(gateway, "script", reply, status, reason)
    assert_explained(reply, reason)
    assert "retry-after" not in reply.headers


@pytest.mark.parametrize(("query", "status", "reason"), REFUSED_QUERIES, ids=named(REFUSED_QUERIES))
async def test_a_pixel_is_refused_with_its_reason_and_is_still_an_image(
    gateway: Serving, query: str, status: int, reason: str
) -> None:
    reply = await ask(gateway.port, request("GET", "/v1/pixel.gif?" + query))
    assert_refused(gateway, "pixel", reply, status, reason)
    assert (reply.headers["content-type"], reply.body) == ("image/gif", PIXEL)
