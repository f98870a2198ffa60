"""AnonymitySetID: which group of alike browsers a hit belongs to. Never who.

The traits are taken in the order below, each with the share of hits that is expected to have its value among those that
have the earlier ones. A trait counts as long as the product of the shares stays above `FLOOR`, for this value and for
the rest that it would leave behind; the first that breaks this, and all after it, are left out. So a common browser is
described closely and a rare one hardly at all, by fixed rules on which workers agree without talking.
"""

from functools import lru_cache
from hashlib import blake2b

from shared.record import DeviceProperties, Locale
from workers.steps.anonymity_shares import (
    COUNTRIES,
    FAMILIES,
    LANGUAGE_OF,
    MAIN_LANGUAGE,
    OTHER_LANGUAGES,
    SCREEN_BOUNDS,
    SCREENS,
    SYSTEMS,
    VERSION,
    VERSION_STEPS,
)

RULES = b"blockmetry-set-1"
"""Domain separation. Its number changes with the rules or the shares: sets made by different ones must not mix."""

FLOOR = 1 / 650
"""About 150 of 100,000 hits expected: shares are rough, and sets of 50 must hold."""

Traits = tuple[tuple[str, float, float], ...]
"""Value, its expected share, and the share of what is left when such values are told apart."""


def property_key(secret: bytes, property_id: str) -> bytes:
    """32 bytes. One browser is in unrelated sets on two properties."""
    return blake2b(property_id.encode(), key=secret, digest_size=32, person=RULES).digest()


def identify(key: bytes, device: DeviceProperties, locale: Locale) -> str:
    """16 hex digits: keyed BLAKE2b of what `shared_traits` leaves."""
    return blake2b("\n".join(shared_traits(device, locale)).encode(), key=key, digest_size=8).hexdigest()


def shared_traits(device: DeviceProperties, locale: Locale) -> tuple[str, ...]:
    """What all browsers of the set have in common."""
    return _common(
        device.device_class,
        device.os,
        device.ua_family,
        locale.country,
        next(iter(locale.languages), "").partition("-")[0],
        screen_class(device),
        _rounded(device.os_major, VERSION_STEPS.get(device.os, 0)),
        _rounded(device.ua_major, VERSION_STEPS.get(device.ua_family, 0)),
    )


def screen_class(device: DeviceProperties) -> str:
    """By the shorter side: four classes, and unknown."""
    shorter = min(device.screen_width, device.screen_height)
    return str(sum(shorter >= bound for bound in SCREEN_BOUNDS)) if shorter else ""


@lru_cache(16_384)
def _common(
    device_class: str, system: str, family: str, country: str, language: str, screen: str, *versions: str
) -> tuple[str, ...]:
    traits: Traits = (
        (f"{device_class} {system}", SYSTEMS.get((device_class, system), 0), 1),
        (family, FAMILIES.get(system, {}).get(family, 0), 1),
        (country, COUNTRIES.get(country, 0), 1),
        (language, _language_share(country, language), 1 - MAIN_LANGUAGE),
        (screen, SCREENS.get(device_class, {}).get(screen, 0), 1),
        *((version, VERSION if version else 1, 1) for version in versions),
    )
    return _above_floor(traits)


def _above_floor(traits: Traits) -> tuple[str, ...]:
    kept: list[str] = []
    expected = 1.0
    for value, share, rest in traits:
        if expected * min(share, rest) < FLOOR:
            break
        expected *= share
        kept.append(value)
    return tuple(kept)


def _language_share(country: str, language: str) -> float:
    return MAIN_LANGUAGE if LANGUAGE_OF.get(country, "en") == language else OTHER_LANGUAGES.get(language, 0)


def _rounded(version: str, step: int) -> str:
    """Down to a multiple of `step`; 0 shows none."""
    return str(int(version[:6]) // step * step) if step and version.isascii() and version.isdecimal() else ""
