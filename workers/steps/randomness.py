"""Randomness: whether a run of letters and digits was made by a machine (a token) or by people (words, product names).

A naive Bayes classifier over neighbouring characters. In words of European languages 93% of neighbouring letters are
among the pairs below, in random letters 38%; changes to upper case and between letters and digits are rare in names and
common in tokens.
"""

import re
from functools import lru_cache

SHORTEST = 16
"""Shorter runs are too likely to be a product number, and hold little."""
_LONG_PART = re.compile(r"[A-Za-z0-9]{8}")
"""Product numbers are as mixed as tokens, but in one case and short parts: `WH-1000XM5-BLK-EU`."""

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
_MIXED = -18
_JOINED = 8
_PLAIN = -3
"""Per character: tokens are rarely letters of one case, words mostly are, and foreign words have strange pairs."""


@lru_cache(maxsize=8192)
def is_random(run: str) -> bool:
    """`run` is ASCII letters, digits and joining marks; False where it is short or has no letter."""
    if len(run) < SHORTEST or run.lower() == run.upper():
        return False
    one_case = run.islower() or run.isupper()
    if one_case and not _LONG_PART.search(run):
        return False
    return sum(map(_score, run, run[1:])) < (_PLAIN * len(run) if one_case and run.isalpha() else 0)


def _score(first: str, second: str) -> int:
    if first.isalpha() and second.isalpha():
        if first.islower() and second.isupper():
            return _RAISED
        return _FAMILIAR if first.lower() + second.lower() in _PAIRS else _STRANGE
    if first.isalnum() and second.isalnum():
        return 0 if first.isdigit() and second.isdigit() else _MIXED
    return _JOINED if first.isalnum() or second.isalnum() else 0
