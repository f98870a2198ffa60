from typing import Any

import pytest

from shared.record import DeviceProperties
from tests.measurements import measurement
from workers.steps import device
from workers.tables import user_agents

KHTML = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0"
ANDROID = f"Mozilla/5.0 (Linux; Android 10; K) {KHTML} Mobile Safari/537.36"
ANDROID_13 = ANDROID.replace("Android 10; K", "Android 13; Pixel 7")
WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KHTML} Safari/537.36"
MACINTOSH = f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {KHTML} Safari/537.36"
CHROME_OS = f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {KHTML} Safari/537.36"
X11 = f"Mozilla/5.0 (X11; Linux x86_64) {KHTML} Safari/537.36"
NO_BRAND = '"Chromium";v="141", "Not?A_Brand";v="8"'


def told(user_agent: str, **hints: Any) -> DeviceProperties:
    sent = {f"ch_ua_{name}": f'"{value}"' for name, value in hints.items() if name not in ("brands", "mobile")}
    sent |= {"ch_ua": hints.get("brands", ""), "ch_ua_mobile": hints.get("mobile", "")}
    return device.describe(measurement(user_agent=user_agent, **sent), user_agents.packaged())


@pytest.mark.parametrize(
    ("version", "major"),
    [("15.0.0", "11"), ("13.0.0", "11"), ("10.0.0", "10"), ("1.0.0", "10"), ("0.3.0", "8"), ("0.1.0", "7"), ("0", "")],
)
def test_windows_is_told_by_its_platform_version(version: str, major: str) -> None:
    assert told(WINDOWS, platform="Windows", platform_version=version).os_major == major


@pytest.mark.parametrize(
    "nonsense", ["", "eleven", "-1", "15..0", "\u0661\u0665.0", "9" * 300, "15.0.0; Android 10; K"]
)
def test_a_platform_version_that_is_none_changes_nothing(nonsense: str) -> None:
    assert told(WINDOWS, platform="Windows", platform_version=nonsense) == told(WINDOWS)


@pytest.mark.parametrize(
    ("user_agent", "platform", "version", "major"),
    [
        (MACINTOSH, "macOS", "14.5.0", "14"),
        (MACINTOSH, "macOS", "10.13.6", "10"),
        (CHROME_OS, "Chrome OS", "16371.49.0", "16371"),
        (ANDROID, "Android", "16.0.0", "16"),
        (ANDROID_13, "Android", "14.0.0", "13"),
    ],
)
def test_a_version_goes_where_the_user_agent_has_frozen_it(
    user_agent: str, platform: str, version: str, major: str
) -> None:
    assert told(user_agent, platform=platform, platform_version=version).os_major == major


def test_a_version_of_android_that_nobody_knows_is_not_told() -> None:
    assert (told(ANDROID).os, told(ANDROID).os_major) == ("Android", "")
    assert told(ANDROID, platform="Android", model="Pixel 9").os_major == ""
    assert told(ANDROID_13).os_major == "13"


def test_a_version_of_another_platform_is_not_used() -> None:
    assert told(MACINTOSH, platform="Windows", platform_version="15.0.0").os_major == ""


def test_a_webview_that_hides_its_model_tells_it_by_hint() -> None:
    webview = told(ANDROID.replace("; K", "; K; wv"), platform="Android", platform_version="14.0.0", model="SM-A546B")
    assert (webview.ua_family, webview.device_family) == ("Chrome Mobile WebView", "Samsung SM-A546B")
    assert (webview.device_class, webview.os_major) == ("phone", "14")


def test_a_model_is_read_like_one_of_an_old_user_agent() -> None:
    tablet = told(ANDROID, platform="Android", platform_version="15.0.0", model="SM-X210")
    assert (tablet.device_family, tablet.device_class, tablet.os_major) == ("SM-X210", "tablet", "15")
    phone = told(ANDROID, platform="Android", platform_version="15.0.0", model="SM-S911B")
    assert (phone.device_family, phone.device_class) == ("Samsung SM-S911B", "phone")


@pytest.mark.parametrize("model", ["a@example.com", "356938035643809", "x; Android 4", "SM(S)", "K", "", "e" * 300])
def test_a_model_that_is_none_changes_nothing(model: str) -> None:
    assert told(ANDROID, model=model) == told(ANDROID)


@pytest.mark.parametrize(
    ("brand", "on_windows", "on_android"),
    [
        ("Microsoft Edge", "Edge", "Edge Mobile"),
        ("Opera", "Opera", "Opera Mobile"),
        ("Brave", "Brave", "Brave"),
        ("Samsung Internet", "Samsung Internet", "Samsung Internet"),
        ("DuckDuckGo", "DuckDuckGo", "DuckDuckGo Mobile"),
        ("YaBrowser", "Yandex Browser", "Yandex Browser"),
    ],
)
def test_brands_have_the_names_of_their_user_agents(brand: str, on_windows: str, on_android: str) -> None:
    brands = f'{NO_BRAND}, "{brand}";v="77.5"'
    assert (told(WINDOWS, brands=brands).ua_family, told(WINDOWS, brands=brands).ua_major) == (on_windows, "77")
    assert told(ANDROID, brands=brands).ua_family == on_android


@pytest.mark.parametrize("grease", ['"Not)A;Brand"', '" Not A;Brand"', '"Not/A)Brand"', r'"Not\"A Brand"'])
def test_grease_and_chromium_are_no_brands(grease: str) -> None:
    assert told(WINDOWS, brands=f'{grease};v="99", "Chromium";v="141", "Google Chrome";v="141"') == told(WINDOWS)


@pytest.mark.parametrize(
    ("form_factors", "expected"),
    [
        ('Mobile", "XR', "wearable"),
        ("Automotive", "car"),
        ("Watch", "wearable"),
        ("EInk", "tablet"),
        ("Tablet", "tablet"),
        ("Desktop", "desktop"),
        ("Mobile", "phone"),
        ("Hologram", "phone"),
    ],
)
def test_form_factors_decide_the_class_of_what_is_nothing_rare(form_factors: str, expected: str) -> None:
    assert told(ANDROID, form_factors=form_factors).device_class == expected


def test_what_says_that_it_is_a_television_is_one() -> None:
    bravia = ANDROID.replace("K)", "BRAVIA 4K UR2)")
    assert told(bravia, form_factors="Tablet").device_class == "tv"


def test_the_desktop_site_of_a_phone_says_what_the_mobile_one_does() -> None:
    hints = {"platform": "Android", "platform_version": "15.0.0", "model": "Pixel 8", "mobile": "?1"}
    assert told(X11, **hints) == told(ANDROID, **hints)
    assert told(X11, **hints).device_class == "phone"
