"""Where an address is: GeoLite2 or GeoIP2 City, or any plain country database in MaxMind's format."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from shared.addresses import parse_address
from shared.errors import ConfigError
from workers.tables.mmdb import Database

CACHED = 16_384
_OTHER_KINDS = ("anonymous", "asn", "isp", "domain", "connection", "proxy")


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
        entry = self._database.find(parse_address(address)) if self._database else {}
        return _place(entry) if entry else NOWHERE


def read(path: str) -> Places:
    """The places of the database at `path`; none for an empty path. Raises `ConfigError`."""
    if not path:
        return Places()
    database = Database(Path(path))
    if any(kind in database.kind.lower() for kind in _OTHER_KINDS):
        raise ConfigError(f"{path}: this is a {database.kind} database; cities or countries are wanted")
    return Places(database)


def _place(entry: dict[str, Any]) -> Place:
    city = _table(entry, "city")
    return Place(
        country=_country(entry),
        city_geoname_id=_number(city.get("geoname_id")),
        city=_text(_table(city, "names").get("en")) or _text(entry.get("city")),
        time_zone=_text(_table(entry, "location").get("time_zone")),
    )


def _country(entry: dict[str, Any]) -> str:
    """`country.iso_code` as MaxMind and DB-IP write it, or a flat `country_code` or `country` as others do."""
    codes = (_table(entry, "country").get("iso_code"), entry.get("country_code"), entry.get("country"))
    return next((code.upper() for code in codes if isinstance(code, str) and _is_code(code)), "")


def _is_code(text: str) -> bool:
    return len(text) == 2 and text.isascii() and text.isalpha()


def _table(entry: dict[str, Any], key: str) -> dict[str, Any]:
    found = entry.get(key)
    return found if isinstance(found, dict) else {}


def _text(found: object) -> str:
    return found if isinstance(found, str) else ""


def _number(found: object) -> int:
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else 0
