"""User agents that are machines: is-bot's patterns in one RE2 set, corrected where they hit people."""

import re
from functools import cache, lru_cache

import re2
from is_bot import Bots

from workers.drop import Drop, DropReason
from workers.tables import user_agents
from workers.tables.machine_names import COMMON_WORDS, HEADLESS, LIBRARIES, PEOPLE, PERSONAL_BROWSER, SELF_DESCRIBED
from workers.tables.patterns import PatternSet, options, understood
from workers.tables.user_agents import LONGEST, UserAgents, printable

CACHED = 16_384
_LOOKAROUND = re.compile(r"\(\?<?[!=](?:[^()]|\([^()]*\))*\)")
_LOOKBEHIND = re.compile(r"\(\?<!([^()]+)\)")
_NOTHING_SAID = ("", "-", "_", "null", "undefined", "None")


class Machines:
    """Immutable; answers are remembered."""

    def __init__(self, agents: UserAgents) -> None:
        self._agents = agents
        self._headless = _Named(HEADLESS)
        self._libraries = _Named(LIBRARIES)
        self._self_described = _Named(SELF_DESCRIBED)
        self._bots = BotPatterns()
        self._recognise = lru_cache(CACHED)(self._decide)

    def recognise(self, user_agent: str) -> Drop | None:
        """Why no person is behind this user agent; None when one may be."""
        return self._recognise(user_agent[:LONGEST])

    def _decide(self, user_agent: str) -> Drop | None:
        text = printable(user_agent).strip()
        if text in _NOTHING_SAID:
            return Drop(DropReason.NO_USER_AGENT)
        if rule := self._headless.find(text):
            return Drop(DropReason.HEADLESS, rule)
        if rule := self._libraries.find(text):
            return Drop(DropReason.HTTP_LIBRARY, rule)
        if self._agents.parse(user_agent).is_spider:
            return Drop(DropReason.SPIDER, "known spider")
        if rule := self._self_described.find(text) or self._bots.find(text):
            return Drop(DropReason.BOT, rule)
        return None


@cache
def packaged() -> Machines:
    """The one table of this process: its patterns come with packages and never change."""
    return Machines(user_agents.packaged())


class BotPatterns:
    """is-bot's patterns. RE2 has no lookaround: what uses it is searched without, then confirmed with Python's `re`."""

    def __init__(self) -> None:
        self.patterns = sorted(Bots().patterns)
        self._confirm = {p: _lookaround(p) for p in self.patterns if not understood(p)}
        self._set = PatternSet([_LOOKAROUND.sub("", p) if p in self._confirm else p for p in self.patterns])
        self._people = re2.compile("|".join(PEOPLE), options())
        self._personal = re2.compile(PERSONAL_BROWSER, options())

    def find(self, user_agent: str) -> str:
        """The plainest pattern that tells a machine; empty when there is none."""
        text: str = self._people.sub(" ", user_agent)
        told = self.matches(text)
        if told and self._personal.search(text):
            told = [pattern for pattern in told if pattern not in COMMON_WORDS]
        return min(told, key=_strangeness, default="")

    def matches(self, text: str) -> list[str]:
        """All patterns that occur, as the package means them."""
        found = (self.patterns[place] for place in self._set.matches(text))
        return [pattern for pattern in found if pattern not in self._confirm or self._confirm[pattern].search(text)]


def _lookaround(pattern: str) -> re.Pattern[str]:
    """With Python's `re`, which wants lookbehinds of one length: `(?<!a|bc)` becomes `(?<!a)(?<!bc)`."""
    return re.compile(_LOOKBEHIND.sub(_one_length_each, pattern), re.IGNORECASE)


def _one_length_each(lookbehind: re.Match[str]) -> str:
    return "".join(f"(?<!{text})" for text in lookbehind[1].split("|"))


def _strangeness(pattern: str) -> int:
    """Of the patterns that match, the one with the fewest signs explains best."""
    return sum(not character.isalnum() for character in pattern)


class _Named:
    """A table of names and patterns."""

    def __init__(self, table: dict[str, str]) -> None:
        self._names = list(table)
        self._set = PatternSet(list(table.values()))

    def find(self, user_agent: str) -> str:
        place = self._set.first(user_agent)
        return "" if place is None else self._names[place]
