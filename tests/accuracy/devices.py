"""Browser, system and class of the device, beside what ua-parser alone makes of the same lines."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

import ua_parser

from shared.record import DeviceProperties
from tests.accuracy.figure import Case, Figure, at_least
from tests.corpora import handmade, packaged
from tests.measurements import measurement
from workers.steps import device
from workers.tables import user_agents

ZOO = {
    "tv": "tv", "console": "console", "car_browser": "car", "wearable": "wearable", "tablet": "tablet",
    "phablet": "phone", "smartphone": "phone", "feature_phone": "phone", "desktop": "desktop",
    "portable_media_player": "phone", "smart_display": "other", "smart_speaker": "other",
}  # fmt: skip
"""Matomo's kinds of devices, in ours. What is left out (cameras, tills, scanners) is a phone that somebody built in."""
DIRECTORY = {
    "computer": "desktop", "mobile -> phone": "phone", "mobile -> tablet": "tablet", "large-screen -> tv": "tv",
    "large-screen -> game-console": "console", "mobile -> ebook-reader": "tablet", "vehicle -> car": "car",
}  # fmt: skip
"""The directory's; `mobile` alone says no more than phone or tablet."""
VISITS = {"mobile": "phone", "tablet": "tablet", "desktop": "desktop"}
NETWORK = {"desktop": {"desktop"}, "mobile": {"phone", "tablet"}}

FAMILIES = {
    "Chrome": {"Chrome"}, "Chrome Mobile": {"Chrome Mobile", "Chrome"}, "Chrome Mobile iOS": {"Chrome Mobile iOS"},
    "Chrome Webview": {"Chrome Mobile WebView"}, "Safari": {"Safari"}, "Mobile Safari": {"Mobile Safari"},
    "Firefox": {"Firefox"}, "Firefox Mobile": {"Firefox Mobile"}, "Microsoft Edge": {"Edge", "Edge Mobile"},
    "Internet Explorer": {"IE"}, "IE Mobile": {"IE Mobile"}, "Samsung Browser": {"Samsung Internet"},
    "Opera": {"Opera"}, "Opera Mobile": {"Opera Mobile", "Opera"}, "Opera Mini": {"Opera Mini"},
    "Yandex Browser": {"Yandex Browser"}, "Android Browser": {"Android"}, "Mi Browser": {"MiuiBrowser"},
    "UC Browser": {"UC Browser"}, "Huawei Browser Mobile": {"Huawei Browser"}, "Mobile Silk": {"Amazon Silk"},
    "Brave": {"Brave"}, "Vivaldi": {"Vivaldi"}, "Avast Secure Browser": {"Avast Secure Browser"},
    "DuckDuckGo Privacy Browser": {"DuckDuckGo", "DuckDuckGo Mobile"}, "Oculus Browser": {"Oculus Browser"},
}  # fmt: skip
"""Matomo's names of browsers, in ua-parser's words."""
SYSTEMS = {
    "Android": "Android", "Android TV": "Android", "Fire OS": "Android", "iOS": "iOS", "iPadOS": "iOS",
    "Windows": "Windows", "Windows Phone": "Windows Phone", "Mac": "Mac OS X", "Chrome OS": "Chrome OS",
    "GNU/Linux": "Linux", "Ubuntu": "Ubuntu", "Tizen": "Tizen",
}  # fmt: skip
NUMBERED = frozenset({"Android", "iOS", "Mac OS X", "Windows Phone"})
"""Systems whose major versions Matomo counts as we do."""
MOST = 500
"""Lines of each kind that are looked at."""

_user_agents = user_agents.packaged()


class Line(NamedTuple):
    """What a corpus says of a user agent; what it does not say is empty."""

    user_agent: str
    hints: Mapping[str, str] = {}
    families: frozenset[str] = frozenset()
    major: str = ""
    os: str = ""
    os_major: str = ""
    weight: float = 1.0


FIELDS = ("UAFamily", "UAMajor", "OS", "OSMajor")
OS_MAJOR = FIELDS.index("OSMajor")


def measure() -> list[Figure]:
    """Where no figure is promised, what ua-parser reaches alone is."""
    return [
        at_least(0.95, "DeviceClass", "fake-useragent, by visits", _visits()),
        at_least(0.95, "DeviceClass", "apify's headers, by visits", _network()),
        at_least(0.95, "DeviceClass", "directory, what is common there", _directory()),
        at_least(0.85, "DeviceClass", "Matomo's zoo, kinds alike", _zoo(by_kind=True)),
        at_least(0.83, "DeviceClass", "the same, the half that no rule was made with", _zoo(by_kind=True, half=True)),
        at_least(0.94, "DeviceClass", "Matomo's zoo, lines alike", _zoo(by_kind=False)),
        at_least(0.97, "DeviceClass", "devices.tsv, forms of every class", _classes_by_hand()),
        at_least(1.0, "all but the class", "devices.tsv, with hints", _words_by_hand()),
        *_beside_ua_parser("fake-useragent, by visits", _lines_of_visits()),
        *_beside_ua_parser(
            "Matomo's, no hints", _lines_of_fixtures("smartphone", "tablet", "desktop", "phablet", "tv")
        ),
        *_beside_ua_parser("Matomo's with hints", _lines_of_fixtures("clienthints")),
    ]


def _describe(user_agent: str, hints: Mapping[str, str] | None = None) -> DeviceProperties:
    return device.describe(measurement(user_agent=user_agent, **(hints or {})), _user_agents)


def _class_case(user_agent: str, expected: Iterable[str], weight: float = 1.0) -> Case:
    found = _describe(user_agent).device_class
    return Case(found in set(expected), f"{found}, is {expected}: {user_agent}", weight)


def _visits() -> Iterator[Case]:
    for visit in packaged.weighted_people():
        yield _class_case(visit["useragent"], {VISITS[visit["type"]]}, visit["percent"])


def _network() -> Iterator[Case]:
    nodes = {node["name"]: node["conditionalProbabilities"] for node in packaged.network("header")}
    for (_, kind, system, browser, _), shares in _leaves(nodes["user-agent"]):
        seen = nodes["*DEVICE"][kind] * nodes["*OPERATING_SYSTEM"][system] * nodes["*BROWSER"][browser]
        for user_agent, share in shares.items():
            if user_agent != "*MISSING_VALUE*":
                yield _class_case(user_agent, NETWORK[kind], seen * share)


def _leaves(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, float]]]:
    if "deeper" not in table:
        yield path, dict(table)
        return
    for value, deeper in table["deeper"].items():
        yield from _leaves(deeper, (*path, value))


def _directory() -> Iterator[Case]:
    for entry in packaged.directory():
        kind = DIRECTORY.get(entry["hardware_type"])
        if kind and entry["popularity"].endswith("common") and entry["popularity"] != "uncommon":
            yield _class_case(entry["user_agent"], {kind})


def _zoo(*, by_kind: bool, half: bool = False) -> Iterator[Case]:
    for kind, expected in ZOO.items():
        every = [line for line in packaged.fixtures(kind) if not half or _is_held_out(line["user_agent"])]
        lines = every[:: max(1, len(every) // MOST)]
        for line in lines:
            yield _class_case(line["user_agent"], {expected}, len(every) / len(lines) / (len(every) if by_kind else 1))


def _is_held_out(user_agent: str) -> bool:
    """Half of all lines, by lot; what is got wrong there has not been looked at."""
    return blake2b(user_agent.encode("utf-8", "replace"), digest_size=1).digest()[0] % 2 == 1


def _hints_by_hand(row: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if name.startswith("ch_ua") and value}


def _classes_by_hand() -> Iterator[Case]:
    for row in handmade.rows("devices"):
        found = _describe(row["user_agent"], _hints_by_hand(row)).device_class
        yield Case(found == row["class"], f"{found}, is {row['class']}: {row['user_agent']}")


def _words_by_hand() -> Iterator[Case]:
    for row in handmade.rows("devices"):
        told = _words(_describe(row["user_agent"], _hints_by_hand(row)))
        expected = (row["family"], row["major"], row["os"], row["os_major"])
        agrees = all(not word or word == (each or "-") for word, each in zip(expected, told, strict=True))
        yield Case(agrees, f"{told}, is {expected}: {row['user_agent']}")


def _words(told: DeviceProperties) -> tuple[str, str, str, str]:
    return told.ua_family, told.ua_major, told.os, told.os_major


def _beside_ua_parser(corpus: str, lines: Iterable[Line]) -> Iterator[Figure]:
    """The bound is what ua-parser reaches without hints on the same lines."""
    known = list(lines)
    ours = [_words(_describe(line.user_agent, line.hints)) for line in known]
    theirs = [_words_alone(line.user_agent) for line in known]
    for place, field in enumerate(FIELDS):
        alone = at_least(0, field, corpus, _cases(known, theirs, place))
        yield at_least(alone.value, field, f"{corpus}; promised is ua-parser's", _cases(known, ours, place))


def _words_alone(user_agent: str) -> tuple[str, str, str, str]:
    """The package's own answer: what our table makes of it is a part of what is measured."""
    alone = ua_parser.parse(user_agent)
    browser, system = alone.user_agent or ua_parser.UserAgent(""), alone.os or ua_parser.OS("")
    return browser.family, browser.major or "", system.family, system.major or ""


def _cases(lines: list[Line], told: list[tuple[str, str, str, str]], place: int) -> Iterator[Case]:
    for line, words in zip(lines, told, strict=True):
        expected = (line.families, {line.major}, {line.os}, {line.os_major})[place] - {""}
        if expected and not (place == OS_MAJOR and _is_frozen(line)):
            yield Case(words[place] in expected, f"{words}, is {sorted(expected)}: {line.user_agent}", line.weight)


def _is_frozen(line: Line) -> bool:
    """No version of Android was told: corpora repeat the 10 that all say."""
    return "Android 10; K" in line.user_agent and "ch_ua_platform_version" not in line.hints


def _lines_of_visits() -> Iterator[Line]:
    for visit in packaged.weighted_people():
        yield Line(
            visit["useragent"],
            families=frozenset({visit["browser"]}),
            major=visit["browser_version"].partition(".")[0],
            os=visit["os"],
            os_major=visit["os_version"].partition(".")[0] if visit["os"] in NUMBERED else "",
            weight=visit["percent"],
        )


def _lines_of_fixtures(*kinds: str) -> Iterator[Line]:
    for kind in kinds:
        every = packaged.fixtures(kind)
        yield from map(_line_of_fixture, every[:: max(1, len(every) // MOST)])


def _line_of_fixture(fixture: Mapping[str, Any]) -> Line:
    browser, system = fixture.get("client") or {}, fixture.get("os") or {}
    families = frozenset(FAMILIES.get(browser.get("name", ""), ()))
    os = SYSTEMS.get(system.get("name", ""), "")
    version = system.get("version", "")
    has_number = (os in NUMBERED and system["name"] != "Fire OS") or (os == "Windows" and version.isdecimal())
    return Line(
        fixture["user_agent"],
        _hints_of_fixture(fixture),
        families,
        browser.get("version", "").partition(".")[0] if families else "",
        os,
        version.partition(".")[0] if has_number else "",
    )


def _hints_of_fixture(fixture: Mapping[str, Any]) -> dict[str, str]:
    sent = {name.lower().replace("-", "_"): value for name, value in (fixture.get("headers") or {}).items()}
    names = ("ch_ua", "ch_ua_mobile", "ch_ua_platform", "ch_ua_platform_version", "ch_ua_model", "ch_ua_form_factors")
    return {name: sent[f"sec_{name}"] for name in names if sent.get(f"sec_{name}")}
