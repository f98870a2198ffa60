"""Sources: which known service a referring host belongs to, and the medium that this makes.

Made from public knowledge. One dictionary, walked from the whole host to its parents.
"""

from functools import lru_cache

import msgspec

from workers.steps.known.apps import APPS
from workers.steps.known.assistants import ASSISTANTS
from workers.steps.known.mail import MAIL
from workers.steps.known.search import COUNTRIES, SEARCH, TERMS
from workers.steps.known.shops import NO_SHOPS, SHOPS
from workers.steps.known.social import SOCIAL
from workers.steps.known.video import VIDEO

HOSTS = {
    "organic": SEARCH,
    "ai": ASSISTANTS,
    "social": SOCIAL,
    "email": MAIL,
    "video": VIDEO,
    "shopping": SHOPS,
    "referral": NO_SHOPS,
}
"""By medium."""

SEARCH_PREFIXES = frozenset(
    {"www", "m", "search", "images", "image", "r", "cse", "encrypted", "amp", "lite", "html", "wap"}
)
"""Below a search engine's host only these are the search itself; `docs.` and `sites.` are places of their own."""


class Source(msgspec.Struct, frozen=True):
    """A known service."""

    name: str
    """Lower case: `google`, `facebook`, `chatgpt`."""
    medium: str
    terms: tuple[str, ...] = ()
    """The parameters in which a search engine passes on what was searched for."""


@lru_cache(maxsize=8192)
def find(scheme: str, host: str) -> Source | None:
    """The service at `host` (lower case), or of the Android app whose package `host` is."""
    if scheme == "android-app":
        return _APPS.get(host)
    labels = host.split(".")
    for start in range(len(labels) - 1):
        if source := _SOURCES.get(".".join(labels[start:])):
            return source if source.medium != "organic" or _is_search(labels[:start]) else None
    return None


def named(name: str) -> Source | None:
    """The service that a campaign tag means by its host or its name: `chatgpt.com`, `Facebook`."""
    name = name.strip().lower()
    return find("https", name) if "." in name else _BY_NAME.get(name)


def _is_search(prefixes: list[str]) -> bool:
    """`www`, `de.search`, `m`: nothing, what a search engine puts before, and two-letter countries and languages."""
    return all(label in SEARCH_PREFIXES or len(label) == 2 for label in prefixes)


def _source(name: str, medium: str) -> Source:
    return Source(name, medium, tuple(TERMS.get(name, "q").split()) if medium == "organic" else ())


def _read(table: dict[str, dict[str, str]]) -> dict[str, Source]:
    return {
        host: _source(name, medium)
        for medium, services in table.items()
        for name, hosts in services.items()
        for listed in hosts.split()
        for host in _expand(listed)
    }


def _expand(listed: str) -> list[str]:
    """`google.*` is Google in every country where it has a domain."""
    if not listed.endswith(".*"):
        return [listed]
    brand = listed.removesuffix(".*")
    return [f"{brand}.{country}" for country in COUNTRIES[brand.rpartition(".")[2]].split()]


_SOURCES = _read(HOSTS)
_APPS = _read(APPS)
_BY_NAME = {source.name: source for source in reversed((*_APPS.values(), *_SOURCES.values()))}
