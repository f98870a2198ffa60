"""User agents that are machines: what names itself one, or names no browser and no device of people."""

from collections.abc import Iterator
from functools import cache, lru_cache

import re2
from is_bot import Bots

from workers.drop import Drop, DropReason
from workers.tables.machine_names import CRAWLERS, HEADLESS, LIBRARIES, OTHERS, SIGNATURES
from workers.tables.patterns import PatternSet, options, understood
from workers.tables.people_names import IN_APP, ORDINARY, PEOPLE, SOUND_LIKE_MACHINES
from workers.tables.user_agents import LONGEST, printable

CACHED = 16_384
_NOTHING_SAID = ("", "-", "_", "null", "undefined", "None")
_NOBODY = Drop(DropReason.BOT, "names no browser or device of people")


class Machines:
    """Immutable; answers are remembered."""

    def __init__(self) -> None:
        signatures, trades = list(_signatures()), list(_trades())
        self._drops = [drop for drop, _ in signatures + trades]
        self._machines = PatternSet([pattern for _, pattern in signatures + trades])
        self._signed = len(signatures)
        self._in_app = re2.compile(_any_of(IN_APP), options())
        self._people = PatternSet([_any_of(row) for row in PEOPLE.values()])
        self._misleading = re2.compile(_any_of(" ".join(SOUND_LIKE_MACHINES.values())), options())
        self._recognise = lru_cache(CACHED)(self.decide)

    def recognise(self, user_agent: str) -> Drop | None:
        """Why no person is behind this user agent; None when one may be."""
        return self._recognise(user_agent[:LONGEST])

    def decide(self, user_agent: str) -> Drop | None:
        """The same, of text that is not too long, and not remembered."""
        text = printable(user_agent).strip()
        if text in _NOTHING_SAID:
            return Drop(DropReason.NO_USER_AGENT)
        return self._named(text) or (None if self._people.first(text) is not None else _NOBODY)

    def _named(self, text: str) -> Drop | None:
        """What a machine is called is looked for twice: few have it, and taking out what misleads is dear."""
        if self._machines.first(text) is None:
            return None
        place = self._machines.first(self._misleading.sub(" ", text))
        if place is None or (place >= self._signed and self._in_app.search(text)):
            return None
        return self._drops[place]


@cache
def packaged() -> Machines:
    """The one table of this process: its patterns come with packages and never change."""
    return Machines()


def _signatures() -> Iterator[tuple[Drop, str]]:
    """What only machines say. The first that applies gives the reason, here and of all."""
    yield from _of(DropReason.HEADLESS, HEADLESS)
    yield from _of(DropReason.HTTP_LIBRARY, LIBRARIES)
    yield from _of(DropReason.SPIDER, CRAWLERS)
    yield from _of(DropReason.BOT, SIGNATURES)


def _trades() -> Iterator[tuple[Drop, str]]:
    """Words of what machines do; a person's app may be called so too."""
    yield from _of(DropReason.BOT, OTHERS)
    for pattern in listed():
        yield Drop(DropReason.BOT, pattern), pattern


def _of(reason: DropReason, table: dict[str, str]) -> Iterator[tuple[Drop, str]]:
    for name, row in table.items():
        yield Drop(reason, name), _any_of(row)


def _any_of(row: str) -> str:
    return "|".join(row.split())


def listed() -> list[str]:
    """is-bot's patterns that name a machine wherever they occur.

    Those of the beginning of a user agent are not wanted, because what begins so has no browser's or device's name.
    """
    return sorted(p for p in Bots().patterns if p not in ORDINARY and not p.startswith("^") and understood(p))
