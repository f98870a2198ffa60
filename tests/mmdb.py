"""Small databases in MaxMind's format, written for a test. The addresses are those reserved for documentation."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmdb_writer import MMDBWriter
from netaddr import IPSet  # type: ignore[import-untyped]

LONDON: dict[str, Any] = {
    "city": {"geoname_id": 2643743, "names": {"de": "London", "en": "London", "fr": "Londres"}},
    "country": {"geoname_id": 2635167, "iso_code": "GB", "names": {"en": "United Kingdom"}},
    "location": {"latitude": 51.5142, "longitude": -0.0931, "time_zone": "Europe/London"},
}
LINZ: dict[str, Any] = {
    "city": {"geoname_id": 2772400, "names": {"en": "Linz"}},
    "country": {"geoname_id": 2782113, "iso_code": "AT"},
    "location": {"time_zone": "Europe/Vienna"},
}
NETWORKS = {"192.0.2.0/25": LONDON, "198.51.100.0/24": LINZ, "2001:db8:1::/48": LONDON}


def write(path: Path, kind: str, networks: Mapping[str, Mapping[str, Any]], ip_version: int = 6) -> Path:
    """A database of type `kind` at `path`."""
    writer = MMDBWriter(ip_version, kind, languages=["en"], description="test", ipv4_compatible=ip_version == 6)
    for network, entry in networks.items():
        writer.insert_network(IPSet([network]), dict(entry))
    writer.to_db_file(str(path))
    return path


def city(path: Path, networks: Mapping[str, Mapping[str, Any]] = NETWORKS) -> Path:
    """A GeoLite2-City database."""
    return write(path, "GeoLite2-City", networks)


def country(path: Path, networks: Mapping[str, str]) -> Path:
    """A GeoLite2-Country database of CIDR to ISO code."""
    return write(path, "GeoLite2-Country", {cidr: {"country": {"iso_code": code}} for cidr, code in networks.items()})


def anonymous(path: Path, networks: Mapping[str, str]) -> Path:
    """A GeoIP2-Anonymous-IP database of CIDR to the flag that is set beside `is_anonymous`."""
    entries = {cidr: {"is_anonymous": True, flag: True} for cidr, flag in networks.items()}
    return write(path, "GeoIP2-Anonymous-IP", entries)
