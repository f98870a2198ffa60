"""Languages against a corpus; places and proxies against the networks that were written into databases and lists."""

import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import geoip2.database
from geoip2.errors import AddressNotFoundError

from tests import mmdb
from tests.accuracy.drawn_networks import Network, Owners, draw, owners
from tests.accuracy.figure import Case, Figure, at_least
from tests.corpora import handmade
from tests.measurements import write_lines
from workers.steps.locale import languages
from workers.tables import networks, places
from workers.tables.places import NOWHERE, Place

SEED = 20261124
FIRST_CITY = 2_600_000
"""No id is 1: the writer of databases takes it for the True that it has written before."""
DRAWN = "networks drawn by lot"
ZONES = ("Europe/London", "Asia/Tokyo", "America/Sao_Paulo")


class Format(NamedTuple):
    """How the makers of a kind of database write a place, and what of it they have."""

    kind: str
    fields: tuple[str, ...]
    entry: Callable[[Place], dict[str, Any]]


def _nested(place: Place) -> dict[str, Any]:
    city = {"geoname_id": place.city_geoname_id, "names": {"en": place.city, "de": "Stadt"}}
    return {"country": {"iso_code": place.country}, "city": city, "location": {"time_zone": place.time_zone}}


def _owned_elsewhere(place: Place) -> dict[str, Any]:
    owner = {"iso_code": "US", "geoname_id": 6252001}
    return _nested(place) | {"registered_country": owner, "represented_country": owner, "traits": {"is_anycast": True}}


def _without_ids(place: Place) -> dict[str, Any]:
    return {
        "country": {"iso_code": place.country},
        "city": {"names": {"en": place.city}},
        "location": {"latitude": 1.5},
    }


def _flat(place: Place) -> dict[str, Any]:
    return {
        "country": place.country,
        "city": place.city,
        "geoname_id": str(place.city_geoname_id),
        "timezone": place.time_zone,
    }


MAXMIND = Format("GeoLite2-City", Place.__struct_fields__, _nested)
FORMATS = (
    MAXMIND,
    Format("GeoIP2-Enterprise", Place.__struct_fields__, _owned_elsewhere),
    Format("GeoLite2-Country", ("country",), lambda place: {"country": {"iso_code": place.country}}),
    Format("DBIP-City-Lite", ("country", "city"), _without_ids),
    Format("location", Place.__struct_fields__, _flat),
    Format("lite", ("country",), lambda place: {"country": "Austria", "country_code": place.country.lower()}),
)


def measure() -> list[Figure]:
    """All is drawn from one seed: the same at every run."""
    lot = random.Random(SEED)
    drawn = draw(lot)
    placed = {network: _place(lot, number) for number, network in enumerate(drawn)}
    known = owners(drawn, lot)
    with TemporaryDirectory() as name:
        directory = Path(name)
        located = [case for each in FORMATS for case in _located(each, placed, known, directory)]
        theirs = list(_as_theirs(directory / MAXMIND.kind, known))
        hidden = list(_hidden(drawn, known, directory))
    return [
        at_least(1, "languages", "languages.tsv, made by hand", _languages()),
        at_least(1, "place of an address, six makers' formats", DRAWN, located),
        at_least(1, "place of an address, as MaxMind's reader has it", DRAWN, theirs),
        at_least(1, "addresses that hide, by lists and a database", DRAWN, hidden),
    ]


def _place(lot: random.Random, number: int) -> Place:
    return Place(lot.choice(("AT", "GB", "JP", "BR")), FIRST_CITY + number, f"City {number}", lot.choice(ZONES))


def _languages() -> Iterator[Case]:
    for row in handmade.rows("languages"):
        wanted = [(tag, float(quality)) for tag, quality in (entry.split("=") for entry in row["languages"].split())]
        found = list(languages(row["accept_language"]).items())
        yield Case(found == wanted, f"{row['kind']}: {row['accept_language']}: {found}")


def _located(form: Format, placed: Mapping[Network, Place], known: Owners, directory: Path) -> Iterator[Case]:
    entries = {str(network): form.entry(place) for network, place in placed.items()}
    table = places.read(str(mmdb.write(directory / form.kind, form.kind, entries)))
    for text, owner in known.items():
        wanted = Place(**{name: getattr(placed[owner], name) for name in form.fields}) if owner else NOWHERE
        yield Case(table.find(text) == wanted, f"{form.kind}: {text} in {owner}")


def _as_theirs(path: Path, known: Owners) -> Iterator[Case]:
    """MaxMind's reader knows no zones, and of what is carried only what the database has an alias for."""
    table = places.read(str(path))
    with geoip2.database.Reader(path) as reader:
        for text in known:
            if "%" not in text and not text.lower().startswith(("::ffff:", "2001:0:", "2002:")):
                yield Case(table.find(text) == _theirs(reader, text), text)


def _theirs(reader: geoip2.database.Reader, address: str) -> Place:
    try:
        found = reader.city(address)
    except AddressNotFoundError:
        return NOWHERE
    return Place(
        found.country.iso_code or "",
        found.city.geoname_id or 0,
        found.city.name or "",
        found.location.time_zone or "",
    )


def _hidden(drawn: list[Network], known: Owners, directory: Path) -> Iterator[Case]:
    """A third of the networks hides by a list, a third by a database, a third not at all."""
    listed, flagged = drawn[::3], drawn[1::3]
    database = mmdb.anonymous(directory / "anonymous.mmdb", {str(network): "is_anonymous_vpn" for network in flagged})
    proxies = networks.read_proxies([write_lines(directory / "list", *map(_line, listed)), str(database)])
    for text, owner in known.items():
        hides = any(owner and _is_in(owner, network) for network in (*listed, *flagged))
        yield Case((text in proxies) == hides, text)


def _is_in(inner: Network, outer: Network) -> bool:
    return inner.version == outer.version and inner.network_address in outer and inner.prefixlen >= outer.prefixlen


def _line(network: Network) -> str:
    """As a range, an address or a CIDR."""
    if network.prefixlen % 2:
        return f"{network.network_address}-{network.broadcast_address}"
    return str(network).removesuffix(f"/{network.max_prefixlen}")
