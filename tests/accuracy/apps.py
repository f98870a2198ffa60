"""What a page is shown in: apps found and named, browsers left alone, Google's Web Light."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from tests.accuracy.figure import Case, Figure, at_least, at_most
from tests.corpora import handmade, packaged
from tests.measurements import measurement
from workers.steps.apps import App, is_weblight, recognise

DIRECTORY = {
    "facebook-app": {"Facebook", "Messenger", "Workplace"},
    "pinterest-app": {"Pinterest"},
    "twitter-app": {"X"},
    "thunderbird": {"Thunderbird"},
    "alienblue": {"Alien Blue"},
    "google-earth": {"Google Earth"},
    "google-earth-pro": {"Google Earth"},
    "valve-steam-game-overlay": {"Steam"},
    "valve-steam-tenfoot-display": {"Steam"},
}
"""The directory's words for apps."""
DIRECTORY_OTHERS = frozenset(
    {
        *("chrome", "android-browser", "webkit-based-browser", "webview-based-browser"),
        *("google-search-app", "orca", "wechat", "baidu-box-app", "outlook", "office"),
    }
)
"""What it calls web browsers: whatever has that engine, so WebViews too; and apps (`orca` is Messenger)."""

MATOMO = {
    "Baidu Box App": "Baidu", "Baidu Box App Lite": "Baidu", "Daum": "Daum", "DingTalk": "DingTalk",
    "Facebook": "Facebook", "Facebook Groups": "Facebook", "Facebook Lite": "Facebook",
    "Facebook Messenger": "Messenger", "Facebook Messenger Lite": "Messenger", "Flipboard App": "Flipboard",
    "Google Search App": "Google app", "Instagram": "Instagram", "KakaoTalk": "KakaoTalk", "Lark": "Lark",
    "Line": "LINE", "LinkedIn": "LinkedIn", "Microsoft Bing": "Bing", "Naver": "NAVER", "Pinterest": "Pinterest",
    "QQ": "QQ", "Quora": "Quora", "Sina Weibo": "Weibo", "Snapchat": "Snapchat", "Telegram": "Telegram",
    "Threads": "Threads", "TikTok": "TikTok", "Twitter": "X", "Viber": "Viber", "WeChat": "WeChat", "XING": "XING",
    "Yahoo! Japan": "Yahoo! Japan", "Zalo": "Zalo", "tieba": "Tieba",
}  # fmt: skip
"""Matomo's words for apps that are in ours."""
MATOMO_KINDS = ("smartphone", "tablet", "phablet", "feature_phone", "desktop")
WEBVIEW = "Chrome Webview"
"""Matomo's word for an app that it does not know."""

VISITS = {"Google": "Google app", "Twitter": "X", "Facebook": "Facebook", "Instagram": "Instagram", "LINE": "LINE"}
NO_BROWSERS = frozenset({"Apple Mail", "Mobile Safari UI/WKWebView"})
"""fake-useragent's words: apps, and WebViews of iOS."""

FOUND = "pages inside apps that are found"
NAMED = "apps that are named rightly"
WRONGED = "browsers called apps"


class Page(NamedTuple):
    """One line of a corpus and what we say of it."""

    app: App
    names: Collection[str]
    """The corpus' name for the app, in our words; none: a browser, or an app that has no name with us."""
    label: str
    weight: float = 1.0


def measure() -> list[Figure]:
    return [*_handmade(), *_directory(), *_matomo(), *_packages(), *_visits(), *_weblight()]


def _handmade() -> Iterator[Figure]:
    def shown(row: dict[str, str]) -> Page:
        return _page(row["user_agent"], {row.get("app", "")}, row["brands"], row["requested_with"])

    apps = [shown(row) for row in handmade.rows("apps")]
    yield at_least(0.98, FOUND, "apps.tsv, made by hand", _apps(apps))
    yield at_least(0.98, NAMED, "apps.tsv, made by hand", _named(apps))
    yield at_most(0.01, WRONGED, "apps_browsers.tsv, made by hand", _apps(map(shown, handmade.rows("apps_browsers"))))


def _directory() -> Iterator[Figure]:
    apps, browsers = [], []
    for line in packaged.directory():
        if line["software_type"].endswith("in-app-browser"):
            apps.append(_page(line["user_agent"], DIRECTORY.get(line["software_name"], ())))
        elif line["software_type"].endswith("web-browser") and line["software_name"] not in DIRECTORY_OTHERS:
            browsers.append(line["user_agent"])
    yield at_least(0.95, FOUND, "random-user-agent", _apps(apps))
    yield at_least(0.98, NAMED, "random-user-agent", _named(apps))
    yield at_most(0.01, WRONGED, "random-user-agent, every 10th", _apps(map(_page, browsers[::10])))


def _matomo() -> Iterator[Figure]:
    lines = [line for kind in MATOMO_KINDS for line in packaged.fixtures(kind) if line.get("client")]
    apps = [line for line in lines if line["client"]["name"] in MATOMO and line["user_agent"].startswith("Mozilla/")]
    browsers = [line for line in lines if line["client"].get("type") == "browser"]
    webviews = [line for line in browsers if line["client"]["name"] == WEBVIEW]
    products = [line for line in browsers if line["client"]["name"] != WEBVIEW]
    hinted = [line for line in packaged.fixtures("clienthints-app") if line["client"]["type"] == "mobile app"]
    yield at_least(0.95, FOUND, "device-detector, with headers", _apps(map(_fixture, hinted)))
    yield at_least(0.95, FOUND, "device-detector, WebViews", _apps(map(_fixture, webviews)))
    yield at_least(0.95, NAMED, "device-detector", _named(map(_fixture, apps)))
    yield at_most(0.01, WRONGED, "device-detector, every 5th", _apps(map(_fixture, products[::5])))


def _fixture(line: dict[str, Any]) -> Page:
    headers = {name.lower().removeprefix("http-"): value for name, value in line.get("headers", {}).items()}
    name = MATOMO.get(line["client"]["name"])
    hints = headers.get("sec-ch-ua", ""), headers.get("x-requested-with", "")
    return _page(line["user_agent"], {name} if name else (), *hints)


def _visits() -> Iterator[Figure]:
    lines = list(packaged.weighted_people())
    apps = [line for line in lines if line["browser"] in VISITS]
    browsers = [line for line in lines if line["browser"] not in VISITS and line["browser"] not in NO_BROWSERS]
    named = [_page(line["useragent"], {VISITS[line["browser"]]}, weight=line["percent"]) for line in apps]
    yield at_least(0.98, NAMED, "fake-useragent, by share of visits", _named(named))
    called = (_page(line["useragent"], weight=line["percent"]) for line in browsers)
    yield at_most(0.001, WRONGED, "fake-useragent, by share of visits", _apps(called))


def _packages() -> Iterator[Figure]:
    """The long tail: hardly any of these browsers has a thousandth of the people of those that everybody knows."""
    apps, browsers = (
        [Case(recognise("", "", package).is_app, f"{package} ({name})") for package, name in listed.items()]
        for listed in (packaged.packages("apps"), packaged.packages("browsers"))
    )
    yield at_least(0.95, FOUND, "device-detector, packages alone", apps)
    yield at_most(0.25, WRONGED, "device-detector, packages alone", browsers)


def _weblight() -> Iterator[Figure]:
    cases: dict[str, list[Case]] = {"yes": [], "no": []}
    for row in handmade.rows("apps_weblight"):
        seen = measurement(url=row["url"], referrer=row["referrer"], user_agent=row["user_agent"])
        cases[row["weblight"]].append(Case(is_weblight(seen), str(row)))
    yield at_least(1, "pages through Google Web Light", "apps_weblight.tsv, made by hand", cases["yes"])
    yield at_most(0, "other pages called Web Light", "apps_weblight.tsv, made by hand", cases["no"])


def _page(
    user_agent: str, names: Collection[str] = (), brands: str = "", requested_with: str = "", weight: float = 1.0
) -> Page:
    app = recognise(user_agent, brands, requested_with)
    return Page(app, names, f"{app.name or app.is_app}, not {set(names)}: {requested_with} {user_agent}", weight)


def _apps(pages: Iterable[Page]) -> list[Case]:
    return [Case(page.app.is_app, page.label, page.weight) for page in pages]


def _named(pages: Iterable[Page]) -> list[Case]:
    return [Case(page.app.name in page.names, page.label, page.weight) for page in pages if page.names]
