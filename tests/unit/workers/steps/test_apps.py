import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.markdown import DOCS
from tests.measurements import measurement
from workers.steps.app_names import BROWSER_PACKAGES, BROWSERS, EMBEDDED, HOSTS
from workers.steps.apps import App, describe, is_weblight, recognise
from workers.tables.patterns import understood

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
MACINTOSH = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Mobile Safari/537.36"
)
WEBVIEW = "Mozilla/5.0 (Linux; Android 13; SM-A536B; wv) AppleWebKit/537.36 (KHTML) Chrome/125.0 Mobile Safari/537.36"
KITKAT = (
    "Mozilla/5.0 (Linux; Android 4.4.2; E39) AppleWebKit/537.36 (KHTML) Version/4.0 Chrome/30.0.0.0 Mobile Safari/537"
)
BROWSER = App(False, "")
NAMELESS = App(True, "")


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (IPHONE + "Mobile/21F90 [FBAN/FBIOS;FBAV/466.0.0.46.109;FBBV/598]", "Facebook"),
        (WEBVIEW + " [FB_IAB/FB4A;FBAV/466.1.0.56.109;]", "Facebook"),
        (IPHONE + "Mobile/15E148 Safari/604.1 MetaIAB Facebook", "Facebook"),
        (IPHONE + "Mobile/21F90 [FBAN/MessengerForiOS;FBAV/466.0.0]", "Messenger"),
        (IPHONE + "Mobile/21F90 Instagram 334.0.4.32.98 (iPhone14,5; iOS 17_5)", "Instagram"),
        (WEBVIEW + " [FB_IAB/Instagram;FBAV/310.0.0.37.328;]", "Instagram"),
        (WEBVIEW + " Barcelona 348.0.0.44.107 Android (34/14)", "Threads"),
        (IPHONE + "Mobile/15E148 musical_ly_32.5.0 BytedanceWebview/d8a21c6", "TikTok"),
        (WEBVIEW + " aweme_230400 BytedanceWebview/d8a21c6", "Douyin"),
        (WEBVIEW + " MicroMessenger/8.0.27.2220(0x28001B53) WeChat/arm64", "WeChat"),
        (WEBVIEW + " MQQBrowser/6.2 TBS/043508 MicroMessenger/6.5.13.1100", "WeChat"),
        (WEBVIEW + " wxwork/4.1.20 MicroMessenger/7.0.1", "WeCom"),
        (WEBVIEW + " Line/13.20.0/IAB", "LINE"),
        (CHROME + "Snapchat10.76.0.0 (MI 8; Android 9)", "Snapchat"),
        (IPHONE + "GSA/277.0.555192628 Mobile/15E148 Safari/604.1", "Google app"),
        (WEBVIEW + " YJApp-ANDROID jp.co.yahoo.android.yjtop/3.155.1", "Yahoo! Japan"),
        (CHROME + " [WA4A/2.25.9.78;]", "WhatsApp"),
        ("Snapchat/10.72.5.65 (iPhone11,8; iOS 13.3; gzip)", "Snapchat"),
        (MACINTOSH + " Slack/4.35 Chrome/118.0 Electron/27.1.3 Safari/537.36", "Slack"),
    ],
)
def test_an_app_is_known_by_what_it_adds(user_agent: str, name: str) -> None:
    assert recognise(user_agent) == App(True, name)


@pytest.mark.parametrize(
    "user_agent",
    [
        WEBVIEW,
        KITKAT,
        IPHONE + "Mobile/15E148",
        IPHONE + "Mobile/15E148 MyShop/3.2",
        MACINTOSH,
        MACINTOSH + " MyTool/1.0 Chrome/118.0 Electron/27.1 Safari/537.36",
        "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1",
        "Mozilla/5.0 (Windows NT 6.3; Win64; x64; Trident/7.0; MSAppHost/2.0; rv:11.0) like Gecko",
    ],
)
def test_whatever_shows_pages_in_an_app_is_an_app_without_a_name(user_agent: str) -> None:
    assert recognise(user_agent) == NAMELESS


@pytest.mark.parametrize(
    "user_agent",
    [
        CHROME,
        IPHONE + "Version/18.1 Mobile/15E148 Safari/604.1",
        IPHONE + "CriOS/120.0.6099.119 Mobile/15E148 Safari/604.1",
        CHROME + " Online/5 Pipeline/1",
        MACINTOSH + " Version/17.4 Safari/605.1.15",
        "Mozilla/5.0 (PlayStation 4 5.55) AppleWebKit/601.2 (KHTML, like Gecko)",
        "Mozilla/5.0 (Linux; U; Android 4.1.2) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0",
        "",
    ],
)
def test_browsers_are_no_apps(user_agent: str) -> None:
    assert recognise(user_agent) == BROWSER


@pytest.mark.parametrize(
    "user_agent",
    [
        WEBVIEW + " OPR/50.0.2254.149182",
        WEBVIEW + " XiaoMi/MiuiBrowser/14.7.1-gn",
        WEBVIEW + " HiBrowser/v2.12.3.1",
        KITKAT.replace("Chrome/", "Focus/8.0 Chrome/"),
        KITKAT + " DuckDuckGo/5",
        IPHONE + "FxiOS/23.0 Mobile/15E148 Version/13.0",
        IPHONE + "Mobile/20G75 Quark/6.5.5.1884 Mobile",
        MACINTOSH + " BeakerBrowser/0.8.2 Chrome/66.0 Electron/3.0.9 Safari/537.36",
    ],
)
def test_a_browser_that_is_built_on_a_webview_is_a_browser(user_agent: str) -> None:
    assert recognise(user_agent) == BROWSER


@pytest.mark.parametrize(
    ("package", "app"),
    [
        ("com.google.android.gm", App(True, "Gmail")),
        ("com.facebook.katana", App(True, "Facebook")),
        ("com.ss.android.ugc.trill", App(True, "TikTok")),
        ("com.example.shop", NAMELESS),
        ("com.sec.android.app.sbrowser", BROWSER),
        ("com.UCMobile.intl", BROWSER),
        ("com.duckduckgo.mobile.android", BROWSER),
        ("XMLHttpRequest", BROWSER),
        ("no package at all.", BROWSER),
        ("", BROWSER),
    ],
)
def test_the_package_that_a_webview_sends_along_tells_the_app(package: str, app: App) -> None:
    assert describe(measurement(user_agent=CHROME, requested_with=package)) == app


@pytest.mark.parametrize(
    ("brands", "app"),
    [
        ('"Android WebView";v="136", "Chromium";v="136", "Not.A/Brand";v="99"', NAMELESS),
        ('"Microsoft Edge";v="136", "Microsoft Edge WebView2";v="136", "Chromium";v="136"', NAMELESS),
        ('"DuckDuckGo";v="138", "Android WebView";v="138"', BROWSER),
        ('"Google Chrome";v="136", "Chromium";v="136", "Not.A/Brand";v="99"', BROWSER),
    ],
)
def test_the_brands_of_the_hints_tell_a_webview(brands: str, app: App) -> None:
    assert describe(measurement(user_agent=CHROME, ch_ua=brands)) == app


def test_where_somebody_comes_from_is_not_where_the_page_is_shown() -> None:
    assert describe(measurement(user_agent=CHROME, referrer="android-app://com.google.android.gm/")) == BROWSER


def test_web_light_is_known_by_its_user_agent() -> None:
    fetched = CHROME.replace("like Gecko)", "like Gecko; googleweblight)")
    assert is_weblight(measurement(user_agent=fetched))
    assert not is_weblight(measurement(user_agent=CHROME))


@pytest.mark.parametrize(
    "url",
    ["https://googleweblight.com/i?u=x", "http://googleweblight.com", "http://icl.googleusercontent.com/?lite_url=x"],
)
def test_web_light_is_known_by_its_host(url: str) -> None:
    assert is_weblight(measurement(url=url))
    assert is_weblight(measurement(referrer=url))
    assert not is_weblight(
        measurement(url=f"https://shop.example.com/?from={url}", referrer=f"https://a.example/{url}")
    )


@given(st.text(), st.text(), st.text())
def test_any_text_has_an_answer(user_agent: str, brands: str, package: str) -> None:
    seen = measurement(user_agent=user_agent, ch_ua=brands, requested_with=package)
    assert describe(seen).name in {"", *(host.name for host in HOSTS)}


def test_every_host_has_a_name_of_its_own_and_is_found_by_each_of_its_words() -> None:
    assert len({host.name for host in HOSTS}) == len(HOSTS)
    for host in HOSTS:
        assert host.words or host.pattern
        for word in host.words.split():
            assert recognise(word + "1" * word.endswith("/")).name == host.name, word


def test_every_pattern_is_one_of_re2s() -> None:
    patterns = (*(host.pattern for host in HOSTS), *BROWSERS, *BROWSER_PACKAGES, *EMBEDDED)
    assert [pattern for pattern in patterns if not understood(pattern)] == []


def test_the_names_of_all_hosts_are_listed_for_customers() -> None:
    listed = (DOCS / "record.md").read_text().partition("### Host apps\n")[2].partition("\n#")[0]
    names = listed.rpartition("\n\n")[2].strip().rstrip(".").replace("\n", " ").split(", ")
    assert names == sorted((host.name for host in HOSTS), key=str.casefold)
