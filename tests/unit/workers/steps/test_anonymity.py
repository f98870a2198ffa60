import re
from itertools import product
from typing import Any

import pytest
from msgspec.structs import replace

from shared.record import DeviceProperties, Locale
from tests.corpora.visitors import SITES, views
from tests.measurements import SECRET
from workers.steps.anonymity import identify, property_key, screen_class, shared_traits
from workers.steps.anonymity_shares import COUNTRIES, FAMILIES, LANGUAGES, SCREENS, SYSTEMS

DEVICE = DeviceProperties(
    ua_family="Chrome",
    ua_major="131",
    os="Windows",
    os_major="10",
    device_family="",
    device_class="desktop",
    screen_width=1920,
    screen_height=1080,
    js_enabled=True,
    is_google_weblight=False,
    is_in_app_browser=False,
    host_app="",
)
LOCALE = Locale(country="US", city_geoname_id=5, city_name_en="X", languages={"en-US": 1.0, "de": 0.5}, time_zone="")
KEY = property_key(SECRET, "shop")


def name(device: DeviceProperties = DEVICE, locale: Locale = LOCALE, key: bytes = KEY) -> str:
    return identify(key, device, locale)


def test_a_set_is_named_by_16_hex_digits() -> None:
    assert re.fullmatch("[0-9a-f]{16}", name())


def test_alike_browsers_are_in_one_set_everywhere_and_always() -> None:
    assert name() == identify(property_key(SECRET, "shop"), DEVICE, LOCALE)


def test_one_browser_is_in_unrelated_sets_on_two_properties_and_under_two_secrets() -> None:
    assert len({name(), name(key=property_key(SECRET, "blog")), name(key=property_key(bytes(32), "shop"))}) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"device_family": "Anna's phone"},
        {"js_enabled": False},
        {"host_app": "Instagram", "is_in_app_browser": True},
        {"screen_width": 2560, "screen_height": 1440},
        {"ua_major": "52"},
        {"os_major": "7"},
    ],
)
def test_what_is_no_trait_or_too_fine_makes_no_difference(change: dict[str, Any]) -> None:
    assert name(replace(DEVICE, **change)) == name()


@pytest.mark.parametrize(
    "change",
    [
        {"device_class": "tablet"},
        {"os": "Mac OS X"},
        {"ua_family": "Edge"},
        {"screen_width": 1366, "screen_height": 768},
    ],
)
def test_a_common_trait_makes_a_difference(change: dict[str, Any]) -> None:
    assert name(replace(DEVICE, **change)) != name()


def test_the_city_and_the_lesser_languages_make_no_difference() -> None:
    assert name(locale=replace(LOCALE, city_geoname_id=9, languages={"en": 1.0}, time_zone="Asia/Tokyo")) == name()


def test_the_first_language_does_and_the_country_of_those_who_ask_for_english() -> None:
    assert name(locale=replace(LOCALE, languages={"es": 1.0})) != name()
    assert name(locale=replace(LOCALE, country="DE")) != name()
    german = replace(LOCALE, languages={"de": 1.0})
    assert name(locale=german) == name(locale=replace(german, country="AT"))


def test_common_browsers_are_described_closely() -> None:
    assert shared_traits(DEVICE, LOCALE) == ("desktop Windows", "Chrome", "large", "en", "US")


@pytest.mark.parametrize(
    "device",
    [
        replace(DEVICE, device_class="wearable"),
        replace(DEVICE, os="Plan 9"),
        replace(DEVICE, device_class="car", os="Linux", ua_family="QtCarBrowser"),
    ],
)
def test_rare_devices_are_told_apart_by_no_property_of_theirs(device: DeviceProperties) -> None:
    assert shared_traits(device, LOCALE) == ("*", "*", "*", "en", "US")


def test_a_rare_browser_hides_among_the_others_of_its_system() -> None:
    assert shared_traits(replace(DEVICE, ua_family="Lynx"), LOCALE) == ("desktop Windows", "*", "large", "*", "*")


def test_a_rare_country_or_language_hides_among_the_others() -> None:
    assert shared_traits(DEVICE, replace(LOCALE, country="TV"))[3:] == ("en", "*")
    assert shared_traits(DEVICE, replace(LOCALE, languages={"tlh": 1.0}))[3:] == ("*", "*")


def everybody() -> set[tuple[str, ...]]:
    """Every set that there is: each trait takes every value of the tables, and one that is in none."""
    families = {family for shares in FAMILIES.values() for family in shares}
    systems = ((system.partition(" ")[0], system.partition(" ")[2]) for system in (*SYSTEMS, "car Linux"))
    countries = {country for shares in COUNTRIES.values() for country in shares}
    return {
        shared_traits(
            replace(DEVICE, device_class=kind, os=system, ua_family=family, screen_width=side, screen_height=side),
            replace(LOCALE, languages={language: 1.0}, country=country),
        )
        for (kind, system), family, side, language, country in product(
            systems, (*families, "Lynx"), (0, 390, 720, 1080), (*LANGUAGES, "tlh"), (*countries, "TV")
        )
    }


def test_there_are_so_few_sets_that_hardly_anybody_could_be_alone_whoever_comes() -> None:
    """Of 100,000 hits 49 in every set but one at the worst, which is less than 3 in 100."""
    assert 20 < len(everybody()) <= 60


@pytest.mark.parametrize(
    ("place", "table"),
    [
        (0, {"": SYSTEMS}),
        (1, FAMILIES),
        (2, SCREENS),
        (3, {"": LANGUAGES}),
        (4, COUNTRIES),
    ],
)
def test_every_row_of_the_tables_tells_somebody_apart(place: int, table: dict[str, dict[str, float]]) -> None:
    told = {traits[place] for traits in everybody()}
    assert {value for shares in table.values() for value in shares} <= told


def test_every_system_and_browser_of_the_tables_is_one_that_people_have() -> None:
    """A name that enrichment does not give any more would tell nobody apart."""
    seen = {(f"{d.device_class} {d.os}", d.ua_family) for d, _ in views(SITES[0], 30_000, seed=3)}
    assert SYSTEMS.keys() <= {system for system, _ in seen}
    assert {(system, family) for system, shares in FAMILIES.items() for family in shares} <= seen


def test_shares_leave_room_for_the_others() -> None:
    tables = (SYSTEMS, LANGUAGES, *FAMILIES.values(), *SCREENS.values(), *COUNTRIES.values())
    assert [shares for shares in tables if not 0 < sum(shares.values()) < 1] == []


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (0, 0, ""), (1920, 0, ""), (390, 844, "small"), (844, 390, "small"), (412, 915, ""), (820, 1180, ""),
        (1920, 1080, "large"),
    ],
)  # fmt: skip
def test_screens_are_small_or_large_or_neither(width: int, height: int, expected: str) -> None:
    assert screen_class(replace(DEVICE, screen_width=width, screen_height=height)) == expected
