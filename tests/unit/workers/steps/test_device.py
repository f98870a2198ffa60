from typing import Any

import pytest

from shared.record import DeviceProperties
from tests.measurements import CHROME, measurement
from workers.steps import device
from workers.steps.device import snap
from workers.steps.device_names import SIZES
from workers.tables import user_agents

KHTML = "AppleWebKit/537.36 (KHTML, like Gecko)"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML) Version/17.4 Safari/605.1.15"
X11_CHROME = f"Mozilla/5.0 (X11; Linux x86_64) {KHTML} Chrome/131.0.0.0 Safari/537.36"
ANDROID = f"Mozilla/5.0 (Linux; Android 10; K) {KHTML} Chrome/131.0.0.0 Mobile Safari/537.36"
WEBLIGHT = f"Mozilla/5.0 (Linux; Android 4.2.1; Nexus 5) {KHTML[:-1]}; googleweblight) Chrome/38.0 Mobile Safari/535.19"


def described(user_agent: str = CHROME, **changes: Any) -> DeviceProperties:
    return device.describe(measurement(user_agent=user_agent, **changes), user_agents.packaged())


def test_a_browser_is_described_in_full() -> None:
    assert described() == DeviceProperties(
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


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (SAFARI, "desktop"),
        (X11_CHROME, "desktop"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {KHTML} Chrome/131.0.0.0 Safari/537.36", "desktop"),
        ("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; Tablet PC 2.0)", "desktop"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile/15E148 Safari/604.1", "phone"),
        (ANDROID, "phone"),
        ("Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0", "phone"),
        ("Opera/9.80 (J2ME/MIDP; Opera Mini/7.1; U; en) Presto/2.8 Version/11.10", "phone"),
        ("Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) Version/16.6 Mobile/15E148 Safari/604.1", "tablet"),
        ("Mozilla/5.0 (Android 14; Tablet; rv:133.0) Gecko/133.0 Firefox/133.0", "tablet"),
        (ANDROID.replace(" Mobile", ""), "tablet"),
        (f"Mozilla/5.0 (Linux; Android 9; SM-T595) {KHTML} Chrome/131.0.0.0 Safari/537.36", "tablet"),
        (
            f"Mozilla/5.0 (Linux; Android 9; KFMAWI) {KHTML} Silk/108.4.6 like Chrome/108.0.5359.160 Safari/537.36",
            "tablet",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 9; AFTS Build/PS7233) {KHTML} Silk/108.4.6 like Chrome/108.0 Safari/537.36",
            "tv",
        ),
        (f"Mozilla/5.0 (Web0S; Linux/SmartTV) {KHTML} Chrome/94.0.4606.128 Safari/537.36", "tv"),
        (f"Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) {KHTML} 76.0.3809.146/6.0 TV Safari/537.36", "tv"),
        ("HbbTV/1.4.1 (+DRM;Samsung;SmartTV2021:UAU8000;T-KSU2EAKUC-1400.0;;) Maple2021", "tv"),
        (f"Mozilla/5.0 (PlayStation; PlayStation 5/2.26) {KHTML} Version/13.0 Safari/605.1.15", "console"),
        (f"Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) {KHTML} NF/6.0.1 NintendoBrowser/5.1.0", "console"),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; Xbox; Xbox One) {KHTML} Chrome/121.0 Safari/537.36 Edge/44.18363",
            "console",
        ),
        (f"Mozilla/5.0 (Linux; Android 11; SM-R890) {KHTML} Chrome/121.0 Mobile Safari/537.36", "wearable"),
        (f"Mozilla/5.0 (X11; GNU/Linux) {KHTML} Tesla QtCarBrowser Safari/601.1", "car"),
        (
            f"Mozilla/5.0 (Linux; Android 13; Quest 3) {KHTML} OculusBrowser/33.0 Chrome/126.0 VR Safari/537.36",
            "wearable",
        ),
        ("something else", "other"),
    ],
)
def test_the_class_of_a_device(user_agent: str, expected: str) -> None:
    assert described(user_agent).device_class == expected


@pytest.mark.parametrize(
    ("pixels", "common"),
    [
        (1920, 1920),
        (1919, 1680),
        (393, 390),
        (390.5, 390),
        (100_000, 0),
        (240, 240),
        (239, 0),
        (0, 0),
        (-5, 0),
        (float("nan"), 0),
    ],
)
def test_screens_are_snapped_down_to_common_sizes(pixels: float, common: int) -> None:
    assert snap(pixels) == common


def test_the_list_of_common_sizes_is_short_and_in_order() -> None:
    assert list(SIZES) == sorted(set(SIZES))
    assert len(SIZES) < 40


def test_an_unknown_screen_is_0_by_0() -> None:
    unknown = described(screen=(0, 0))
    assert (unknown.screen_width, unknown.screen_height) == (0, 0)


@pytest.mark.parametrize("screen", [(744, 1133), (768, 1024), (820, 1180), (834, 1210), (1032, 1376), (970, 1389)])
def test_an_ipad_that_calls_itself_a_macintosh_is_known_by_its_upright_screen(screen: tuple[int, int]) -> None:
    ipad = described(SAFARI, screen=screen)
    assert (ipad.device_class, ipad.device_family, ipad.os, ipad.os_major) == ("tablet", "iPad", "iOS", "17")
    assert (ipad.ua_family, ipad.ua_major) == ("Mobile Safari", "17")


def test_the_desktop_site_on_an_iphone_is_known_by_its_narrow_screen() -> None:
    iphone = described(SAFARI, screen=(393, 852))
    assert (iphone.device_class, iphone.device_family, iphone.os) == ("phone", "iPhone", "iOS")


def test_chrome_on_an_ipad_does_not_tell_the_version_of_the_system() -> None:
    chrome = described(SAFARI.replace("Version/17.4", "CriOS/131.0"), screen=(820, 1180))
    assert (chrome.ua_family, chrome.os, chrome.os_major, chrome.device_class) == (
        "Chrome Mobile iOS",
        "iOS",
        "",
        "tablet",
    )


@pytest.mark.parametrize(
    "screen", [(1440, 900), (1024, 768), (1080, 1920), (1050, 1680), (900, 1440), (1200, 1920), (0, 0)]
)
def test_a_macintosh_is_one_on_any_display_also_upright(screen: tuple[int, int]) -> None:
    assert described(SAFARI, screen=screen).device_class == "desktop"


@pytest.mark.parametrize(
    "identifying",
    [
        "SonyEricssonK750i/R1AA/SN356938035643809 Browser/SEMC-Browser/4.2 Profile/MIDP-2.0 Configuration/CLDC-1.1",
        "Nokia6230i/2.0 (03.80) IMEI356938035643809 Profile/MIDP-2.0 Configuration/CLDC-1.1",
        "DoCoMo/2.0 N905i(c100;TB;W24H16;ser356938035643809;icc1234567890356938035643809F)",
        f"Mozilla/5.0 (Linux; Android 9; Box 356938035643809 Build/X) {KHTML} Chrome/70.0 Safari/537.36",
        f"Mozilla/5.0 (Linux; Android 9; 356938035643809) {KHTML} Chrome/70.0 Mobile Safari/537.36",
        "356938035643809/1.0 CFNetwork/1410 Darwin/22.6.0",
        "356938035643809/356938035643809 (iPhone; iOS 17.0; Scale/3.00)",
        f"Mozilla/5.0 (Linux; Android 356938035643809; A) {KHTML} Chrome/356938035643809.0 Mobile Safari/537.36",
    ],
)
def test_no_serial_number_of_a_device_is_told(identifying: str) -> None:
    assert "356938035643809" not in repr(described(identifying))


IDENTIFIERS = [
    "0f8fad5b-d9cb-469f-a165-70867728950e",
    "d41d8cd98f00b204",
    "jane@example.com",
    "00:1a:2b:3c:4d:5e",
    "+49 171 1234567",
]


@pytest.mark.parametrize("secret", IDENTIFIERS)
@pytest.mark.parametrize("place", ["Android 9; {}", "Android 9; {} Build/PPR1", "Windows NT 10.0; {}", "iPhone; {}"])
def test_no_identifier_that_an_app_adds_is_told(secret: str, place: str) -> None:
    assert secret not in repr(
        described(f"{secret}/1 Mozilla/5.0 ({place.format(secret)}) {KHTML} Chrome/70.0 {secret}")
    )


def test_safari_of_26_tells_the_system_that_it_hides() -> None:
    version = "Version/26.0 Mobile/15E148 Safari/604.1"
    iphone = described(f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) {KHTML} {version}")
    assert (iphone.ua_family, iphone.os, iphone.os_major) == ("Mobile Safari", "iOS", "26")


def test_a_brand_that_calls_itself_chrome_is_known_by_its_hint() -> None:
    brave = described(ch_ua='"Not_A Brand";v="8", "Chromium";v="120", "Brave";v="120"')
    assert (brave.ua_family, brave.ua_major) == ("Brave", "120")


@pytest.mark.parametrize(
    "hint", ['"Google Chrome";v="131"', '"My Very Own Browser";v="1"', '"Brave"', "Brave", '"' * 300]
)
def test_other_hints_change_nothing(hint: str) -> None:
    assert described(ch_ua=hint) == described()


def test_desktop_site_on_a_phone_is_a_phone() -> None:
    phone = described(X11_CHROME, ch_ua_platform='"Android"', ch_ua_mobile="?1")
    assert (phone.device_class, phone.os, phone.os_major) == ("phone", "Android", "")
    tablet = described(X11_CHROME, ch_ua_platform='"Android"', ch_ua_mobile="?0")
    assert tablet.device_class == "tablet"


def test_a_hint_that_agrees_keeps_the_version() -> None:
    agreed = described(ch_ua_platform='"Windows"', ch_ua_mobile="?0")
    assert (agreed.os, agreed.os_major, agreed.device_class) == ("Windows", "10", "desktop")


@pytest.mark.parametrize("platform", ["Linux", "Unknown", "", "windows"])
def test_a_hint_that_says_less_than_the_user_agent_is_not_used(platform: str) -> None:
    assert (
        described(
            "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
            ch_ua_platform=f'"{platform}"',
        ).os
        == "Ubuntu"
    )


def test_weblight_is_known_by_its_user_agent_or_its_referrer() -> None:
    assert described(WEBLIGHT).is_google_weblight
    assert described(referrer="https://googleweblight.com/i?u=x").is_google_weblight


def test_script_runs_where_the_measurement_says_so() -> None:
    assert not described(scripted=False).js_enabled


def test_an_app_is_named() -> None:
    app = described(ANDROID + " Instagram 334.0.4.32.98 Android")
    assert (app.is_in_app_browser, app.host_app) == (True, "Instagram")
