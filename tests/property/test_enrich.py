"""Enrichment is total: whatever arrives ends as a record that can be written, or as a drop with a reason."""

from time import thread_time

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.beacon import Beacon, Channel, Headers
from shared.record import BMRecord, FinishedRecord
from tests.measurements import CHROME, lookups, measurement
from workers.drop import Drop
from workers.enrich import enrich, finish
from workers.measurement import Measurement, decode
from workers.outcome import conclude

LOOKUPS = lookups()
URLS = st.one_of(st.text(), st.text().map("https://shop.example.com/{}".format), st.text().map("https://{}/".format))
USER_AGENTS = st.one_of(st.just(CHROME), st.text(), st.text().map((CHROME + "{}").format))
NUMBERS = st.floats() | st.integers(-(2**53), 2**53).map(float)
HEADERS = st.builds(
    Headers,
    user_agent=USER_AGENTS,
    accept_language=st.text(),
    dnt=st.text(max_size=2),
    gpc=st.text(max_size=2),
    purpose=st.text(max_size=20),
    ch_ua=st.text(),
    ch_ua_mobile=st.sampled_from(["", "?0", "?1", "x"]),
    ch_ua_platform=st.sampled_from(["", '"Android"', '"Windows"', '"', "\x00"]),
    ch_ua_platform_version=st.sampled_from(["", '"15.0.0"', '"', "15"]) | st.text(),
    ch_ua_model=st.sampled_from(["", '"Pixel 8"', '""']) | st.text(),
    ch_ua_form_factors=st.sampled_from(["", '"Mobile"', '"Tablet", "XR"']) | st.text(),
    requested_with=st.sampled_from(["", "com.pinterest", "XMLHttpRequest"]) | st.text(),
)
MEASUREMENTS = st.fixed_dictionaries(
    {
        "url": URLS,
        "canonical": URLS,
        "referrer": URLS,
        "title": st.text(),
        "client_address": st.one_of(st.text(), st.ip_addresses().map(str)),
        "screen": st.tuples(NUMBERS, NUMBERS),
        "time_zone": st.text() | st.just("Europe/Vienna"),
        "timings": st.dictionaries(st.text() | st.sampled_from(["loadEventEnd", "navigationStart"]), NUMBERS),
        "vitals": st.dictionaries(st.text() | st.sampled_from(["LCP", "CLS"]), NUMBERS),
        "at_ms": st.integers(0, 2**53),
        "scripted": st.booleans(),
    }
)
PAYLOADS = st.one_of(
    st.binary(),
    st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists).map(msgspec.json.encode),
    st.dictionaries(
        st.sampled_from(
            [
                "url",
                "title",
                "referrer",
                "screen",
                "time_zone",
                "timings",
                "vitals",
                "user_agent",
                "client_ip",
                "dnt",
                "odd",
            ]
        ),
        st.none() | st.text() | st.lists(st.floats(), max_size=3) | st.dictionaries(st.text(), st.floats()),
    ).map(lambda fields: msgspec.json.encode({"url": "https://shop.example.com/"} | fields)),
)
BEACONS = st.builds(
    Beacon,
    id=st.binary(min_size=16, max_size=16),
    received_at_ms=st.integers(0, 2**53),
    channel=st.sampled_from(Channel),
    property=st.just("demo") | st.text(),
    client_address=st.text() | st.ip_addresses().map(str),
    headers=HEADERS,
    payload=PAYLOADS,
)


def outcome(m: Measurement) -> FinishedRecord | Drop:
    made = enrich(m, LOOKUPS)
    return finish(made, m) if isinstance(made, BMRecord) else made


@settings(max_examples=150, deadline=None)
@given(MEASUREMENTS, HEADERS, st.sampled_from(Channel))
def test_every_measurement_becomes_a_record_that_can_be_read_back_or_a_drop(
    fields: dict[str, object], headers: Headers, channel: Channel
) -> None:
    m = msgspec.structs.replace(measurement(channel=channel, **fields), headers=headers)
    made = outcome(m)
    if isinstance(made, FinishedRecord):
        assert msgspec.json.decode(made.body, type=BMRecord)


@settings(max_examples=150, deadline=None)
@given(PAYLOADS, HEADERS, st.sampled_from(Channel))
def test_so_does_every_beacon(payload: bytes, headers: Headers, channel: Channel) -> None:
    m = decode(Beacon(bytes(16), 1_764_000_000_000, channel, "demo", "192.0.2.1", headers, payload))
    made = m if isinstance(m, Drop) else outcome(m)
    if isinstance(made, FinishedRecord):
        assert msgspec.json.decode(made.body, type=BMRecord)


@settings(max_examples=150, deadline=None)
@given(BEACONS)
def test_none_takes_ten_milliseconds_nor_stumbles(beacon: Beacon) -> None:
    """The fastest of three counts: others are at work on this machine. (`tests/unit/workers/test_hostile.py`: cold.)"""
    seconds = []
    for _ in range(3):
        begun = thread_time()
        result = conclude(beacon, LOOKUPS).result
        seconds.append(thread_time() - begun)
        assert isinstance(result, FinishedRecord | Drop)
    assert min(seconds) < 0.01


@settings(max_examples=100, deadline=None)
@given(HEADERS)
def test_the_same_measurement_always_ends_the_same_way(headers: Headers) -> None:
    m = msgspec.structs.replace(measurement(), headers=headers)
    assert outcome(m) == outcome(m)
