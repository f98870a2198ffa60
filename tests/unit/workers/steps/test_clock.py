from datetime import UTC, datetime
from zoneinfo import available_timezones

import pytest

from workers.steps.clock import tell, valid_zone


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def test_local_time_is_that_of_the_zone() -> None:
    told = tell(ms("2026-11-28T23:59:59"), "Asia/Kathmandu")
    assert (told.datetime_utc, told.date_utc, told.time_utc) == ("2026-11-28 23:59", "2026-11-28", "23:59")
    assert (told.hour_utc, told.month_utc, told.weekday_utc, told.iso_week_utc) == (23, 11, 6, "2026-W48")
    assert (told.datetime_local, told.date_local, told.time_local) == ("2026-11-29 05:44", "2026-11-29", "05:44")
    assert (told.hour_local, told.month_local, told.weekday_local, told.iso_week_local) == (5, 11, 7, "2026-W48")


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "Europe/Berlin\0", "localtime"])
def test_a_zone_that_is_none_leaves_local_time_at_utc(zone: str) -> None:
    told = tell(ms("2026-07-01T12:00:00"), zone)
    assert (told.datetime_local, told.iso_week_local) == (told.datetime_utc, told.iso_week_utc)


@pytest.mark.parametrize(
    ("utc", "local"),
    [
        ("2026-03-29T00:59:00", "2026-03-29 01:59"),
        ("2026-03-29T01:00:00", "2026-03-29 03:00"),
        ("2026-10-25T00:30:00", "2026-10-25 02:30"),
        ("2026-10-25T01:30:00", "2026-10-25 02:30"),
    ],
)
def test_summer_time_begins_and_ends(utc: str, local: str) -> None:
    assert tell(ms(utc), "Europe/Berlin").datetime_local == local


@pytest.mark.parametrize(
    ("day", "week"),
    [("2027-01-01", "2026-W53"), ("2024-12-30", "2025-W01"), ("2026-01-01", "2026-W01"), ("2023-01-01", "2022-W52")],
)
def test_the_days_around_new_year_belong_to_the_iso_weeks_year(day: str, week: str) -> None:
    assert tell(ms(day), "").iso_week_utc == week


def test_every_listed_zone_is_told() -> None:
    for zone in available_timezones() - {"localtime", "posixrules", "Factory"}:
        assert valid_zone(zone) == zone
        assert len(tell(ms("2026-06-01T10:20:30"), zone).datetime_local) == 16


@pytest.mark.parametrize("at_ms", [-1, -(10**20), 10**20, 253_402_300_799_999])
def test_times_that_no_calendar_has_are_told_anyway(at_ms: int) -> None:
    assert len(tell(at_ms, "Pacific/Kiritimati").datetime_local) == 16


def test_zones_are_given_in_their_own_case() -> None:
    assert valid_zone("america/new_york") == "America/New_York"
    assert valid_zone("utc") == "UTC"
    assert valid_zone("Europe/Nowhere") == ""
