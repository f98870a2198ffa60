"""What the server channel takes, the worker can read: nothing that was accepted is lost as unreadable."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.batch import Batch, Outcome, capture_reported, split, told
from gateway.reject import Reject
from shared.beacon import Beacon
from shared.payload import TrustedPayload
from shared.properties import Properties, Property
from workers.measurement import Measurement, decode

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
PROPERTIES: Properties = {"demo": Property(id="demo", hosts=["*"])}
TEXT = st.text(max_size=40) | st.text("/?&;#@%.:[]\\\t\n\u2028\u0130", max_size=40)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=6)
TIMES = st.timedeltas(timedelta(days=-9), timedelta(hours=1)).map(lambda ago: (NOW + ago).isoformat())
URLS = TEXT.map(lambda text: f"https://a.example/{text}") | TEXT.map(lambda text: f"https://{text}")
CUT = [f"https://a:{'x' * 5000}@a.example/", f"https:{'/' * 5000}a.example/", f"{' ' * 5000}https://a.example/"]
"""URLs of which nothing is left where they are cut."""
FITTING: dict[str, st.SearchStrategy[Any]] = {
    "client_ip": st.ip_addresses().map(str) | TEXT,
    "occurred_at": TIMES | TEXT,
    "timings": st.dictionaries(TEXT, VALUES, max_size=3),
    "headers": st.dictionaries(st.sampled_from(["User-Agent", "dnt", "Sec-CH-UA"]) | TEXT, VALUES, max_size=3),
    "screen": st.lists(st.floats(0, 9000), min_size=2, max_size=2),
}
ODD = st.dictionaries(st.sampled_from([*TrustedPayload.__struct_fields__]) | TEXT, VALUES, max_size=5)
FIT = st.fixed_dictionaries({"property": st.just("demo"), "url": URLS}, optional=FITTING)
MEASUREMENTS = FIT | ODD | st.tuples(FIT, ODD).map(lambda two: {**two[1], **two[0]})


def captured(measurement: bytes) -> Beacon | Reject:
    return capture_reported(measurement, {"demo"}, NOW_MS, PROPERTIES, lambda: bytes(16))


def assert_readable(outcome: Beacon | Reject) -> None:
    if isinstance(outcome, Beacon):
        read = decode(outcome)
        assert isinstance(read, Measurement), read


@settings(deadline=None)
@given(MEASUREMENTS)
@example({"property": "demo", "url": CUT[0]})
@example({"property": "demo", "url": CUT[1]})
@example({"property": "demo", "url": CUT[2]})
def test_what_is_taken_can_be_read(measurement: dict[str, Any]) -> None:
    assert_readable(captured(json.dumps(measurement).encode()))


@settings(deadline=None)
@given(MEASUREMENTS, st.data())
def test_however_it_is_damaged(measurement: dict[str, Any], data: st.DataObject) -> None:
    text = bytearray(json.dumps(measurement, ensure_ascii=False).encode(errors="surrogatepass"))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text)))
        text[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=6))
    assert_readable(captured(bytes(text)))


@settings(max_examples=40, deadline=None)
@given(st.lists(MEASUREMENTS | VALUES, min_size=1, max_size=4))
def test_every_measurement_of_an_array_has_one_outcome_in_its_place(measurements: list[Any]) -> None:
    batch = split(json.dumps(measurements).encode())
    assert isinstance(batch, Batch)
    for sent, alone in zip(measurements, batch.measurements, strict=True):
        outcome: Outcome = id_of(captured(alone))
        assert outcome == id_of(captured(json.dumps(sent).encode()))
        assert ("error" in told(outcome)) == isinstance(outcome, Reject)


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text('[]{},:"\\ud8e0f\n -1', max_size=60).map(str.encode))
@example(b"[" * 100_000)
@example(b'["\\ud800' + b'","\\udfff' * 100 + b'"]')
def test_any_bytes_are_a_batch_or_refused(body: bytes) -> None:
    batch = split(body)
    for measurement in [] if isinstance(batch, Reject) else batch.measurements:
        assert_readable(captured(measurement))


def id_of(outcome: Beacon | Reject) -> Outcome:
    return outcome if isinstance(outcome, Reject) else outcome.id
