"""What AMP sends, without a socket."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from gateway.amp import capture_amp, payload_of
from gateway.capture import Request
from gateway.query import FIELDS_LIMIT
from gateway.reject import Reject, RejectReason
from shared.beacon import Beacon, Channel, Headers
from tests.unit.gateway.serving import PROPERTIES

REQUEST = Request("192.0.2.1", Headers(user_agent="Browser/1"), 1_700_000_000_123)
NEW_ID = bytes(range(16))
URL = "https://shop.example.com/story"
SAID = {"property": "demo", "url": URL}


def said(query: str = "", body: bytes = b"") -> dict[str, Any]:
    payload = payload_of(query, body)
    assert isinstance(payload, bytes), payload
    found: dict[str, Any] = json.loads(payload)
    return found


def body_of(**names: Any) -> bytes:
    return json.dumps(names).encode()


def captured(query: str = "", body: bytes = b"") -> Beacon | Reject:
    return capture_amp(query, body, REQUEST, PROPERTIES, lambda: NEW_ID)


FLAT: dict[str, Any] = {
    **SAID,
    "title": "Schöne Schuhe",
    "screen": "360x640",
    "webdriver": "true",
    "timings.navigationStart": "1700000000000",
    "timings.responseStart": "1700000000120",
    "vitals.LCP": "1200.5",
    "theirs": "x",
}
NESTED: dict[str, Any] = {
    **SAID,
    "title": "Schöne Schuhe",
    "screen": [360, 640],
    "webdriver": True,
    "timings": {"navigationStart": 1_700_000_000_000, "responseStart": 1_700_000_000_120},
    "vitals": {"LCP": 1200.5},
    "theirs": "x",
}


@pytest.mark.parametrize(
    ("query", "body"),
    [
        (urlencode(FLAT), b""),
        ("", body_of(**FLAT)),
        ("", body_of(**NESTED)),
        ("", body_of(**{**NESTED, "timings": {name: str(ms) for name, ms in NESTED["timings"].items()}})),
        ("", body_of(**{**NESTED, "screen": ["360", "640"], "webdriver": "1"})),
        (urlencode(SAID), body_of(**{name: value for name, value in FLAT.items() if name not in SAID})),
    ],
    ids=["query", "body", "nested", "nested text", "screen of texts", "both"],
)
def test_however_it_is_sent_the_payload_is_the_same(query: str, body: bytes) -> None:
    assert said(query, body) == NESTED


def test_of_what_both_say_the_body_counts_name_by_name() -> None:
    query = urlencode({**SAID, "title": "Query", "timings.a": 1, "timings.b": 2})
    assert said(query, body_of(title="Body", timings={"b": 3})) == {
        **SAID,
        "title": "Body",
        "timings": {"a": 1, "b": 3},
    }


@pytest.mark.parametrize("nothing", ["", None, "${title}", "${navTiming(loadEventEnd)}", "$TITLE", "TITLE"])
def test_what_the_body_leaves_open_the_query_may_say(nothing: str | None) -> None:
    assert said(urlencode({**SAID, "title": "Query"}), body_of(title=nothing))["title"] == "Query"


UNRESOLVED = ["${pageViewId64}", "${}", "$PAGE_VIEW_ID_64", "$NAV_TIMING(loadEventEnd)", "PAGE_VIEW_ID_64"]


@pytest.mark.parametrize("unresolved", UNRESOLVED)
def test_hits_whose_id_was_never_filled_in_are_not_taken_for_one(unresolved: str) -> None:
    for found in (captured(urlencode({**SAID, "id": unresolved})), captured("", body_of(**SAID, id=unresolved))):
        assert isinstance(found, Beacon)
        assert found.id == NEW_ID


@pytest.mark.parametrize(
    "title", ["$5 off", "TITLES", "Costs ${price} today", "${a} ${b}", "a ${title}", "SOURCE_URL!"]
)
def test_a_text_that_only_looks_a_little_like_a_variable_is_kept(title: str) -> None:
    assert said("", body_of(**SAID, title=title))["title"] == title


@pytest.mark.parametrize(
    "odd", ["", "x", "NaN", "-Infinity", "1e999", "${navTiming(loadEventEnd)}", None, [1], {"a": 1}]
)
def test_a_number_that_is_none_costs_itself_only(odd: Any) -> None:
    sent = {**SAID, "timings": {"good": "1", "odd": odd}, "vitals.odd": odd, "vitals.LCP": "2"}
    assert said("", body_of(**sent)) == {**SAID, "timings": {"good": 1}, "vitals": {"LCP": 2}}


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "x",
        "360x",
        "x640",
        "360x640x1",
        "360",
        "${screenWidth}x${screenHeight}",
        "nanx1",
        [360],
        [1, 2, 3],
        {},
        5,
        True,
    ],
)
def test_a_screen_that_is_none_costs_itself_only(odd: Any) -> None:
    assert said("", body_of(**SAID, screen=odd)) == SAID
    assert said(urlencode({**SAID, "screen": odd})) == SAID


@pytest.mark.parametrize("odd", ["[object Object]", 5, [1], None, True])
def test_timings_that_are_no_object_cost_themselves_only(odd: Any) -> None:
    assert said("", body_of(**SAID, timings=odd, **{"timings.a": 1})) == {**SAID, "timings": {"a": 1}}


def test_what_a_page_adds_for_itself_is_no_reason_to_refuse() -> None:
    found = captured(
        "__amp_source_origin=https%3A%2F%2Fshop.example.com", body_of(**SAID, theirs={"deep": [{"x": None}]})
    )
    assert isinstance(found, Beacon)
    assert found.channel == Channel.AMP


def test_numbers_where_texts_belong_are_read_as_in_a_query_string() -> None:
    assert said("", body_of(**SAID, id=7, title=5.5)) == {**SAID, "id": "7", "title": "5.5"}


def test_half_an_emoji_does_not_cost_the_hit() -> None:
    found = captured("", b'{"property":"demo","url":"https://a.example/","title":"Hello \\ud83d"}')
    assert isinstance(found, Beacon)
    assert json.loads(found.payload)["title"] == "Hello \ufffd"


@pytest.mark.parametrize(
    ("query", "body", "reason"),
    [
        ("", b"", RejectReason.BAD_PROPERTY),
        ("property=no+id&url=" + URL, b"", RejectReason.BAD_PROPERTY),
        ("property=other&url=" + URL, b"", RejectReason.UNKNOWN_PROPERTY),
        ("property=demo", b"", RejectReason.BAD_URL),
        ("property=demo&url=${sourceUrl}", b"", RejectReason.BAD_URL),
        ("property=demo&url=file:///etc/passwd", b"", RejectReason.BAD_URL),
        ("", body_of(property="demo", url=[URL]), RejectReason.BAD_URL),
        ("", body_of(property=["demo"], url=URL), RejectReason.BAD_PROPERTY),
        ("", body_of(**SAID, title=["a"]), RejectReason.BAD_FIELD),
        (urlencode(SAID) + "&a=1" * FIELDS_LIMIT, b"", RejectReason.BAD_FIELD),
        ("", body_of(**SAID, **{f"a{number}": 1 for number in range(FIELDS_LIMIT)}), RejectReason.BAD_FIELD),
        ("", body_of(**SAID, timings={f"a{number}": 1 for number in range(FIELDS_LIMIT)}), RejectReason.BAD_FIELD),
        (urlencode(SAID), b"[]", RejectReason.BAD_JSON),
        (urlencode(SAID), body_of(**SAID)[:-1], RejectReason.BAD_JSON),
        (urlencode(SAID), b"null", RejectReason.BAD_JSON),
        (urlencode(SAID), b" ", RejectReason.BAD_JSON),
        (urlencode(SAID), b"\xef\xbb\xbf{}", RejectReason.BAD_JSON),
        (urlencode(SAID), b'{"x":' + b"[" * 60_000, RejectReason.BAD_JSON),
        (urlencode(SAID), b'{"x":' + b"[" * 30_000 + b"]" * 30_000 + b"}", RejectReason.BAD_JSON),
        (urlencode(SAID), b'{"title":"\xff"}', RejectReason.BAD_ENCODING),
        (urlencode(SAID), "{}".encode("utf-16"), RejectReason.BAD_ENCODING),
        (urlencode(SAID) + "&title=%FF", b"", RejectReason.BAD_ENCODING),
        (urlencode(SAID) + "&title=\udcff", b"", RejectReason.BAD_ENCODING),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_reason(query: str, body: bytes, reason: RejectReason) -> None:
    refused = captured(query, body)
    assert isinstance(refused, Reject)
    assert refused.reason == reason


def test_a_page_that_sends_twice_is_one_hit() -> None:
    first, again = captured(urlencode({**SAID, "id": "qO3b_1-x"})), captured("", body_of(**SAID, id="qO3b_1-x"))
    assert isinstance(first, Beacon)
    assert isinstance(again, Beacon)
    assert first.id == again.id != NEW_ID
