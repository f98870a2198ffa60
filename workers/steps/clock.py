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


@lru_cache(maxsize=4096)
def _tell(minute: int, time_zone: str) -> Datetime:
    utc = datetime.fromtimestamp(minute * 60, UTC)
    zone = valid_zone(time_zone)
    local = utc.astimezone(ZoneInfo(zone)) if zone else utc
    return Datetime(
        datetime_utc=f"{utc:%Y-%m-%d %H:%M}",
        date_utc=f"{utc:%Y-%m-%d}",
        time_utc=f"{utc:%H:%M}",
        hour_utc=utc.hour,
        month_utc=utc.month,
        weekday_utc=utc.isoweekday(),
        iso_week_utc=f"{utc:%G-W%V}",
        datetime_local=f"{local:%Y-%m-%d %H:%M}",
        date_local=f"{local:%Y-%m-%d}",
        time_local=f"{local:%H:%M}",
        hour_local=local.hour,
        month_local=local.month,
        weekday_local=local.isoweekday(),
        iso_week_local=f"{local:%G-W%V}",
    )


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones() if name.lower() not in _NO_PLACES}
