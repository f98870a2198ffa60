"""Clock: when it happened, to the minute, in UTC and where the visitor is."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from shared.record import Datetime

_LATEST_MINUTE = int(datetime(9998, 1, 1, tzinfo=UTC).timestamp()) // 60
_NO_PLACES = frozenset({"localtime", "factory", "posixrules"})
"""What a machine's own zone directory holds beside IANA's names."""


def tell(at_ms: int, time_zone: str) -> Datetime:
    """`at_ms` since the Unix epoch; local is UTC where the zone is no IANA name. Years outside 1970 to 9997 are cut."""
    return _tell(min(max(at_ms // 60_000, 0), _LATEST_MINUTE), time_zone)


def valid_zone(name: str) -> str:
    """The IANA name in its own case, or "". Only listed names are ever opened."""
    return _zones().get(name.lower(), "")


def listed_zones() -> list[str]:
    """Every name that `valid_zone` knows, sorted."""
    return sorted(_zones().values())


@lru_cache(maxsize=4096)
def _tell(minute: int, time_zone: str) -> Datetime:
    zone = valid_zone(time_zone)
    utc = datetime.fromtimestamp(minute * 60, UTC)
    told = _face(utc)
    return Datetime(*told, *(_face(utc.astimezone(ZoneInfo(zone))) if zone else told))


def _face(moment: datetime) -> tuple[str, str, str, int, int, int, str]:
    """In the order of `Datetime`'s fields."""
    year, week, weekday = moment.isocalendar()
    text = moment.isoformat(" ", "minutes")
    date, time = text[:10], text[11:16]
    return f"{date} {time}", date, time, moment.hour, moment.month, weekday, f"{year}-W{week:02}"


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones() if name.lower() not in _NO_PLACES}
