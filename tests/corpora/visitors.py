"""Visitors: page views of websites of many kinds, mixed from material that our own tables had no part in.

Browsers and their shares within a system: `packaged.weighted_people`, `packaged.network`, and by hand those inside
apps. Countries, languages and zones: by hand, `countries.tsv`. Systems and home countries of a site: `SITES`, rough.
"""

import random
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

import msgspec

from shared.record import DeviceProperties, Locale
from tests.corpora import packaged
from tests.corpora.handmade import rows
from tests.measurements import measurement
from workers.steps import device as devices
from workers.steps.locale import languages
from workers.tables.user_agents import packaged as user_agents

Shares = dict[str, float]
View = tuple[DeviceProperties, Locale]

BROWSERS = 3_000
"""Drawn for each system, so that what is rare among 100,000 views is there."""
PLACES = range(200, 2_000)
"""Drawn for each country: ten for a million of those who use the internet there, between these bounds."""
CITIES_PER_MILLION = 3
APPLE = ("iOS", "Mac")
REST = "*"
"""All other countries, by how many people use the internet there."""


class Site(NamedTuple):
    """Shares need not sum to 1."""

    name: str
    countries: Shares
    systems: Shares


MIXED = {"Android": 44.0, "iOS": 24, "Windows": 21, "Mac": 6, "Linux": 2, "ChromeOS": 1.5, "odd": 1.5}
RICH = {"Android": 30.0, "iOS": 32, "Windows": 24, "Mac": 10, "Linux": 1.5, "ChromeOS": 1.5, "odd": 1}
SITES = (
    Site("world-wide", {REST: 100}, MIXED),
    Site("shop in Germany", {"DE": 74, "AT": 9, "CH": 7, REST: 10}, RICH),
    Site("United States", {"US": 86, "CA": 5, "GB": 2, REST: 7}, RICH | {"iOS": 42, "Android": 18, "ChromeOS": 4}),
    Site("mobile, Japan", {"JP": 97, REST: 3}, {"iOS": 62, "Android": 30, "Windows": 6, "Mac": 1.5, "odd": 0.5}),
    Site("news, India", {"IN": 92, "AE": 1, "US": 2, REST: 5}, MIXED | {"Android": 82, "iOS": 5, "Windows": 10}),
    Site("Iceland", {"IS": 84, "US": 4, "GB": 3, "DK": 2, "PL": 1.5, REST: 5.5}, RICH),
    Site("Estonia", {"EE": 82, "FI": 5, "LV": 2, "RU": 2, REST: 9}, RICH),
    Site(
        "developers",
        {"US": 24, "IN": 13, "DE": 7, "GB": 5, "CN": 5, "FR": 4, REST: 42},
        {"Windows": 43, "Mac": 30, "Linux": 15, "Android": 6, "iOS": 5, "odd": 1},
    ),
    Site("iPhones alone", {"US": 55, "GB": 12, "CA": 7, "AU": 6, REST: 20}, {"iOS": 93, "Mac": 6, "odd": 1}),
)


def drawn_sites(count: int, seed: int) -> Iterator[Site]:
    """Nobody's choice: a home anywhere, more or less visited from abroad, and any mix of systems."""
    chance = random.Random(seed)
    homes = sorted(_countries())
    for number in range(count):
        home = {chance.choice(homes): chance.uniform(20, 95), chance.choice(homes): chance.uniform(0, 20)}
        systems = {system: share * chance.paretovariate(1) for system, share in MIXED.items()}
        yield Site(f"drawn {number}", home | {REST: chance.uniform(3, 50)}, systems)


def views(site: Site, count: int, seed: int) -> list[View]:
    """What describes the visitors of so many page views, in no order of time."""
    chance = random.Random(f"{site.name} {seed}")
    systems = _choices(chance, site.systems, count)
    countries = _choices(chance, _countries_of(site), count)
    found: list[View] = []
    for (system, country), alike in Counter(zip(systems, countries, strict=True)).items():
        devices = chance.choices(_browsers(system), k=alike)
        found += zip(devices, chance.choices(_places(country, system in APPLE), k=alike), strict=True)
    return found


def _choices(chance: random.Random, shares: Shares, count: int) -> list[str]:
    return chance.choices(list(shares), cum_weights=list(accumulate(shares.values())), k=count)


def _countries_of(site: Site) -> Shares:
    rest = {country: float(row["users"]) for country, row in _countries().items() if country not in site.countries}
    scale = site.countries.get(REST, 0) / sum(rest.values())
    named = {country: share for country, share in site.countries.items() if country != REST}
    return named | {country: users * scale for country, users in rest.items()}


@cache
def _countries() -> dict[str, dict[str, str]]:
    return {row["country"]: row for row in rows("countries")}


@lru_cache(256)
def _places(country: str, is_apple: bool) -> list[Locale]:
    """Cities are as large as Zipf's law has them: the second is half the first."""
    row = _countries()[country]
    chance = random.Random(f"{country} {is_apple}")
    sizes = {str(rank): 1 / rank for rank in range(1, 3 + int(float(row["users"]) * CITIES_PER_MILLION))}
    count = min(max(int(float(row["users"]) * 10), PLACES.start), PLACES.stop)
    spoken = _choices(chance, _shares(row["languages"]), count)
    zones = _choices(chance, _shares(row["zones"]), count)
    cities = _choices(chance, sizes, count)
    return [
        Locale(
            country=country,
            city_geoname_id=int(city),
            city_name_en=f"{country} {city}",
            languages=languages(_accept_language(tag, is_apple, chance.random())),
            time_zone=zone,
        )
        for tag, zone, city in zip(spoken, zones, cities, strict=True)
    ]


def _accept_language(tag: str, is_apple: bool, chance: float) -> str:
    """As Safari, Chrome and Firefox write it."""
    primary = tag.partition("-")[0]
    if primary == "en":
        return f"{tag},en;q=0.9"
    if is_apple and chance < 0.8:
        return f"{tag},{primary};q=0.9"
    return f"{tag},{primary};q=0.9,en-US;q=0.8,en;q=0.7" if chance < 0.9 else f"{primary},en-US;q=0.7,en;q=0.3"


def _shares(told: str) -> Shares:
    """`de-DE:87,en-US:13`; without a number, all."""
    return {name: float(share or 100) for name, _, share in (part.partition(":") for part in told.split(","))}


@cache
def _browsers(system: str) -> list[DeviceProperties]:
    chance = random.Random(system)
    seen = [(user_agent, weight) for user_agent, weight in _seen() if _system(user_agent) == system]
    now = [(user_agent, weight) for user_agent, weight in _user_agents().items() if _system(user_agent) == system]
    apps = [(row["user_agent"], float(row["share"])) for row in rows("in_app_visits") if row["system"] == system]
    if system == "odd":
        return [_described(agent, {}, (0, 0)) for agent in _odd()]
    drawn = []
    for found, share in ((seen, 0.45), (now, 0.4), (apps, 0.15)):
        if found:
            agents, weights = zip(*found, strict=True)
            drawn += chance.choices(agents, weights, k=int(BROWSERS * share))
    screens = [agent for agent in _user_agents() if _system(agent) == system]
    return [_described(agent, _hints(agent, chance), _screen(agent, screens, chance)) for agent in drawn]


def _described(user_agent: str, hints: dict[str, str], screen: tuple[float, float]) -> DeviceProperties:
    return devices.describe(measurement(user_agent=user_agent, screen=screen, **hints), user_agents())


def _seen() -> Iterator[tuple[str, float]]:
    for entry in packaged.weighted_people():
        yield entry["useragent"], entry["percent"]


def _odd() -> list[str]:
    """Televisions, consoles, watches, cars, old phones: one as often as another."""
    names = ("tv", "console", "wearable", "car_browser", "feature_phone")
    return [entry["user_agent"] for name in names for entry in packaged.fixtures(name)[:200]]


def _system(user_agent: str) -> str:
    tokens = {"Windows NT": "Windows", "iPhone": "iOS", "iPad": "iOS", "Android": "Android", "CrOS": "ChromeOS"}
    tokens |= {"Macintosh": "Mac", "Linux": "Linux"}
    return next((system for token, system in tokens.items() if token in user_agent), "")


@cache
def _fingerprints() -> dict[str, dict[str, Any]]:
    """Node to its table: values of it, or of its parent's values."""
    nodes = {node["name"]: node["conditionalProbabilities"] for node in packaged.network("fingerprint")}
    return {name: table.get("deeper", table) for name, table in nodes.items()}


def _user_agents() -> Shares:
    return _fingerprints()["userAgent"]


def _hints(user_agent: str, chance: random.Random) -> dict[str, str]:
    """The three that browsers send unasked, for those that the network knows."""
    drawn = _drawn("userAgentData", user_agent, chance)
    if not drawn:
        return {}
    brands = ", ".join(f'"{brand["brand"]}";v="{brand["version"]}"' for brand in drawn["brands"])
    mobile = "?1" if drawn["mobile"] else "?0"
    return {"ch_ua": brands, "ch_ua_mobile": mobile, "ch_ua_platform": f'"{drawn["platform"]}"'}


def _screen(user_agent: str, others: list[str], chance: random.Random) -> tuple[float, float]:
    """Its own where the network knows it, else that of one with the same system."""
    known = user_agent if user_agent in _user_agents() else chance.choice(others) if others else ""
    drawn = _drawn("screen", known, chance) or {}
    return drawn.get("width", 0), drawn.get("height", 0)


def _drawn(node: str, user_agent: str, chance: random.Random) -> dict[str, Any] | None:
    values, weights = _weighted(node, user_agent)
    return chance.choices(values, cum_weights=weights)[0] if values else None


@lru_cache(1_024)
def _weighted(node: str, user_agent: str) -> tuple[list[dict[str, Any] | None], list[float]]:
    table = _fingerprints()[node].get(user_agent, {})
    return [_decoded(value) for value in table], list(accumulate(table.values()))


def _decoded(value: str) -> dict[str, Any] | None:
    sent = value.removeprefix("*STRINGIFIED*")
    found: dict[str, Any] | None = msgspec.json.decode(sent) if sent.startswith("{") else None
    return found
