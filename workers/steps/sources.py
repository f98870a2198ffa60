"""Sources: which known service a referring host belongs to, and the medium that this makes.

One dictionary, walked from the whole host to its parents. What many run under names of their own is known by a part.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from workers.steps.known.apps import APPS
from workers.steps.known.assistants import ASSISTANTS
from workers.steps.known.mail import MAIL
from workers.steps.known.search import PREFIXES, SEARCH, TERMS
from workers.steps.known.self_hosted import ANYWHERE, BEFORE
from workers.steps.known.shops import ELSEWHERE, SHOPS
from workers.steps.known.social import GA4_ONLY, NICKNAMES, SOCIAL
from workers.steps.known.video import VIDEO

HOSTS = {
    "organic": SEARCH,
    "ai": ASSISTANTS,
    "social": {**SOCIAL, "": f"{SOCIAL['']} {GA4_ONLY}"},
    "email": MAIL,
    "video": VIDEO,
    "shopping": SHOPS,
    "referral": ELSEWHERE,
}
"""By medium, as `workers/steps/known/__init__.py` describes it."""
SEARCH_PREFIXES = frozenset(PREFIXES.split())
NO_COUNTRIES = frozenset({"ad", "ai", "id", "my", "tv"})
"""Countries too, but before a host they are words: `my.yahoo.com`."""
SAME = frozenset({"www", "m", "mobile", "amp"})
"""Before a host these make no other place of it."""
SECOND_LEVELS = frozenset({"com", "co", "net", "org", "edu", "gov", "ac", "ne", "or", "web"})
"""What countries put between a brand and their own domain: `google.com.br`."""
APP_SCHEMES = frozenset({"android-app", "ios-app"})


class Source(msgspec.Struct, frozen=True, gc=False):
    """A known service."""

    name: str
    """Lower case: `google`, `facebook`, `chatgpt`."""
    medium: str
    terms: tuple[str, ...] = ()
    """The parameters in which a search engine passes on what was searched for."""
    patterns: tuple[Any, ...] = ()
    """RE2 over path and query; the first group is what was searched for."""


class Place(msgspec.Struct, frozen=True, gc=False):
    """What is known of a host."""

    source: Source | None = None
    parts: tuple[tuple[str, Source], ...] = ()
    """Beginnings of paths that are something else."""

    def at(self, path: str) -> Source | None:
        """The first beginning of `path`, in whole segments, decides."""
        for beginning, source in self.parts:
            if path.startswith(beginning) and path[len(beginning) :][:1] in ("", "/"):
                return source
        return self.source


Table = Mapping[str, Source]
"""By host, or by host and the beginning of a path."""


class Sources:
    """Immutable; answers are remembered, in a bounded number."""

    def __init__(self, listed: Mapping[str, Table] | None = None) -> None:
        """`listed` has tables instead of ours, by medium; of a host that two tables have they know better."""
        listed = listed or {}
        tables = {**{medium: table for medium, table in OURS.items() if medium not in listed}, **listed}
        self._places = _places(tables.values())
        self._names = {_plain(found.name): found for found in reversed(_tagged(tables))}
        self._apps = {**_APPS, **{package: found for table in listed.values() for package, found in table.items()}}
        self._place = lru_cache(8192)(self._look)

    def find(self, scheme: str, host: str, path: str = "/") -> Source | None:
        """The service at `host` (lower case), or that of the app whose package or number `host` is."""
        return self._apps.get(host) if scheme in APP_SCHEMES else self._place(host).at(path)

    def named(self, name: str) -> Source | None:
        """The service that a campaign tag means by its host or its name: `chatgpt.com`, `Facebook`, `fb`."""
        name = name.strip().lower()
        return self.find("https", name) if "." in name else self._names.get(_plain(NICKNAMES.get(name, name)))

    def _look(self, host: str) -> Place:
        labels = host.split(".")
        for start in range(len(labels) - 1):
            before, name = labels[:start], labels[start:]
            place = self._find(".".join(name), before) or self._find(".".join(_anywhere(name)), before)
            if place:
                return place
        return Place(_by_label(host, labels))

    def _find(self, host: str, before: list[str]) -> Place | None:
        if SAME.issuperset(before) and (alone := self._places.get(f"={host}")):
            return alone
        place = self._places.get(host)
        is_search = place and place.source and place.source.medium == "organic"
        return place if not is_search or host.startswith("search.") or _is_prefix(before) else None


def read_table(services: Mapping[str, str], medium: str) -> dict[str, Source]:
    """Of names to hosts, as `workers/steps/known/__init__.py` describes it."""
    return {host: source(name or _own_name(host), medium) for name, hosts in services.items() for host in hosts.split()}


def source(name: str, medium: str) -> Source:
    """With the parameters for what was searched for, of a search engine."""
    return Source(name, medium, tuple(TERMS.get(name, "q").split()) if medium == "organic" else ())


def _places(tables: Iterable[Table]) -> dict[str, Place]:
    """By host; what is told later is known better."""
    whole: dict[str, Source] = {}
    parts: dict[str, dict[str, Source]] = {}
    for table in tables:
        for key, found in table.items():
            host, slash, path = key.partition("/")
            if slash:
                parts.setdefault(host, {})[f"/{path}"] = found
            else:
                whole[host] = found
    return {
        host: Place(whole.get(host), tuple(sorted(parts.get(host, {}).items(), reverse=True)))
        for host in (*whole, *parts)
    }


def _tagged(tables: Mapping[str, Table]) -> list[Source]:
    """What a campaign tag may mean; of two services of one name the first."""
    known = [found for medium, table in tables.items() if medium != "referral" for found in table.values()]
    return [*known, *_APPS.values()]


def _anywhere(labels: list[str]) -> list[str]:
    """`google.co.uk` as `google.{}`; empty where it is under no country's domain."""
    if len(labels) < 2 or len(labels[-1]) != 2:
        return []
    brand = labels[:-2] if labels[-2] in SECOND_LEVELS else labels[:-1]
    return [*brand, "{}"] if brand else []


def _own_name(host: str) -> str:
    """`search.avast.com` and `avast.co.uk` are `avast`."""
    labels = host.split(".")
    return (_anywhere(labels) or labels)[-2:][0]


def _is_prefix(labels: list[str]) -> bool:
    """What search engines put before: `www`, `m`, `de`, also numbered (`s2-eu4`), `blogsearch`."""
    words = (word.strip("0123456789") for label in labels for word in label.split("-"))
    return all(
        word in SEARCH_PREFIXES or (len(word) <= 2 and word not in NO_COUNTRIES) or _SEARCHING.search(word)
        for word in words
    )


def _by_label(host: str, labels: list[str]) -> Source | None:
    for label in labels[:-1]:
        if found := _SELF_HOSTED.get(label):
            return found
    for label in (_anywhere(labels) or labels)[:-2]:
        if medium := _MEDIA_BEFORE.get(label.rstrip("0123456789")):
            return Source(host, medium, ("q", "query") if medium == "organic" else ())
    return None


def _plain(name: str) -> str:
    """`Product Hunt`, `product-hunt` and `producthunt` are one."""
    return "".join(filter(str.isalnum, name))


def _by_word(table: Mapping[str, Mapping[str, str]]) -> dict[str, Source]:
    """Of medium to name to words."""
    return {
        word: source(name, medium)
        for medium, names in table.items()
        for name, words in names.items()
        for word in words.split()
    }


OURS: dict[str, Table] = {medium: read_table(services, medium) for medium, services in HOSTS.items()}
"""What we know, by medium."""
_APPS = _by_word(APPS)
_SEARCHING = re.compile(r"(?<!re)search|^suche|^recherche|^ricerca")
_SELF_HOSTED = _by_word(ANYWHERE)
_MEDIA_BEFORE = {label: medium for medium, labels in BEFORE.items() for label in labels.split()}
