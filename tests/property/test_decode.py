"""Decoding and the steps that need no lookups take whatever comes, and what they make can be written."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from shared.beacon import HEADER_NAMES, Beacon, Channel, Headers
from shared.payload import Payload, TrustedPayload
from tests.measurements import rules
from workers.drop import Drop
from workers.measurement import Measurement, decode
from workers.steps import acquisition, clock, page, performance
from workers.steps.sources import Sources

RULES = rules()
SOURCES = Sources()
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
PAYLOADS = st.dictionaries(st.sampled_from([*TrustedPayload.__struct_fields__]) | st.text(), VALUES, max_size=8)
FITTING: dict[str, st.SearchStrategy[Any]] = {
    "url": st.text().map(lambda text: f"https://a.example/{text}"),
    "canonical": st.text(),
    "title": st.text(),
    "referrer": st.text() | st.text().map(lambda text: f"https://www.google.com/{text}"),
    "time_zone": st.text() | st.sampled_from(["Asia/Tokyo", "UTC"]),
    "timings": st.dictionaries(st.sampled_from(sorted(performance.MARKS)), st.floats(-1e13, 1e13)),
    "headers": st.dictionaries(st.sampled_from(HEADER_NAMES) | st.text(), SCALARS | st.lists(SCALARS, max_size=2)),
    "screen": st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)),
}
HEADERS = st.builds(Headers, st.text(alphabet=st.characters()), st.text())


def beacon(payload: bytes, channel: Channel, headers: Headers, received_at_ms: int) -> Beacon:
    return Beacon(bytes(16), received_at_ms, channel, "demo", "192.0.2.1", headers, payload)


BEACONS = st.builds(
    beacon,
    st.binary() | PAYLOADS.map(msgspec.json.encode) | st.fixed_dictionaries(FITTING).map(msgspec.json.encode),
    st.sampled_from(Channel),
    HEADERS,
    st.integers(-(2**63), 2**63),
)


@given(BEACONS)
def test_every_beacon_ends_in_a_measurement_or_a_drop(sent: Beacon) -> None:
    result = decode(sent)
    if isinstance(result, Drop):
        assert result.detail
        return
    assert result.url
    assert msgspec.json.encode(result)


@given(st.fixed_dictionaries(FITTING), st.sampled_from(Channel), st.integers(-(2**63), 2**63))
def test_the_steps_take_every_measurement(payload: dict[str, Any], channel: Channel, received_at_ms: int) -> None:
    m = decode(beacon(msgspec.json.encode(payload), channel, Headers(), received_at_ms))
    if not isinstance(m, Measurement):
        return
    described = page.describe(m, RULES.url_rules)
    parts = (
        described,
        acquisition.attribute(m, described.url_host, RULES, SOURCES),
        performance.measure(m),
        clock.tell(m.at_ms, m.time_zone),
    )
    assert described.url_host == "a.example"
    assert msgspec.json.decode(msgspec.json.encode(parts))


def test_the_names_of_the_contract_are_all_there() -> None:
    browser = "property id url canonical title referrer screen time_zone timings vitals webdriver"
    server = "client_ip user_agent accept_language dnt gpc headers occurred_at"
    assert set(Payload.__struct_fields__) == set(browser.split())
    assert set(TrustedPayload.__struct_fields__) - set(Payload.__struct_fields__) == set(server.split())
