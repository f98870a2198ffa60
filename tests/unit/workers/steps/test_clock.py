from datetime import UTC, datetime
from zoneinfo import available_timezones

import pytest

from workers.steps.clock import listed_zones, tell, valid_zone


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def test_local_time_is_that_of_the_zone() -> None:
    told = tell(ms("2026-11-28T23:59:59"), "Asia/Kathmandu")
    assert (told.datetime_utc, told.date_utc, told.time_utc) == ("2026-11-28 23:59", "2026-11-28", "23:59")
    assert (told.hour_utc, told.month_utc, told.weekday_utc, told.iso_week_utc) == (23, 11, 6, "2026-W48")
    assert (told.datetime_local, told.date_local, told.time_local) == ("2026-11-29 05:44", "2026-11-29", "05:44")
    assert (told.hour_local, told.month_local, told.weekday_local, told.iso_week_local) == (5, 11, 7, "2026-W48")


NO_ZONES = [
    *("", "Mars/Olympus", "Etc/Unknown", "Factory", "localtime", "posixrules", "Europe", "Europe/", "/Europe/Berlin"),
    *("../../etc/passwd", "Europe/../Europe/Berlin", "posix/Europe/Berlin", "right/Europe/Berlin", "zone.tab"),
    *("Europe/Berlin\0", " Europe/Berlin", "Europe\\Berlin", "GMT+2", "UTC+3", "+02:00", "CEST", "EST5EDT4", "\u0130"),
]


@pytest.mark.parametrize("zone", NO_ZONES)
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
    ("utc", "zone", "local"),
    [
        ("2026-04-04T14:59:00", "Australia/Lord_Howe", "2026-04-05 01:59"),
        ("2026-04-04T15:00:00", "Australia/Lord_Howe", "2026-04-05 01:30"),
        ("2026-01-01T00:00:00", "Pacific/Chatham", "2026-01-01 13:45"),
        ("2011-12-30T09:59:00", "Pacific/Apia", "2011-12-29 23:59"),
        ("2011-12-30T10:00:00", "Pacific/Apia", "2011-12-31 00:00"),
        ("2026-12-31T12:00:00", "Pacific/Kiritimati", "2027-01-01 02:00"),
        ("2026-07-01T12:00:00", "Africa/Casablanca", "2026-07-01 13:00"),
    ],
)
def test_zones_that_do_it_otherwise_are_told_too(utc: str, zone: str, local: str) -> None:
    assert tell(ms(utc), zone).datetime_local == local


@pytest.mark.parametrize(
    ("day", "week"),
    [("2027-01-01", "2026-W53"), ("2024-12-30", "2025-W01"), ("2026-01-01", "2026-W01"), ("2023-01-01", "2022-W52")],
)
def test_the_days_around_new_year_belong_to_the_iso_weeks_year(day: str, week: str) -> None:
    assert tell(ms(day), "").iso_week_utc == week


def test_every_listed_zone_is_told() -> None:
    assert set(listed_zones()) == available_timezones() - {"localtime", "posixrules", "Factory"}
    for zone in listed_zones():
        assert valid_zone(zone) == zone
        assert len(tell(ms("2026-06-01T10:20:30"), zone).datetime_local) == 16


@pytest.mark.parametrize("at_ms", [-1, -(10**20), 10**20, 253_402_300_799_999])
def test_times_that_no_calendar_has_are_told_anyway(at_ms: int) -> None:
    assert len(tell(at_ms, "Pacific/Kiritimati").datetime_local) == 16


def test_zones_are_given_in_their_own_case() -> None:
    assert valid_zone("america/new_york") == "America/New_York"
    assert valid_zone("utc") == "UTC"


@pytest.mark.parametrize("zone", ["US/Pacific", "Asia/Calcutta", "Europe/Oslo", "Etc/GMT-14", "EST5EDT", "Europe/Kyiv"])
def test_names_that_mean_the_same_are_kept_as_sent(zone: str) -> None:
    """IANA has merged zones of whole countries: what it calls Europe/Oslo today is Europe/Berlin."""
    assert valid_zone(zone) == zone
