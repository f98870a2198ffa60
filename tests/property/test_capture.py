"""Capture takes bytes from anybody: it never raises, and what it takes can be read."""

import json
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.capture import Request, capture, capture_pixel, derived_id
from gateway.reject import Reject
from shared import beacon as beacons
from shared.beacon import Beacon, Channel, Headers
from shared.properties import Property

PROPERTIES = {"demo": Property(id="demo", hosts=["*"])}
REQUEST = Request("192.0.2.1", Headers(), 1)
NAMES = [
    "property",
    "id",
    "url",
    "canonical",
    "title",
    "referrer",
    "screen",
    "time_zone",
    "timings",
    "vitals",
    "webdriver",
]

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
urls = st.sampled_from(["https://shop.example.com/", "http://a.example", "/relative", "", "https://ä.example/ü?x=1#f"])
payloads = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), values, max_size=8)


def captured(payload: bytes) -> Beacon | Reject:
    return capture(Channel.SCRIPT, payload, REQUEST, PROPERTIES, lambda: bytes(16))


def assert_sound(found: Beacon | Reject) -> None:
    """Either can go where it goes next."""
    if isinstance(found, Reject):
        assert 400 <= found.status < 500
        msgspec.json.encode({"error": found.reason, "detail": found.detail})
        return
    assert beacons.decode(beacons.encode(found)) == found
    assert len(found.id) == 16
    sent = json.loads(found.payload)
    assert sent["property"] == found.property == "demo"
    assert sent["url"]


@given(st.binary(max_size=300))
@example(b'{"property":"demo","url":"https://a.example/","title":"\\ud800"}')
@example(b'{"property":"demo","url":"https://\\ud800.example/"}')
@example(b'{"property":"demo","url":"https://a.example/","screen":[1e999,1]}')
@example(b'{"property":"demo","url":"https://a.example/","x":' + b"[" * 60_000)
def test_any_bytes_are_taken_or_refused(payload: bytes) -> None:
    assert_sound(captured(payload))


@given(payloads, st.booleans(), urls)
def test_any_json_is_taken_or_refused(fields: dict[str, Any], is_known: bool, url: str) -> None:
    known = {"property": "demo", "url": url} if is_known else {}
    assert_sound(captured(json.dumps({**fields, **known}).encode()))


@given(payloads, st.data())
def test_a_payload_damaged_on_the_way_is_taken_or_refused(fields: dict[str, Any], data: st.DataObject) -> None:
    payload = bytearray(json.dumps({"property": "demo", "url": "https://a.example/", **fields}).encode())
    payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    assert_sound(captured(bytes(payload)))


@given(st.text(max_size=200), st.text(max_size=50))
@example("property=demo&timings=1&timings.x=2", "https://a.example/")
@example("property=demo&screen=1e400x1", "https://a.example/")
@example("property=demo&title=\udcff", "https://a.example/")
@example("property=demo&timings.\udcff=x", "https://a.example/")
def test_any_query_is_taken_or_refused(query: str, referer: str) -> None:
    assert_sound(capture_pixel(query, referer, REQUEST, PROPERTIES, lambda: bytes(16)))


pairs = st.tuples(
    st.sampled_from([*NAMES, "timings.a", "timings.b", "vitals.LCP", "timings.", ".", "screen.x"]),
    st.sampled_from(["", "1", "x", "nan", "inf", "-1", "1x2", "1x", "x2", "true", "demo", "https://a.example/", "%ff"]),
)


@given(st.lists(pairs, max_size=6))
def test_any_fields_of_a_query_are_taken_or_refused(fields: list[tuple[str, str]]) -> None:
    query = "&".join(f"{name}={value}" for name, value in [("property", "demo"), *fields])
    assert_sound(capture_pixel(query, "https://a.example/", REQUEST, PROPERTIES, lambda: bytes(16)))


@given(st.text(), st.text(), st.text(), st.text())
def test_the_same_property_and_id_are_the_same_hit_and_no_other(one: str, its: str, other: str, theirs: str) -> None:
    assert derived_id(one, its) == derived_id(one, its)
    if its != theirs and not {len(its), len(theirs)} & {32}:
        clean = [text.encode(errors="replace") for text in (its, theirs)]
        assert (derived_id(one, its) == derived_id(one, theirs)) == (clean[0] == clean[1])


ordinary = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
times = st.floats(0, 1e6, allow_nan=False).map(lambda number: round(number, 1))
names = st.text(st.sampled_from("abcABC"), min_size=1, max_size=10)
optional = {
    "id": ordinary,
    "title": ordinary,
    "canonical": ordinary,
    "referrer": ordinary,
    "time_zone": ordinary,
    "screen": st.tuples(st.integers(0, 9_999), st.integers(0, 9_999)).map(list),
    "webdriver": st.booleans(),
    "timings": st.dictionaries(names, times, min_size=1, max_size=4),
    "vitals": st.dictionaries(names, times, min_size=1, max_size=4),
}
full_payloads = st.fixed_dictionaries(
    {
        "property": st.just("demo"),
        "url": st.just("https://a.example/") | ordinary.map(lambda t: "https://a.example/" + quote(t)),
    },
    optional=optional,
)


def as_query(fields: dict[str, Any]) -> str:
    """As the ingest contract writes it."""
    flat: dict[str, str] = {}
    for name, value in fields.items():
        if isinstance(value, dict):
            flat.update({f"{name}.{key}": repr(number) for key, number in value.items()})
        elif name == "screen":
            flat[name] = "x".join(map(str, value))
        else:
            flat[name] = str(int(value)) if isinstance(value, bool) else value
    return urlencode(flat)


@given(full_payloads)
def test_a_pixel_says_the_same_as_the_script_that_sends_the_same_fields(fields: dict[str, Any]) -> None:
    script = captured(json.dumps(fields).encode())
    pixel = capture_pixel(as_query(fields), "", REQUEST, PROPERTIES, lambda: bytes(16))
    assert isinstance(script, Beacon)
    assert isinstance(pixel, Beacon)
    assert json.loads(pixel.payload) == json.loads(script.payload)
    assert (pixel.id, pixel.property) == (script.id, script.property)
