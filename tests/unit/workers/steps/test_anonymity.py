import re
from typing import Any

import pytest
from msgspec.structs import replace

from shared.record import DeviceProperties, Locale
from tests.measurements import SECRET
from workers.steps.anonymity import identify, property_key, screen_class, shared_traits

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
        {"ua_major": "132"},
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


def test_the_country_and_the_first_language_do() -> None:
    assert name(locale=replace(LOCALE, country="DE")) != name()
    assert name(locale=replace(LOCALE, languages={"es": 1.0})) != name()


def test_common_browsers_are_described_closely() -> None:
    assert shared_traits(DEVICE, LOCALE) == ("desktop Windows", "Chrome", "US", "en", "3")


@pytest.mark.parametrize(
    "device",
    [
        replace(DEVICE, device_class="wearable"),
        replace(DEVICE, os="Plan 9"),
        replace(DEVICE, device_class="car", os="Linux", ua_family="QtCarBrowser"),
    ],
)
def test_rare_devices_are_all_in_one_set(device: DeviceProperties) -> None:
    assert shared_traits(device, LOCALE) == ()


def test_a_rare_browser_hides_among_all_of_its_system() -> None:
    assert shared_traits(replace(DEVICE, ua_family="Lynx"), LOCALE) == ("desktop Windows",)


def test_a_rare_country_or_language_is_left_out_with_all_that_follows() -> None:
    assert shared_traits(DEVICE, replace(LOCALE, country="TV")) == ("desktop Windows", "Chrome")
    assert shared_traits(DEVICE, replace(LOCALE, languages={"tlh": 1.0})) == ("desktop Windows", "Chrome", "US")


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [(0, 0, ""), (1920, 0, ""), (390, 844, "0"), (844, 390, "0"), (412, 915, "1"), (820, 1180, "2"), (1920, 1080, "3")],
)
def test_screens_are_in_five_classes(width: int, height: int, expected: str) -> None:
    assert screen_class(replace(DEVICE, screen_width=width, screen_height=height)) == expected


@pytest.mark.parametrize("version", ["", "abc", "\uff19", "-1", "1.2", "9" * 400])
def test_no_version_is_too_strange(version: str) -> None:
    assert re.fullmatch("[0-9a-f]{16}", name(replace(DEVICE, ua_major=version, os_major=version)))
