"""A site's traffic as its access log has it: what comes comes again, and some of it is always new.

Simon's model: each hit's user agent, address, page and referrer is either new, as often as in the last quarter of a
small site's public log of ten thousand hits (which falls as a log grows), or that of a random earlier hit. So the
frequencies follow Zipf's law, as they do in logs, and the tail never ends.
"""

import random
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain, count, cycle
from typing import Any, Generic, TypeVar

import msgspec

from bench.bodies import BODY
from shared.beacon import Beacon, Channel, Headers
from shared.properties import DEMO
from tests.corpora import packaged

Value = TypeVar("Value")

NEW_AGENTS, NEW_ADDRESSES, NEW_PAGES, NEW_REFERRERS = 0.04, 0.137, 0.126, 0.054
"""Shares of hits with a value not seen before."""
MACHINES = 0.15
"""Share of hits by crawlers: they run no script, and come by the pixel."""
DIRECT = 0.4
"""Share of hits without a referrer."""
START_MS = 1_794_398_400_000
PER_SECOND = 200

TIMINGS: dict[str, float] = msgspec.json.decode(BODY % 0)["timings"]
SCREENS = ((1920, 1080), (1536, 864), (390, 844), (393, 873), (412, 915), (1440, 900), (360, 800), (820, 1180))
ZONES = ("Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Asia/Kolkata", "Asia/Tokyo", "")
LANGUAGES = ("en-US,en;q=0.9", "en-GB,en;q=0.8", "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", "fr-FR,fr;q=0.9", "ja", "")
WORDS = (
    "best", "blue", "choose", "clean", "coat", "garden", "guide", "how", "lamp", "price", "red", "review", "shoes",
    "small", "summer", "table", "to", "winter",
)  # fmt: skip
REFERRERS = (
    "https://www.google.com/", "https://www.google.de/", "https://www.bing.com/", "https://duckduckgo.com/",
    "https://l.facebook.com/", "https://t.co/abc123", "https://chatgpt.com/", "https://www.reddit.com/r/shoes/",
)  # fmt: skip
TAGS = (
    "", "", "", "", "", "", "?page={}", "?q={}", "?utm_source=news&utm_medium=email&utm_campaign={}",
    "?gclid=EAIaIQobChMI{}f7n8gIVk5XVCh0ZnwPLEAAYASAAEgLv", "?utm_source=google&utm_medium=cpc&utm_term={}",
    "?token={}",
)  # fmt: skip


class Recurring(Generic[Value]):
    """Values of hits: new ones with the given share, else that of a random earlier hit."""

    def __init__(self, chance: random.Random, new_share: float, fresh: Iterator[Value]) -> None:
        self._chance = chance
        self._new_share = new_share
        self._fresh = fresh
        self._seen: list[Value] = []

    def next(self) -> Value:
        """Of the next hit."""
        is_new = not self._seen or self._chance.random() < self._new_share
        value = next(self._fresh) if is_new else self._chance.choice(self._seen)
        if self._new_share < 1:
            self._seen.append(value)
        return value


def beacons(seed: int = 1, *, is_tagged: bool = True, is_distinct: bool = False) -> Iterator[Beacon]:
    """Endless, and always the same. `is_tagged`: with all that the tag sends, else with what an access log has.

    `is_distinct`: no value ever comes again.
    """
    chance = random.Random(seed)

    def recurring(new_share: float, fresh: Iterator[Value]) -> Callable[[], Value]:
        return Recurring(chance, 1 if is_distinct else new_share, fresh).next

    people = recurring(NEW_AGENTS, _agents(_people(), is_distinct=is_distinct))
    machines = recurring(NEW_AGENTS, _agents(_machines(), is_distinct=is_distinct))
    addresses = recurring(NEW_ADDRESSES, (f"{20 + n % 180}.{n // 180 % 256}.{n // 46_080 % 256}.7" for n in count()))
    pages = recurring(NEW_PAGES, _pages(chance))
    referrers = recurring(NEW_REFERRERS, _referrers(chance))
    for number in count():
        is_machine = chance.random() < MACHINES
        headers = (machines if is_machine else people)()
        referrer = "" if chance.random() < DIRECT else referrers()
        payload = _payload(chance, number, *pages(), referrer, is_scripted=is_tagged and not is_machine)
        channel = Channel.SCRIPT if is_tagged and not is_machine else Channel.PIXEL
        at_ms = START_MS + number * 1000 // PER_SECOND
        yield Beacon(number.to_bytes(16, "big"), at_ms, channel, DEMO.id, addresses(), headers, payload)


def _payload(chance: random.Random, number: int, url: str, title: str, referrer: str, *, is_scripted: bool) -> bytes:
    fields: dict[str, Any] = {"property": DEMO.id, "id": f"{number:032x}", "url": url, "title": title}
    fields["referrer"] = referrer
    if is_scripted:
        fields["canonical"] = url.partition("?")[0]
        fields["screen"] = chance.choice(SCREENS)
        fields["time_zone"] = chance.choice(ZONES)
        fields["timings"] = {name: round(ms * (0.5 + chance.random()), 1) for name, ms in TIMINGS.items()}
        fields["vitals"] = {"FCP": chance.randrange(200, 4000)}
    return msgspec.json.encode(fields)


def _pages(chance: random.Random) -> Iterator[tuple[str, str]]:
    """URL and title. One in twelve has a token in it, two a click id or a search, three the tags of a campaign."""
    for number in count():
        words = chance.sample(WORDS, 3)
        tags = chance.choice(TAGS).format(f"{number:x}")
        yield f"https://shop.example.com/{words[0]}/{'-'.join(words)}-{number}{tags}", " ".join(words).title()


def _referrers(chance: random.Random) -> Iterator[str]:
    """Search engines and networks first; then other sites' pages, and the site's own."""
    yield from REFERRERS
    for number in count():
        host = chance.choice(("shop.example.com", f"blog{number}.example.org", "www.google.com"))
        yield f"https://{host}/{'-'.join(chance.sample(WORDS, 2))}?n={number}"


def _agents(user_agents: Iterator[str], *, is_distinct: bool) -> Iterator[Headers]:
    for number, user_agent in enumerate(user_agents):
        language = LANGUAGES[number % len(LANGUAGES)]
        text = f"{user_agent} {number}" if is_distinct else user_agent
        yield Headers(text, f"{language},x{number:x}" if is_distinct else language, **_hints(user_agent))


def _hints(user_agent: str) -> dict[str, str]:
    """As Chrome sends them."""
    if "Chrome/1" not in user_agent:
        return {}
    major = user_agent.partition("Chrome/")[2].partition(".")[0]
    return {
        "ch_ua": f'"Chromium";v="{major}", "Google Chrome";v="{major}", "Not_A Brand";v="24"',
        "ch_ua_mobile": "?1" if "Mobile" in user_agent else "?0",
        "ch_ua_platform": '"Android"' if "Android" in user_agent else '"Windows"',
    }


def _people() -> Iterator[str]:
    """The most frequent first; then a public directory's, of the last twenty years."""
    return chain(_frequent(), (entry["user_agent"] for entry in _again(packaged.directory)))


def _machines() -> Iterator[str]:
    return cycle(user_agent for crawler in packaged.crawlers() for user_agent in crawler["instances"])


def _again(read: Callable[[], Iterator[Value]]) -> Iterator[Value]:
    while True:
        yield from read()


@cache
def _frequent() -> tuple[str, ...]:
    shares: dict[str, float] = {}
    for entry in packaged.weighted_people():
        shares[entry["useragent"]] = shares.get(entry["useragent"], 0) + entry["percent"]
    return tuple(sorted(shares, key=lambda user_agent: -shares[user_agent]))
