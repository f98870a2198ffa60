from pathlib import Path
from typing import Literal

import pytest

from shared.config import Lookups as Files
from shared.properties import Property
from shared.record import Locale
from tests import mmdb
from tests.measurements import lookups, measurement, rules, write_lines
from workers.lookups import Lookups
from workers.steps import locale
from workers.steps.locale import canonical, languages

NOWHERE = ("", 0, "")


@pytest.fixture
def located(tmp_path: Path) -> Lookups:
    city = mmdb.city(tmp_path / "city.mmdb", mmdb.NETWORKS | {"203.0.113.0/24": mmdb.LINZ})
    exits = write_lines(tmp_path / "exits.txt", "203.0.113.7")
    return lookups(files=Files(city=str(city), anonymous=[exits]))


def place(found: Locale) -> tuple[str, int, str]:
    return found.country, found.city_geoname_id, found.city_name_en


def test_a_visitor_is_somewhere(located: Lookups) -> None:
    found = locale.describe(measurement(client_address="192.0.2.1"), rules(), located)
    assert found == Locale(
        country="GB",
        city_geoname_id=2643743,
        city_name_en="London",
        languages={"en-GB": 1.0, "en": 0.8},
        time_zone="Europe/London",
    )


def test_the_browsers_time_zone_comes_first(located: Lookups) -> None:
    visit = measurement(client_address="192.0.2.1", time_zone="America/New_York")
    assert locale.describe(visit, rules(), located).time_zone == "America/New_York"


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "localtime"])
def test_without_a_valid_one_it_is_the_places(located: Lookups, zone: str) -> None:
    visit = measurement(client_address="198.51.100.1", time_zone=zone)
    assert locale.describe(visit, rules(), located).time_zone == "Europe/Vienna"


@pytest.mark.parametrize("signal", [{"dnt": "1"}, {"gpc": "1"}, {"dnt": "1", "gpc": "1"}])
@pytest.mark.parametrize("rule", ["no_geo", "ignore"])
def test_a_visitor_who_objects_is_not_looked_up(
    located: Lookups, signal: dict[str, str], rule: Literal["no_geo", "ignore"]
) -> None:
    entry = Property(id="demo", hosts=["*"], privacy_signal=rule)
    found = locale.describe(measurement(client_address="192.0.2.1", **signal), rules(entry), located)
    assert place(found) == (("GB", 2643743, "London") if rule == "ignore" else NOWHERE)
    assert found.time_zone == ("Europe/London" if rule == "ignore" else "")


def test_a_signal_that_is_not_exactly_1_is_none(located: Lookups) -> None:
    assert locale.describe(measurement(client_address="192.0.2.1", dnt="0", gpc="?1"), rules(), located).country == "GB"


def test_a_visitor_behind_an_anonymising_proxy_is_nowhere(located: Lookups) -> None:
    assert locale.describe(measurement(client_address="203.0.113.8"), rules(), located).country == "AT"
    assert place(locale.describe(measurement(client_address="203.0.113.7"), rules(), located)) == NOWHERE
    assert place(locale.describe(measurement(client_address="::ffff:203.0.113.7"), rules(), located)) == NOWHERE


def test_a_visitor_who_objects_keeps_the_zone_of_the_browser(located: Lookups) -> None:
    visit = measurement(client_address="192.0.2.1", gpc="1", time_zone="Asia/Tokyo")
    assert locale.describe(visit, rules(), located).time_zone == "Asia/Tokyo"


def test_without_a_database_everybody_is_nowhere() -> None:
    found = locale.describe(measurement(), rules(), lookups())
    assert place(found) == NOWHERE
    assert found.time_zone == ""


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", {}),
        ("de", {"de": 1.0}),
        ("en-us,EN;q=0.5", {"en-US": 1.0, "en": 0.5}),
        ("fr;q=0.3, de-ch;q=0.9, *;q=0.1", {"de-CH": 0.9, "fr": 0.3}),
        ("da, en-gb;q=0.8, en;q=0.7", {"da": 1.0, "en-GB": 0.8, "en": 0.7}),
        ("en;q=0, de", {"de": 1.0}),
        ("en;q=0.000, de;q=0.001", {"de": 0.001}),
        ("*", {}),
        ("en ; q=0.5", {"en": 0.5}),
        ("en;Q=0.5", {"en": 0.5}),
        ("en;q=1.5, de;q=-1, fr;q=x, es;q=0.1234, it;q=, ja", {"ja": 1.0}),
        (",, de,", {"de": 1.0}),
        ("german!, x, 1234, de.UTF-8, und, fr", {"fr": 1.0}),
        ("en_US, zh_hant_tw;q=0.5", {"en-US": 1.0, "zh-Hant-TW": 0.5}),
        ("in-ID, iw;q=0.9, he;q=0.5", {"id-ID": 1.0, "he": 0.9}),
        ("en, " + "de-x-anna, " * 50 + "fr", {"en": 1.0, "de": 1.0}),
        ("de, " + "x" * 1000, {"de": 1.0}),
        ("en;q=0.5, en;q=0.9, en;q=0.1", {"en": 0.9}),
        (
            "a,aa;q=0.1,bb;q=0.2,cc;q=0.3,dd;q=0.4,ee;q=0.5,ff;q=0.6",
            {"ff": 0.6, "ee": 0.5, "dd": 0.4, "cc": 0.3, "bb": 0.2},
        ),
    ],
)
def test_languages_are_read_as_the_rfc_says(header: str, expected: dict[str, float]) -> None:
    found = languages(header)
    assert found == expected
    assert list(found) == list(expected), "best first"


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("EN", "en"),
        ("en-gb", "en-GB"),
        ("ZH-HANT-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("sl-ROZAJ-biske", "sl-rozaj-biske"),
        ("de-DE-1996", "de-DE-1996"),
        ("ast", "ast"),
        ("en-US-u-nu-thai", "en-US"),
        ("de-x-anna", "de"),
        ("en-Latn-US-1abc-maryjane", "en-Latn-US"),
        ("en-deadbeef-GB", "en"),
        ("x-klingon", ""),
        ("i-default", ""),
    ],
)
def test_tags_are_written_in_canonical_case_without_personal_settings(tag: str, expected: str) -> None:
    assert canonical(tag) == expected
