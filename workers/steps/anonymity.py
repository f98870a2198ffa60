"""AnonymitySetID: which group of alike browsers a hit belongs to. Never who.

The traits are taken in the order of `shared_traits`. A value is told apart where so large a share of all hits is
expected to have it, with all that was told before, that `FLOOR` is reached, and where the others of its trait reach it
too. So a common browser is described closely and a rare one hardly at all; there are few sets, whoever comes; and the
rules are fixed, so that workers agree without talking.
"""

from functools import lru_cache
from hashlib import blake2b

from shared.record import DeviceProperties, Locale
from workers.steps.anonymity_shares import (
    COUNTRIES,
    FAMILIES,
    LANGUAGES,
    LARGE_FROM,
    SCREENS,
    SMALL_BELOW,
    SYSTEMS,
    Shares,
)

RULES = b"blockmetry-set-2"
"""Domain separation. Its number changes with the rules or the shares: sets made by different ones must not mix."""

FLOOR = 1 / 125
"""800 of 100,000 hits: a site's own shares are far from those of the world, and sets of 50 must hold there too."""

OTHERS = "*"
CACHED = 16_384


def property_key(secret: bytes, property_id: str) -> bytes:
    """32 bytes. One browser is in unrelated sets on two properties."""
    return blake2b(property_id.encode(), key=secret, digest_size=32, person=RULES).digest()


def identify(key: bytes, device: DeviceProperties, locale: Locale) -> str:
    """16 hex digits: keyed BLAKE2b of what `shared_traits` tells."""
    return _name(key, shared_traits(device, locale))


def shared_traits(device: DeviceProperties, locale: Locale) -> tuple[str, ...]:
    """What all browsers of the set have in common: system, browser, screen, language, country; or `OTHERS`."""
    system = f"{device.device_class} {device.os}"
    language = next(iter(locale.languages), "").partition("-")[0]
    return _told(system, device.ua_family, screen_class(device), language, locale.country)


def screen_class(device: DeviceProperties) -> str:
    """By the shorter side: `small`, `large`, or neither."""
    shorter = min(device.screen_width, device.screen_height)
    if shorter >= LARGE_FROM:
        return "large"
    return "small" if 0 < shorter < SMALL_BELOW else ""


@lru_cache(CACHED)
def _name(key: bytes, traits: tuple[str, ...]) -> str:
    return blake2b("\n".join(traits).encode(), key=key, digest_size=8).hexdigest()


@lru_cache(CACHED)
def _told(system: str, family: str, screen: str, language: str, country: str) -> tuple[str, ...]:
    path = _Path()
    system = path.tell(system, SYSTEMS)
    family = path.tell(family, FAMILIES.get(system, {}))
    screen = path.tell(screen, SCREENS.get(system, {}))
    language = path.tell(language, LANGUAGES)
    country = path.tell(country, COUNTRIES.get(language, {}))
    return system, family, screen, language, country


class _Path:
    """From all hits down to one set."""

    def __init__(self) -> None:
        self._expected = 1.0

    def tell(self, value: str, shares: Shares) -> str:
        """`value` where it is common enough, else `OTHERS`."""
        common = _common(shares, self._expected)
        self._expected *= common.get(value, 1 - sum(common.values()))
        return value if value in common else OTHERS


def _common(shares: Shares, expected: float) -> dict[str, float]:
    """Those that reach the floor; the rarest of them joins the others as long as these do not."""
    found = sorted((entry for entry in shares.items() if expected * entry[1] >= FLOOR), key=lambda entry: -entry[1])
    while found and expected * (1 - sum(share for _, share in found)) < FLOOR:
        found.pop()
    return dict(found)
