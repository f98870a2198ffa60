"""Where, and in which languages. The last step that sees the client's address."""

import re
from functools import lru_cache
from itertools import takewhile

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
_SUBTAG = re.compile("[a-z]{2,4}|[0-9]{3}")
"""Extended language, script or region."""
_REGISTERED = """
    1606nict 1694acad 1901 1959acad 1994 1996 abl1943 akuapem alalc97 aluku ao1990 aranes arevela arevmda arkaika asante
    auvern baku1926 balanka barla basiceng bauddha biscayan biske blasl bohoric boont bornholm cisaup colb1945 cornu
    creiss dajnko ekavsk emodeng fascia fodom fonipa fonkirsh fonnapa fonupa fonxsamp gallo gascon gherd grclass grital
    grmistr hepburn heploc hognorsk hsistemo ijekavsk itihasa ivanchov jauer jyutping kkcor kleinsch kociewie kscor
    laukika lemosin lengadoc lipaw ltg1929 ltg2007 luna1918 metelko monoton ndyuka nedis newfound nicard njiva nulik
    osojs oxendict pahawh2 pahawh3 pahawh4 pamaka peano petr1708 pinyin polyton provenc puter rigik rozaj rumgr scotland
    scouse simple solba sotav spanglis surmiran sursilv sutsilv synnejyl tarask tongyong tunumiit uccor ucrcor ulster
    unifon vaidika valbadia valencia vallader vecdruka vivaraup wadegile xsistemo
"""
_VARIANTS = frozenset(_REGISTERED.split())
"""Of IANA's language subtag registry."""
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
    """`zh-hant-tw` -> `zh-Hant-TW` (RFC 5646, 2.1.1). It ends before the first subtag that is none of a language.

    Extensions and private use (`-u-`, `-x-`) describe one person's settings, and anything can be written into a variant
    that nobody registered. Empty for what is no language.
    """
    primary, *rest = tag.lower().replace("_", "-").split("-")
    if not 2 <= len(primary) <= 3 or primary in _NO_LANGUAGES:
        return ""
    known = takewhile(lambda part: _SUBTAG.fullmatch(part) or part in _VARIANTS, rest)
    return "-".join([_RENAMED.get(primary, primary), *map(_cased, known)])


def _cased(subtag: str) -> str:
    if len(subtag) == 2:
        return subtag.upper()
    return subtag.capitalize() if len(subtag) == 4 and subtag.isalpha() else subtag
