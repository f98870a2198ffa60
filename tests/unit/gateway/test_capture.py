"""What becomes a beacon, without a socket."""

import json
from typing import Any

import pytest

from gateway.capture import Request, capture, capture_pixel, derived_id, payload_from_query
from gateway.reject import Reject, RejectReason
from shared.beacon import Beacon, Channel, Headers
from tests.unit.gateway.serving import PROPERTIES

REQUEST = Request("192.0.2.1", Headers(user_agent="Browser/1"), 1_700_000_000_123)
NEW_ID = bytes(range(16))


def taken(**names: Any) -> Beacon | Reject:
    fields = {"property": "demo", "url": "https://shop.example.com/", **names}
    return capture(Channel.SCRIPT, json.dumps(fields).encode(), REQUEST, PROPERTIES, lambda: NEW_ID)


def test_a_beacon_is_the_request_and_the_payload_as_they_came() -> None:
    payload = b'{ "property" : "demo", "url":"https://shop.example.com/" }'
    beacon = capture(Channel.SERVER, payload, REQUEST, PROPERTIES, lambda: NEW_ID)
    assert beacon == Beacon(NEW_ID, 1_700_000_000_123, Channel.SERVER, "demo", "192.0.2.1", REQUEST.headers, payload)


@pytest.mark.parametrize(
    "names",
    [
        {"id": "x" * 10_000},
        {"title": "x" * 5_000},
        {"url": "https://shop.example.com/" + "x" * 10_000},
        {"screen": [1280.5, 720], "timings": {"responseStart": "odd"}, "vitals": {"LCP": None}, "webdriver": False},
        {"title": None, "canonical": None, "referrer": None, "screen": None, "timings": None, "vitals": None},
        {"nobody_knows": {"deep": [1, {"x": "y"}]}},
        {"url": "HTTPS://SHOP.EXAMPLE.COM"},
        {"url": "http://münchen.example/straße?q=ä#f"},
        {"url": "https://user:secret@shop.example.com:8443/"},
        {"url": "https://[2001:db8::1]/"},
        {"url": "  https://shop.example.com/  "},
    ],
    ids=range(11),
)
def test_what_the_contract_allows_is_taken(names: dict[str, Any]) -> None:
    assert isinstance(taken(**names), Beacon)


@pytest.mark.parametrize("sender_id", ["page-view-1", "f" * 31, "g" * 32, "ü", " " * 32, "٣" * 32])
def test_an_id_names_the_hit_of_its_property(sender_id: str) -> None:
    beacon = taken(id=sender_id)
    assert isinstance(beacon, Beacon)
    assert beacon.id == derived_id("demo", sender_id)
    assert len(beacon.id) == 16
    assert beacon.id != derived_id("shop", sender_id)
    assert beacon.id != derived_id("demo", sender_id + " ")


def test_the_id_that_the_tag_makes_is_taken_as_it_is() -> None:
    assert derived_id("demo", "0123456789abcdef" * 2).hex() == "0123456789abcdef" * 2


def test_property_and_id_do_not_run_into_each_other() -> None:
    assert derived_id("a", "b-c") != derived_id("a-b", "c")


@pytest.mark.parametrize("sender_id", [None, ""])
def test_without_an_id_every_hit_is_its_own(sender_id: str | None) -> None:
    beacon = taken(id=sender_id)
    assert isinstance(beacon, Beacon)
    assert beacon.id == NEW_ID


def test_a_reject_names_the_field() -> None:
    refused = taken(title=5)
    assert isinstance(refused, Reject)
    assert "title" in refused.detail


@pytest.mark.parametrize("text", ["shop.example.com\x00", "\ud800"])
def test_a_reject_never_raises_when_it_is_answered(text: str) -> None:
    refused = taken(property=text)
    assert isinstance(refused, Reject)
    refused.detail.encode()


def test_a_query_becomes_the_payload_that_says_the_same() -> None:
    query = (
        "property=demo&id=1&url=https%3A%2F%2Fa.example%2F%3Fx%3D1%262&title=Sch%C3%B6ne+Schuhe&screen=1280x720"
        "&webdriver=1&timings.responseStart=12.5&timings.loadEventEnd=900&vitals.LCP=1200&nobody_knows=x"
    )
    payload = payload_from_query(query, "")
    assert isinstance(payload, bytes)
    assert json.loads(payload) == {
        "property": "demo",
        "id": "1",
        "url": "https://a.example/?x=1&2",
        "title": "Schöne Schuhe",
        "screen": [1280, 720],
        "webdriver": True,
        "timings": {"responseStart": 12.5, "loadEventEnd": 900},
        "vitals": {"LCP": 1200},
        "nobody_knows": "x",
    }


@pytest.mark.parametrize(("text", "value"), [("1", True), ("true", True), ("TRUE", True), ("0", False), ("no", False)])
def test_a_flag_in_a_query_is_on_or_off(text: str, value: bool) -> None:
    payload = payload_from_query(f"webdriver={text}", "")
    assert isinstance(payload, bytes)
    assert json.loads(payload)["webdriver"] is value


def test_a_url_in_the_query_goes_before_the_referer() -> None:
    for query, url in (
        ("property=demo&url=https://a.example/", "https://a.example/"),
        ("property=demo", "https://b.example/"),
    ):
        beacon = capture_pixel(query, "https://b.example/", REQUEST, PROPERTIES, lambda: NEW_ID)
        assert isinstance(beacon, Beacon)
        assert (beacon.channel, json.loads(beacon.payload)["url"]) == (Channel.PIXEL, url)


@pytest.mark.parametrize(
    ("query", "referer", "reason"),
    [
        ("property=demo&timings=5&timings.x=1", "https://a.example/", RejectReason.BAD_FIELD),
        ("property=demo&timings.x=1&timings=5", "https://a.example/", RejectReason.BAD_FIELD),
        ("property=demo&screen=infx1", "https://a.example/", RejectReason.BAD_FIELD),
        ("property=demo&screen=nanxnan", "https://a.example/", RejectReason.BAD_FIELD),
        ("property=demo", "about:blank", RejectReason.BAD_URL),
        ("property=demo", "https://a.example/\udcff", RejectReason.BAD_ENCODING),
        ("property=\udcff", "", RejectReason.BAD_ENCODING),
        ("%C3%28=1", "", RejectReason.BAD_ENCODING),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(query: str, referer: str, reason: RejectReason) -> None:
    refused = capture_pixel(query, referer, REQUEST, PROPERTIES, lambda: NEW_ID)
    assert isinstance(refused, Reject)
    assert refused.reason == reason
