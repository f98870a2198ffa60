import json

import pytest

from shared.beacon import Beacon, Channel, Headers
from shared.record import FinishedRecord
from tests.measurements import CHROME, lookups
from workers.drop import Drop, DropReason
from workers.outcome import Bug, conclude

PAYLOAD = b'{"property":"demo","url":"https://shop.example.com/a","title":"Shoes","odd":1}'


def beacon(payload: bytes = PAYLOAD, user_agent: str = CHROME) -> Beacon:
    headers = Headers(user_agent=user_agent)
    return Beacon(b"\x07" * 16, 1_764_000_000_000, Channel.SCRIPT, "demo", "203.0.113.77", headers, payload)


def test_a_person_s_beacon_comes_to_a_finished_record_under_the_beacon_s_id() -> None:
    outcome = conclude(beacon(), lookups())
    assert isinstance(outcome.result, FinishedRecord)
    assert outcome.result.id == "07" * 16
    assert json.loads(outcome.result.body)["PageProperties"]["Title"] == "Shoes"
    assert outcome.unknown_names == 1


@pytest.mark.parametrize(
    ("sent", "reason"),
    [(beacon(b"{}"), DropReason.BAD_MEASUREMENT), (beacon(user_agent="curl/8.5.0"), DropReason.HTTP_LIBRARY)],
)
def test_what_makes_no_record_comes_to_a_drop(sent: Beacon, reason: DropReason) -> None:
    result = conclude(sent, lookups()).result
    assert isinstance(result, Drop)
    assert result.reason is reason


@pytest.mark.parametrize("error", [KeyError("x"), UnicodeEncodeError("utf-8", "x", 0, 1, "y"), ZeroDivisionError()])
def test_of_a_bug_in_a_step_its_place_is_kept_and_the_shape_of_what_it_failed_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("workers.steps.performance.measure", fail)
    result = conclude(beacon(), lookups()).result
    assert isinstance(result, Bug)
    assert result.step == "enrich"
    kept = json.loads(result.kept.body)
    assert kept["error"].startswith(f"{type(error).__name__} in test_outcome.py:")
    assert kept["error"] in caplog.text
    assert kept["payload"] == {
        "property": "aaaa",
        "url": "aaaaa://aaaa.aaaaaaa.aaa/a",
        "title": "Aaaaa",
        "aaa": 1,
    }
    assert list(kept["headers"]) == ["user_agent"]
    assert "203.0.113.77" not in str(kept)
    assert "Chrome" not in str(kept)


def test_a_bug_in_decoding_costs_its_measurement_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.measurement.is_web_url", lambda _: 1 / 0)
    result = conclude(beacon(), lookups()).result
    assert isinstance(result, Bug)
    assert result.step == "measurement"
