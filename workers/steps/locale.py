"""Where, and in which languages. The last step that sees the client's address."""

import re
from functools import lru_cache

from shared.record import Locale
from workers.lookups import Lookups, PropertyRules
from workers.measurement import Measurement
from workers.steps.clock import valid_zone
from workers.steps.traffic import has_privacy_signal
from workers.tables.places import NOWHERE, Place

LANGUAGES = 5
LONGEST = 512
CACHED = 8_192

_range = re.compile(
    r"[ \t]*([A-Za-z]{1,8}(?:[-_][A-Za-z0-9]{1,8})*)[ \t]*(?:;[ \t]*[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)[ \t]*)?"
)
"""RFC 9110, 12.5.4 and 12.4.2: a language range and its weight. `*` names no language.

An underscore is not in it, but some apps and phones write their locale so (`en_US`), and mean the same.
"""
_RENAMED = {"in": "id", "iw": "he", "ji": "yi", "jw": "jv", "mo": "ro"}
"""Withdrawn codes of IANA's language subtag registry, and their names of today. Java still sends the first three."""
_NO_LANGUAGES = frozenset({"mis", "mul", "und", "zxx"})
"""ISO 639: uncoded, several, undetermined, none."""


def describe(m: Measurement, rules: PropertyRules, lookups: Lookups) -> Locale:
    """The address of a visitor who objects, or who hides it, is not looked up."""
    place = _place(m, rules, lookups)
    return Locale(
        country=place.country,
        city_geoname_id=place.city_geoname_id,
        city_name_en=place.city,
        languages=languages(m.headers.accept_language),
        time_zone=valid_zone(m.time_zone) or valid_zone(place.time_zone),
    )


def _place(m: Measurement, rules: PropertyRules, lookups: Lookups) -> Place:
    if rules.property.privacy_signal != "ignore" and has_privacy_signal(m.headers):
        return NOWHERE
    if m.client_address in lookups.proxies:
        return NOWHERE
    return lookups.places.find(m.client_address)


def languages(accept_language: str) -> dict[str, float]:
    """Tag to quality, best first, at most `LANGUAGES`. Shared between callers: not to be changed.

    An element that is malformed is skipped, the others count. Of a tag that is named twice, the higher quality counts.
    """
    if len(accept_language) > LONGEST:  # not in the middle of an element
        accept_language = accept_language[:LONGEST].rpartition(",")[0]
    return _languages(accept_language)


@lru_cache(CACHED)
def _languages(accept_language: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for element in accept_language.split(","):
        if (matched := _range.fullmatch(element)) and (tag := canonical(matched[1])):
            found[tag] = max(float(matched[2] or 1), found.get(tag, 0))
    wanted = [entry for entry in found.items() if entry[1]]
    return dict(sorted(wanted, key=lambda entry: -entry[1])[:LANGUAGES])


@lru_cache(CACHED)
def canonical(tag: str) -> str:
    """`zh-hant-tw` -> `zh-Hant-TW` (RFC 5646, 2.1.1). What follows a singleton (`-u-`, `-x-`) is left out.

    Extensions and private use describe one person's settings, not a language. Empty for what is no language.
    """
    primary, *rest = tag.lower().replace("_", "-").split("-")
    if not 2 <= len(primary) <= 3 or primary in _NO_LANGUAGES:
        return ""
    end = next((place for place, part in enumerate(rest) if len(part) == 1), len(rest))
    return "-".join([_RENAMED.get(primary, primary), *map(_cased, rest[:end])])


def _cased(subtag: str) -> str:
    if len(subtag) == 2:
        return subtag.upper()
    return subtag.capitalize() if len(subtag) == 4 and subtag.isalpha() else subtag
