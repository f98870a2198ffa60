from pathlib import Path
from typing import Any

import geoip2.database
import pytest
from geoip2.errors import AddressNotFoundError

from shared.errors import ConfigError
from tests import mmdb
from workers.tables import places
from workers.tables.places import NOWHERE, Place


def test_a_city_database_knows_the_city(tmp_path: Path) -> None:
    table = places.read(str(mmdb.city(tmp_path / "city.mmdb")))
    assert table.find("192.0.2.1") == Place("GB", 2643743, "London", "Europe/London")
    assert table.find("2001:db8:1::1") == Place("GB", 2643743, "London", "Europe/London")


def test_an_ipv4_address_in_ipv6_clothes_is_the_ipv4_address(tmp_path: Path) -> None:
    table = places.read(str(mmdb.city(tmp_path / "city.mmdb")))
    assert table.find("::ffff:198.51.100.9").city == "Linz"


@pytest.mark.parametrize("address", ["203.0.113.9", "", "nonsense", "192.0.2.1, 10.0.0.1", "\ud800", "999.1.1.1"])
def test_what_is_not_known_is_nowhere(tmp_path: Path, address: str) -> None:
    assert places.read(str(mmdb.city(tmp_path / "city.mmdb"))).find(address) == NOWHERE


def test_a_country_database_knows_the_country_only(tmp_path: Path) -> None:
    table = places.read(str(mmdb.country(tmp_path / "country.mmdb", {"192.0.2.0/24": "GB"})))
    assert table.find("192.0.2.1") == Place("GB")


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ({"country_code": "at"}, Place("AT")),
        ({"country": "AT", "city": "Linz"}, Place("AT", 0, "Linz")),
        ({"country": "Austria", "country_code": "AT", "continent_code": "EU"}, Place("AT")),
        (
            {"country": "AT", "city": "Linz", "geoname_id": "2772400", "timezone": "Europe/Vienna"},
            Place("AT", 2772400, "Linz", "Europe/Vienna"),
        ),
        ({"country": {"iso_code": "AT"}, "city": {"names": {"en": "Linz"}}}, Place("AT", 0, "Linz")),
        ({"country": {"iso_code": "-"}, "city": {"names": {"en": "-"}}, "geoname_id": "x"}, Place()),
        ({"country": {"iso_code": 7}, "city": 5, "location": []}, Place()),
        ({"city": {"geoname_id": True, "names": {"de": "Wien"}}}, Place()),
        ({"country_code": "ZZ"}, Place()),
        ({"country": "EU"}, Place()),
    ],
)
def test_databases_of_others_are_read_as_they_are(tmp_path: Path, entry: dict[str, Any], place: Place) -> None:
    path = mmdb.write(tmp_path / "plain.mmdb", "Country", {"192.0.2.0/24": entry})
    assert places.read(str(path)).find("192.0.2.1") == place


@pytest.mark.parametrize(
    "entry",
    [
        {"registered_country": {"iso_code": "US"}, "continent": {"code": "EU"}},
        {"represented_country": {"iso_code": "US", "type": "military"}},
        {"traits": {"is_anycast": True}},
        {"traits": {"is_satellite_provider": True}, "registered_country": {"iso_code": "GB"}},
    ],
)
def test_whose_network_it_is_does_not_say_where_the_visitor_is(tmp_path: Path, entry: dict[str, Any]) -> None:
    path = mmdb.city(tmp_path / "city.mmdb", {"192.0.2.0/24": entry, "198.51.100.0/24": mmdb.LINZ | entry})
    table = places.read(str(path))
    assert table.find("192.0.2.1") == NOWHERE
    assert table.find("198.51.100.1").country == "AT"


@pytest.mark.parametrize(
    "address", ["2002:c633:6407::1", "2001:0:4136:e378:8000:63bf:39cc:9bf8", "64:ff9b::198.51.100.7"]
)
@pytest.mark.parametrize("ip_version", [4, 6])
def test_an_ipv4_address_that_a_tunnel_or_translator_carries_is_where_it_is(
    tmp_path: Path, address: str, ip_version: int
) -> None:
    path = mmdb.write(tmp_path / "c.mmdb", "GeoLite2-City", {"198.51.100.0/24": mmdb.LINZ}, ip_version)
    assert places.read(str(path)).find(address).city == "Linz"


def test_an_ipv6_database_that_has_no_ipv4_address_knows_none(tmp_path: Path) -> None:
    table = places.read(str(mmdb.city(tmp_path / "six.mmdb", {"2001:db8::/32": mmdb.LINZ})))
    assert table.find("192.0.2.1") == NOWHERE
    assert table.find("2001:db8::1%eth0").city == "Linz"


def test_a_database_is_known_by_what_it_has(tmp_path: Path) -> None:
    both = mmdb.write(
        tmp_path / "both.mmdb", "maker country_asn isp", {"192.0.2.0/24": {"country": "AT", "asn": "AS1"}}
    )
    assert places.read(str(both)).find("192.0.2.1") == Place("AT")
    networks = mmdb.write(tmp_path / "asn.mmdb", "maker asn", {"192.0.2.0/24": {"asn": "AS1"}})
    with pytest.raises(ConfigError, match="cities or countries are wanted"):
        places.read(str(networks))


def test_without_a_database_everything_is_nowhere() -> None:
    assert places.read("").find("192.0.2.1") == NOWHERE


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    path = mmdb.anonymous(tmp_path / "wrong.mmdb", {"192.0.2.0/24": "is_anonymous_vpn"})
    with pytest.raises(ConfigError, match=r"wrong\.mmdb: this is a GeoIP2-Anonymous-IP database"):
        places.read(str(path))


def test_we_read_what_maxminds_own_reader_reads(tmp_path: Path) -> None:
    path = mmdb.city(tmp_path / "city.mmdb")
    table = places.read(str(path))
    with geoip2.database.Reader(path) as reader:
        for address in ("192.0.2.1", "192.0.2.127", "198.51.100.200", "2001:db8:1:2::3"):
            theirs = reader.city(address)
            assert table.find(address) == Place(
                theirs.country.iso_code or "",
                theirs.city.geoname_id or 0,
                theirs.city.name or "",
                theirs.location.time_zone or "",
            )
        with pytest.raises(AddressNotFoundError):
            reader.city("203.0.113.1")
