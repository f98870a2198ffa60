from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.record import Datetime
from workers.steps.clock import listed_zones, tell, valid_zone

SECONDS_TO_2099 = 4_070_908_800
MOMENTS = st.integers() | st.integers(0, SECONDS_TO_2099 * 1000)
ZONES = st.sampled_from(listed_zones()) | st.text(max_size=64)


def faces(told: Datetime) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(told.datetime_utc), datetime.fromisoformat(told.datetime_local)


@given(MOMENTS, ZONES)
def test_every_moment_is_told_in_every_zone_and_the_parts_agree(at_ms: int, zone: str) -> None:
    told = tell(at_ms, zone)
    utc, local = faces(told)
    assert (f"{told.date_utc} {told.time_utc}", told.hour_utc) == (told.datetime_utc, utc.hour)
    assert (f"{told.date_local} {told.time_local}", told.hour_local) == (told.datetime_local, local.hour)
    assert (told.month_utc, told.month_local) == (utc.month, local.month)
    assert day(told.iso_week_utc, told.weekday_utc) == utc.date()
    assert day(told.iso_week_local, told.weekday_local) == local.date()


def day(iso_week: str, weekday: int) -> date:
    year, week = iso_week.split("-W")
    return date.fromisocalendar(int(year), int(week), weekday)


@given(MOMENTS, ZONES)
def test_local_time_is_never_far_away_and_utc_where_there_is_no_zone(at_ms: int, zone: str) -> None:
    utc, local = faces(tell(at_ms, zone))
    assert abs(local - utc) <= timedelta(hours=16)
    assert valid_zone(zone) or local == utc


@given(ZONES)
def test_a_zone_is_valid_in_any_case_and_stays_so(zone: str) -> None:
    assert valid_zone(valid_zone(zone)) == valid_zone(zone)
    assert valid_zone(zone.swapcase()) == valid_zone(zone) or not zone.isascii()
