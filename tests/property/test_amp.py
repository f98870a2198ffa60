"""AMP's requests hold whatever a page wrote: never an error, and nothing in them but what was said."""

import json
from typing import Any

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.amp import capture_amp
from gateway.reject import Reject
from shared.beacon import Beacon
from tests.property.test_capture import (
    NAMES,
    PROPERTIES,
    REQUEST,
    as_query,
    assert_sound,
    captured,
    full_payloads,
    payloads,
)

odd = (
    st.sampled_from(["", "x", "nan", "1e999", "360x", "${title}", "$TITLE", "PAGE_VIEW_ID_64"])
    | st.none()
    | st.floats()
)
numbers = st.sampled_from(["timings.a", "vitals.LCP", "screen", "webdriver"])


def from_amp(query: str, body: bytes) -> Beacon | Reject:
    return capture_amp(query, body, REQUEST, PROPERTIES, lambda: bytes(16))


@given(st.text(max_size=200), st.binary(max_size=300))
@example("property=demo&url=https://a.example/", b'{"title":"\\ud800"}')
@example("property=demo&url=https://a.example/", b'{"x":' + b"[" * 60_000)
@example("property=demo&url=https://a.example/", b'{"timings":{"a":1e999}}')
@example("property=demo&url=https://a.example/", b'{"title":' + b"9" * 60_000 + b"}")
def test_any_request_is_taken_or_refused(query: str, body: bytes) -> None:
    assert_sound(from_amp(query, body))


@given(payloads, payloads)
def test_any_json_is_taken_or_refused(fields: dict[str, Any], more: dict[str, Any]) -> None:
    known = {"property": "demo", "url": "https://a.example/"}
    nested = {"timings": more, "vitals": fields, "screen": [*fields.values()][:2]}
    for sent in ({**fields, **known}, {**more, **nested, **known}):
        assert_sound(from_amp("", json.dumps(sent).encode()))


@given(full_payloads)
def test_amp_says_the_same_as_the_script_that_sends_the_same_fields(fields: dict[str, Any]) -> None:
    script = captured(json.dumps(fields).encode())
    assert isinstance(script, Beacon)
    for query, body in ((as_query(fields), b""), ("", json.dumps(fields).encode())):
        amp = from_amp(query, body)
        assert isinstance(amp, Beacon)
        assert json.loads(amp.payload) == json.loads(script.payload)
        assert (amp.id, amp.property) == (script.id, script.property)


@given(st.dictionaries(numbers, odd))
def test_no_odd_number_costs_the_hit(fields: dict[str, Any]) -> None:
    sent = {"property": "demo", "url": "https://a.example/", **fields}
    assert isinstance(from_amp("", msgspec.json.encode(sent)), Beacon)


@given(st.sampled_from([name for name in NAMES if name not in ("property", "url")]), st.text(max_size=20))
def test_a_variable_that_amp_did_not_resolve_is_as_good_as_absent(name: str, variable: str) -> None:
    without, left = (
        from_amp("", json.dumps({"property": "demo", "url": "https://a.example/", **sent}).encode())
        for sent in ({}, {name: "${" + variable.replace("}", "") + "}"})
    )
    assert without == left
