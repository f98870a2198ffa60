"""Randomness: whether a run of letters and digits was made by a machine (a token) or by people (words, product names).

A naive Bayes classifier over neighbouring characters. In words of European languages 93% of neighbouring letters are
among the pairs below, in random letters 38%; changes to upper case and between letters and digits are rare in names and
common in tokens.
"""

import re
from functools import lru_cache
from itertools import groupby

SHORTEST = 16
"""Shorter runs are too likely to be a product number, and hold little."""
_CACHED_LENGTH = 128
_LONG_PART = re.compile(r"[A-Za-z0-9]{8}")
"""Product numbers are as mixed as tokens, but in one case and short parts: `WH-1000XM5-BLK-EU`."""
_PARTS = re.compile(r"[A-Za-z0-9]+")
WORD = r"(?:[A-Z]?[a-z]{1,15}|[A-Z])(?![A-Za-z0-9])"
"""By itself, and short enough."""
_WORDS = re.compile(rf"(?:{WORD}|[0-9]+(?![A-Za-z0-9])|[^A-Za-z0-9])*+")
"""What words and numbers say together is up to other rules."""
_WORDS_BEFORE = re.compile(rf"^(?:{WORD}[^A-Za-z0-9]+)+")
_WORDS_AFTER = re.compile(r"(?:(?<![A-Za-z0-9])[A-Z]?[a-z]{1,15}[^A-Za-z0-9]*)+$")
_DIGIT_WITHIN = re.compile(r"[A-Z][0-9]+[A-Z]")
"""In capitals and in one piece nobody writes so many."""

_ACRONYM = re.compile(r"[A-Z]{2,6}")
_HUMPS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_NAME_LIMIT, _NAMES_LIMIT = 8, 11
"""Characters of a name in two cases that does not read like words; of all of them, and no more than are in words."""

_FOLLOWERS = {
    "a": "bcdghiklmnprstuvwyz",
    "b": "aeiloru",
    "c": "aehiklortu",
    "d": "adeinorsu",
    "e": "abcdefgilmnprstvwxy",
    "f": "aefiortu",
    "g": "aehilnorsu",
    "h": "aeiotu",
    "i": "abcdefgklmnoprstvz",
    "j": "aeiou",
    "k": "aeiosu",
    "l": "adeilostuy",
    "m": "abeimopsuy",
    "n": "acdefginostuy",
    "o": "abcdfgiklmnoprstuvwy",
    "p": "aehiloprstuy",
    "q": "u",
    "r": "acdegiklmnorstuvy",
    "s": "acehikopstuy",
    "t": "acehilorstuy",
    "u": "abcdegiklmnprst",
    "v": "aeio",
    "w": "aehio",
    "x": "ept",
    "y": "aeoprs",
    "z": "aeu",
}
_PAIRS = frozenset(first + second for first, followers in _FOLLOWERS.items() for second in followers)

# Natural logarithms of the likelihood ratios, in tenths: positive speaks for words.
_FAMILIAR = 9
_STRANGE = -18
_RAISED = -14
_MIXED = -24
_PLAIN = -3
"""Per character: tokens are rarely letters of one case, words mostly are, and foreign words have strange pairs."""


def is_random(run: str, shortest: int = SHORTEST) -> bool:
    """`run` is ASCII letters, digits and joining marks; False where it is shorter or has no letter."""
    return (_is_random_cached if len(run) <= _CACHED_LENGTH else _is_random)(run, shortest)


def _is_random(run: str, shortest: int) -> bool:
    if len(run) < shortest or run.lower() == run.upper() or _WORDS.fullmatch(run):
        return False
    if run.islower() or run.isupper():
        return _is_random_in_one_case(run)
    if shortest == SHORTEST and _is_named(_PARTS.findall(run)):
        return False
    return _total(run) < 0 or _total(_core(run)) < 0


_is_random_cached = lru_cache(maxsize=8192)(_is_random)


def _is_random_in_one_case(run: str) -> bool:
    parts = _PARTS.findall(run)
    odd = [part for part in parts if not _WORDS.fullmatch(part)]
    if len(run) >= SHORTEST and (sum(map(len, odd)) < SHORTEST or not _LONG_PART.search(run)):
        return _is_cut_evenly(parts)
    if run.isupper() and run.isalnum() and _DIGIT_WITHIN.search(run):
        return True
    return _total(run) < (_PLAIN * len(run) if run.isalpha() else 0)


def _is_named(parts: list[str]) -> bool:
    """Of products and campaigns: words, short codes in one case, and short names in two, between joints.

    `Samsung-Galaxy-SM-S928BZKGEUB`, `PMax_DE_Shoes_tROAS400`. Keys with joints have long parts, or even ones.
    """
    odd = [part for part in parts if not _WORDS.fullmatch(part) and not _ACRONYM.fullmatch(part)]
    codes = [part for part in odd if part.islower() or part.isupper()]
    names = [part for part in odd if part not in codes and _total(part) < 0]
    words = [part for part in parts if part not in odd and not part.isdigit()]
    is_short = sum(map(len, codes)) < SHORTEST or not any(map(_LONG_PART.match, codes))
    return (
        is_short
        and sum(map(len, names)) <= min(_NAMES_LIMIT, sum(map(len, words)))
        and all(map(_is_camel_case, names))
        and not _is_cut_evenly(parts)
    )


def _is_camel_case(part: str) -> bool:
    return len(part) <= _NAME_LIMIT and 2 * len(part) >= 3 * len(_HUMPS.findall(part))


def _core(run: str) -> str:
    """Without the words around a key, whose likeliness would speak for it: `report-glpat-LLLgNM7COyFI-TgRGOY2.pdf`."""
    core = _WORDS_AFTER.sub("", _WORDS_BEFORE.sub("", run))
    return core if len(core) >= SHORTEST and not core.islower() and not core.isupper() else ""


def _is_cut_evenly(parts: list[str]) -> bool:
    """As keys are that somebody must type in: `CDN4W-5CDZ6-6CXTV-6NRZ8`."""
    alike = max((list(group) for _, group in groupby(parts, key=len)), key=len)
    key = "".join(alike)
    odd = sum(not _WORDS.fullmatch(part) for part in alike)
    return (
        len(alike[0]) >= 4 and len(key) >= SHORTEST and odd * 4 >= len(alike) and not key.isalpha() and _total(key) < 0
    )


def _total(run: str) -> int:
    return sum(map(_score, run, run[1:]))


def _score(first: str, second: str) -> int:
    if first.isalpha() and second.isalpha():
        if first.islower() and second.isupper():
            return _RAISED
        return _FAMILIAR if first.lower() + second.lower() in _PAIRS else _STRANGE
    apart = not (first.isalnum() and second.isalnum())
    return 0 if apart or (first.isdigit() and second.isdigit()) else _MIXED
