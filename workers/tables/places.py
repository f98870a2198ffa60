"""Where an address is: any database of cities or countries in MaxMind's format, by whatever maker.

| maker | country | city | time zone |
|---|---|---|---|
| MaxMind, DB-IP, IP2Location | `country.iso_code` | `city.names.en`, `city.geoname_id` | `location.time_zone` |
| IPinfo and others, flat | `country_code`, or a code in `country` | `city`, `geoname_id` | `timezone` |

Where there is no country, it stays unknown: `registered_country` is where the network's owner is, of a satellite or an
anycast network far from who uses it; `represented_country` is whose embassy or base it is.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from shared.addresses import carried, parse_address
from shared.errors import ConfigError
from workers.tables.mmdb import Database

CACHED = 16_384
LONGEST_NUMBER = 10
_KINDS = ("city", "country", "enterprise")
"""In a database's name; one of another name is told by its entries."""
_NO_COUNTRIES = frozenset({"AP", "EU", "XX", "ZZ"})
"""Of two letters, but regions, or said of what is unknown."""
_UNNAMED = "-"
"""IP2Location's word for what is unknown."""


class Place(msgspec.Struct, frozen=True, gc=False):
    """Empty strings and 0 are unknown."""

    country: str = ""
    """ISO 3166-1 alpha-2"""
    city_geoname_id: int = 0
    city: str = ""
    """In English."""
    time_zone: str = ""
    """As the database says."""


NOWHERE = Place()


class Places:
    """Immutable; answers are remembered. Without a database everything is `NOWHERE`."""

    def __init__(self, database: Database | None = None) -> None:
        self._database = database
        self._find = lru_cache(CACHED)(self._read)

    def find(self, address: str) -> Place:
        """The place of an address in text."""
        return self._find(address) if self._database else NOWHERE

    def _read(self, address: str) -> Place:
        entry = self._database.find(carried(parse_address(address))) if self._database else {}
        return _place(entry) if entry else NOWHERE


def read(path: str) -> Places:
    """The places of the database at `path`; none for an empty path. Raises `ConfigError`."""
    if not path:
        return Places()
    database = Database(Path(path))
    named = any(kind in database.kind.lower() for kind in _KINDS)
    if named or any(map(_country, database.sample())):
        return Places(database)
    raise ConfigError(f"{path}: this is a {database.kind} database; cities or countries are wanted")


def _place(entry: dict[str, Any]) -> Place:
    city = _table(entry, "city") or {"names": {"en": entry.get("city")}, "geoname_id": entry.get("geoname_id")}
    return Place(
        country=_country(entry),
        city_geoname_id=_number(city.get("geoname_id")),
        city=_text(_table(city, "names").get("en")),
        time_zone=_text(_table(entry, "location").get("time_zone")) or _text(entry.get("timezone")),
    )


def _country(entry: dict[str, Any]) -> str:
    codes = (_table(entry, "country").get("iso_code"), entry.get("country_code"), entry.get("country"))
    return next((code.upper() for code in codes if isinstance(code, str) and _is_code(code)), "")


def _is_code(text: str) -> bool:
    return len(text) == 2 and text.isascii() and text.isalpha() and text.upper() not in _NO_COUNTRIES


def _table(entry: dict[str, Any], key: str) -> dict[str, Any]:
    found = entry.get(key)
    return found if isinstance(found, dict) else {}


def _text(found: object) -> str:
    return found if isinstance(found, str) and found != _UNNAMED else ""


def _number(found: object) -> int:
    """Positive; some makers write numbers as text."""
    if isinstance(found, str):
        return int(found) if found.isascii() and found.isdigit() and len(found) <= LONGEST_NUMBER else 0
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else 0
