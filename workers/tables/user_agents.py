"""What a user agent says of browser, system and device: ua-parser's rules on its Rust engine."""

import re
from functools import cache, lru_cache

import msgspec
from ua_parser import Domain, PartialResult, load_lazy_builtins
from ua_parser.regex import Resolver

LONGEST = 1024
"""Characters of a user agent that are looked at; people's are a quarter of that."""
CACHED = 16_384


class Agent(msgspec.Struct, frozen=True, gc=False):
    """Empty strings are unknown."""

    family: str = ""
    major: str = ""
    os: str = ""
    os_major: str = ""
    device: str = ""


class UserAgents:
    """Immutable; answers are remembered."""

    def __init__(self) -> None:
        self._resolve = Resolver(load_lazy_builtins())
        self._parse = lru_cache(CACHED)(self._read)

    def parse(self, user_agent: str) -> Agent:
        """Total: any text has an answer."""
        return self._parse(user_agent[:LONGEST])

    def _read(self, user_agent: str) -> Agent:
        return _agent(self._resolve(printable(user_agent), Domain.ALL))


@cache
def packaged() -> UserAgents:
    """The one table of this process: its rules come with the package and never change."""
    return UserAgents()


def printable(text: str) -> str:
    """`text` without control characters and lone surrogates, which neither RE2 nor JSON would take."""
    return text if text.isascii() and text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def _agent(found: PartialResult) -> Agent:
    browser, system, device = found.user_agent, found.os, found.device
    agent = Agent(
        family=_word(browser.family if browser else None),
        major=_word(browser.major if browser else None),
        os=_word(system.family if system else None),
        os_major=_word(system.major if system else None),
        device=_device(_word(device.family if device else None)),
    )
    return msgspec.structs.replace(agent, os_major=agent.major) if _is_frozen_ios(agent) else agent


def _is_frozen_ios(agent: Agent) -> bool:
    """Since 26 Safari has the number of its system, and says in the system's place the one before."""
    return (
        agent.os == "iOS"
        and agent.family == "Mobile Safari"
        and _number(agent.major) >= max(26, _number(agent.os_major))
    )


def _number(version: str) -> int:
    return int(version[:6]) if version.isascii() and version.isdecimal() else 0


def _word(found: str | None) -> str:
    """Nothing that could tell one device from another: old phones send their serial number along."""
    return "" if found is None or found == "Other" or _IDENTIFYING.search(found) else found[:80].strip()


def _device(family: str) -> str:
    """Without the build number that some rules take along; `K` is what Chrome says instead of a model."""
    model = family.partition(" Build/")[0].partition(";")[0].strip()
    return "" if model == "K" else model


_IDENTIFYING = re.compile(r"[0-9a-f]{12}|(?:[0-9][ -]?){10}|(?:[0-9a-f]{2}[:-]){5}|@|imei", re.IGNORECASE)
"""Serial numbers, IMEI, UUIDs, addresses of people and of hardware, telephone numbers. No model is called so."""
