import os
from pathlib import Path
from typing import Any

import pytest

from shared import properties
from shared.config import Config
from shared.config import Lookups as Files
from shared.errors import ConfigError
from shared.properties import Properties, Property
from shared.watch import Watched
from tests import mmdb
from tests.measurements import SECRET, lookups, measurement, write_lines
from workers.drop import Drop, DropReason
from workers.enrich import enrich
from workers.lookups import Lookups, open_lookups

PROPERTIES = '[[property]]\nid = "shop"\nhosts = ["shop.example.com"]\n'


def replace(path: Path, fresh: Path) -> None:
    """As careful people do it."""
    fresh.replace(path)


def overwrite(path: Path, fresh: Path) -> None:
    """As `cp` and `scp` do it: the same inode, first empty, then longer."""
    path.write_bytes(fresh.read_bytes())
    os.utime(path, ns=(1, 1))


def watched(path: Path) -> Watched[Properties]:
    return Watched([path], lambda: properties.load(path))


def test_without_files_there_is_no_table_but_ours() -> None:
    empty = lookups()
    assert empty.places.find("192.0.2.1").country == ""
    assert "192.0.2.1" not in empty.proxies
    assert not empty.datacenters
    assert "semalt.com" in empty.spam_hosts
    assert empty.ages() == {}
    assert not empty.refresh()


@pytest.mark.parametrize("swap", [replace, overwrite])
def test_a_new_database_is_taken_with_what_was_remembered_of_the_old_forgotten(tmp_path: Path, swap: Any) -> None:
    path = mmdb.city(tmp_path / "city.mmdb", {"192.0.2.0/24": mmdb.LONDON})
    tables = lookups(files=Files(city=str(path)))
    assert tables.places.find("192.0.2.1").city == "London"
    swap(path, mmdb.city(tmp_path / "fresh.mmdb", {"192.0.2.0/24": mmdb.LINZ}))
    assert tables.places.find("192.0.2.1").city == "London"
    assert tables.refresh()
    assert tables.places.find("192.0.2.1").city == "Linz"
    assert not tables.refresh()


def test_a_bad_database_is_refused_and_the_old_one_stays(tmp_path: Path) -> None:
    path = mmdb.city(tmp_path / "city.mmdb")
    tables = lookups(files=Files(city=str(path)))
    path.write_bytes(b"half a download")
    assert not tables.refresh()
    assert tables.places.find("192.0.2.1").city == "London"
    assert tables.errors() == [f"{path}: not a MaxMind database, or not the whole of it"]
    mmdb.city(path, {"192.0.2.0/24": mmdb.LINZ})
    assert tables.refresh()
    assert tables.errors() == []


def test_lists_are_swapped_too(tmp_path: Path) -> None:
    names = [write_lines(tmp_path / name, "192.0.2.1") for name in ("exits", "clouds")]
    spam = write_lines(tmp_path / "spam", "one.example")
    tables = lookups(files=Files(anonymous=names[:1], datacenters=names[1:], referrer_spam=spam))
    write_lines(tmp_path / "exits", "198.51.100.0/24")
    write_lines(tmp_path / "spam", "another.example")
    assert tables.refresh()
    assert "198.51.100.9" in tables.proxies
    assert "192.0.2.1" not in tables.proxies
    assert "another.example" in tables.spam_hosts


@pytest.mark.parametrize(
    "files",
    [
        {"city": "gone.mmdb"},
        {"anonymous": ["gone.mmdb"]},
        {"anonymous": ["gone.txt"]},
        {"datacenters": ["gone.txt"]},
        {"referrer_spam": "gone.txt"},
        {"search_engines": "gone.yml"},
        {"social_networks": "gone.yml"},
        {"ai_assistants": "gone.yml"},
    ],
)
def test_a_missing_file_stops_the_start_by_name(files: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^gone\.\w+: No such file"):
        open_lookups(Config(data=str(tmp_path), lookups=Files(**files)), Watched([], dict[str, Property]), SECRET)


def test_ages_are_told_of_tables_that_have_a_file(tmp_path: Path) -> None:
    path = mmdb.city(tmp_path / "city.mmdb")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    ages = lookups(files=Files(city=str(path), datacenters=[write_lines(tmp_path / "clouds", "192.0.2.1")])).ages()
    assert set(ages) == {"city", "datacenters"}
    assert ages["city"] > 500_000_000
    assert ages["datacenters"] < 60


def test_lists_of_referrers_are_swapped_and_a_bad_one_leaves_the_old_in_use(tmp_path: Path) -> None:
    engines = write_lines(tmp_path / "engines.yml", "Finder: [{urls: [finder.example]}]")
    socials = write_lines(tmp_path / "socials.yml", "Blue: [blue.example]")
    tables = lookups(files=Files(search_engines=engines, social_networks=socials))
    assert [_medium(tables, host) for host in ("finder.example", "blue.example")] == ["organic", "social"]
    assert _medium(tables, "www.google.com") == _medium(tables, "www.facebook.com") == ""
    assert _medium(tables, "claude.ai") == "ai"
    write_lines(tmp_path / "engines.yml", "Other: [other.example]")
    write_lines(tmp_path / "socials.yml", "Blue: [blue.example, 7]")
    assert tables.refresh()
    assert [_medium(tables, host) for host in ("finder.example", "other.example")] == ["", "organic"]
    assert _medium(tables, "blue.example") == "social"
    assert tables.errors() == [f"{socials}: Blue: Expected `str | object`, got `int` - at `$[1]`"]
    assert set(tables.ages()) == {"search_engines", "social_networks"}


def _medium(tables: Lookups, host: str) -> str:
    found = tables.sources.find("https", host)
    return found.medium if found else ""


def test_a_property_is_known_by_its_rules_until_it_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "properties.toml"
    path.write_text(PROPERTIES + 'exclude_addresses = ["192.0.2.0/24"]\n')
    tables = Lookups(Files(), watched(path), SECRET)
    visit = measurement(property="shop")
    assert enrich(visit, tables) == Drop(DropReason.EXCLUDED_ADDRESS, "exclude_addresses")
    path.write_text(PROPERTIES)
    assert tables.refresh()
    assert not isinstance(enrich(visit, tables), Drop)
    path.write_text(PROPERTIES + "enabled = false\n")
    assert tables.refresh()
    assert enrich(visit, tables) == Drop(DropReason.UNKNOWN_PROPERTY)


def test_a_bad_edit_of_the_properties_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "properties.toml"
    path.write_text(PROPERTIES)
    tables = Lookups(Files(), watched(path), SECRET)
    path.write_text(PROPERTIES + 'exclude_addresses = ["nonsense"]\n')
    assert not tables.refresh()
    assert tables.rules("shop")
    assert "exclude_addresses" in tables.errors()[0]


def test_properties_that_another_refreshed_first_are_noticed(tmp_path: Path) -> None:
    """Gateway and worker of one process share the same `Watched`."""
    path = tmp_path / "properties.toml"
    path.write_text(PROPERTIES)
    shared = watched(path)
    tables = Lookups(Files(), shared, SECRET)
    path.write_text(PROPERTIES.replace('"shop"', '"blog"'))
    assert shared.refresh()
    assert tables.refresh()
    assert tables.rules("blog")
    assert tables.rules("shop") is None


def test_a_property_that_was_added_a_moment_ago_is_known_before_the_next_look_at_the_files(tmp_path: Path) -> None:
    file = tmp_path / "properties.toml"
    file.write_text('[[property]]\nid = "demo"\nhosts = ["*"]\n')
    opened = Lookups(Files(), properties.watch(file), SECRET)
    assert opened.rules("shop") is None
    file.write_text('[[property]]\nid = "demo"\nhosts = ["*"]\n[[property]]\nid = "shop"\nhosts = ["*"]\n')
    found = opened.rules("shop")
    assert found is not None
    assert found.property.id == "shop"
