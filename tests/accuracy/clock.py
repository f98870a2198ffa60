"""The clock against the C library's, which reads the same zones with code of its own."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from shared.record import Datetime
from tests.accuracy.figure import Case, Figure, at_least
from workers.steps.clock import listed_zones, tell

FACE = "%Y-%m-%d %H:%M|%Y-%m-%d|%H:%M|%H|%m|%u|%G-W%V"
FIRST, LAST = 1970, 2037
YEARS = 17
"""Of each zone; four zones in a row make the whole span."""
STEP = 14 * 86_400
AROUND = (-86_400, -3600, -60, 0, 60, 3600)


def measure() -> list[Figure]:
    """All zones; each in a quarter of the years, around every change of its clocks."""
    zones = listed_zones()
    with _zone_of_the_process():
        changes = [Case(*_told(at, zone)) for n, zone in enumerate(zones) for at in _around_changes(zone, n % 4)]
        new_years = [Case(*_told(at, zone)) for zone in zones[::20] for at in _new_years()]
    source = "the C library"
    return [
        at_least(1, "local and UTC time around changes, every zone", source, changes),
        at_least(1, "ISO weeks around New Year", source, new_years),
    ]


def _told(at: int, zone: str) -> tuple[bool, str]:
    _enter(zone)
    utc, local = (_fields(time.strftime(FACE, told(at // 60 * 60))) for told in (time.gmtime, time.localtime))
    return tell(at * 1000, zone) == Datetime(*utc, *local), f"{zone} {at}"


def _fields(face: str) -> tuple[str, str, str, int, int, int, str]:
    moment, date, minute, hour, month, weekday, week = face.split("|")
    return moment, date, minute, int(hour), int(month), int(weekday), week


def _around_changes(zone: str, quarter: int) -> Iterator[int]:
    _enter(zone)
    begin = _new_year(FIRST + quarter * YEARS)
    for at in range(begin, min(begin + YEARS * 366 * 86_400, _new_year(LAST + 1)), STEP):
        if _offset(at) != _offset(at + STEP):
            change = _change_between(at, at + STEP)
            yield from (change + near for near in AROUND if change + near >= 0)


def _change_between(before: int, after: int) -> int:
    """The first second of the new offset."""
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _offset(middle) == _offset(before) else (before, middle)
    return after


def _new_years() -> Iterator[int]:
    for year in range(FIRST + 1, LAST + 1):
        yield from (_new_year(year) + days * 86_400 + 43_200 for days in range(-4, 5))


def _new_year(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())


def _offset(at: int) -> int:
    return time.localtime(at).tm_gmtoff


def _enter(zone: str) -> None:
    if os.environ.get("TZ") != zone:
        os.environ["TZ"] = zone
        time.tzset()


@contextmanager
def _zone_of_the_process() -> Iterator[None]:
    before = os.environ.get("TZ")
    try:
        yield
    finally:
        os.environ.pop("TZ", None) if before is None else os.environ.update(TZ=before)
        time.tzset()
