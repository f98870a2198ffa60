"""Judges: whether text that has the form of a private value is one. Each gives the placeholder's word, or ""."""

import ipaddress
import re
from base64 import b64decode
from collections.abc import Callable

from workers.steps.randomness import SHORTEST, is_random

Judge = Callable[[str], str]
"""The matched text to the placeholder's word, or "" to let it stand."""

_RETINA = re.compile(r"(@|%40)[1-9](\.\d)?x\.", re.IGNORECASE)
_PLAIN_EMAIL = re.compile(rb"[!-~]@[A-Za-z0-9.-]+\.[A-Za-z]{2}")
_WORD = re.compile(r"[A-Za-z]?[a-z]*|[A-Z]*|[0-9]*")
_BASE64_MARKS = re.compile(r"[+/]")
_JOINTS = re.compile(r"[-+/=_. ]")
_DATE = re.compile(r"(19|20)\d\d([-/. ]?)(0[1-9]|1[0-2])\2[0-3]\d|[0-3]?\d[-/. ][0-3]?\d[-/. ](19|20)\d\d")
_STAMP = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])[0-5]\d")
_MOBILE = re.compile(r"[6-9]\d{4} \d{5}|3\d\d \d{7}")
_BIRTHDAY = re.compile(r"(?:\d\d)?\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[-+]\d+")
_CARD = re.compile(r"4\d{15}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|35\d{14}|6(?:011|5\d\d)\d{12}")
_IBAN_LENGTHS = range(15, 35)


def email(value: str) -> str:
    """`logo@2x.png` is a picture for fine screens."""
    return "" if _RETINA.search(value) else "email"


def token(value: str) -> str:
    """A run that no person made."""
    return "token" if is_random(value) else ""


def dotted(value: str) -> str:
    """Cut by dots into parts that are too short by themselves. `main.3f2a9c1b.js` stands, as its parts would."""
    if any(len(part) >= SHORTEST for part in value.split(".")):
        return ""
    return "token" if _mixed(value) >= SHORTEST and is_random(value) else ""


def base64(value: str) -> str:
    """With slashes and pluses. A path of words has them too: here most parts must be mixed, not only the whole."""
    return "token" if _BASE64_MARKS.search(value) and _mixed(value) * 2 > len(value) and is_random(value) else ""


def wrapped(value: str) -> str:
    """An e-mail address in base64, of either alphabet: shorter than a key, and no less telling."""
    try:
        said = b64decode(value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4), altchars=b"-_")
    except ValueError:
        return ""
    return "email" if _PLAIN_EMAIL.search(said) else ""


def phone(value: str) -> str:
    """International, or in a country's own form."""
    return "phone" if 7 <= _count(value) <= 20 and not _DATE.match(value.lstrip("+ ")) else ""


def national(value: str) -> str:
    """With a leading 0. `001_20261128` is a number and a date."""
    is_date = _DATE.match(value) or _DATE.match(value.partition("_")[2])
    return "phone" if 9 <= _count(value) <= 15 and not is_date else ""


def grouped(value: str) -> str:
    """Without a leading 0: three groups or more, or two as in India, Italy and Colombia. Dates and years stand."""
    groups = re.findall(r"\d+", value)
    shaped = len(groups) >= 3 or _MOBILE.fullmatch(" ".join(groups))
    return "phone" if shaped and 9 <= _count(value) <= 15 and not _DATE.search(value) and not _are_years(groups) else ""


def card(value: str) -> str:
    """Years stand: `2023-2024-2025`."""
    return "" if _are_years(_JOINTS.split(value)) else "number"


def is_card_number(value: str) -> bool:
    """Digits alone: those of the large networks, with their check digit (ISO 7812)."""
    return _CARD.fullmatch(value) is not None and _luhn(value)


def birth_number(value: str) -> str:
    """Sweden's, with its check digit, and Korea's, which is longer."""
    tail = value[-11:].replace("-", "").replace("+", "")
    is_korean = len(value) == 14 and value[6] == "-"
    return "number" if _BIRTHDAY.fullmatch(value) and (is_korean or _luhn(tail)) else ""


def iban(value: str) -> str:
    """With its check digits (ISO 13616)."""
    sent = "".join(filter(str.isalnum, value)).upper()
    digits = "".join(str(int(each, 36)) for each in sent[4:] + sent[:4])
    return "number" if len(sent) in _IBAN_LENGTHS and int(digits) % 97 == 1 else ""


def digits(value: str) -> str:
    """A date with a time stands, and a book's number: no telephone has such a prefix."""
    if (len(value) in (12, 14) and _STAMP.match(value)) or (value[:3] in ("978", "979") and is_article_number(value)):
        return ""
    return "phone" if value[0] == "0" and len(value) <= 15 else "number"


def is_article_number(value: str) -> bool:
    """EAN-13, UPC-A, EAN-8 or GTIN-14, by its check digit (GS1)."""
    if len(value) not in (8, 12, 13, 14) or not (value.isascii() and value.isdigit()):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(value))) % 10 == 0


def ip(value: str) -> str:
    """IPv4 or IPv6."""
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return ""
    return "ip"


def mac(value: str) -> str:
    """Hardware addresses and fingerprints of keys. With dashes: dates and times have no letters, words few digits."""
    return "token" if ":" in value or (_count(value) >= 3 and any(map(str.isalpha, value))) else ""


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(sum(divmod(number, 10)) for number in doubled) % 10 == 0


def _mixed(value: str) -> int:
    return sum(len(part) for part in _JOINTS.split(value) if not _WORD.fullmatch(part))


def _count(value: str) -> int:
    return sum(map(str.isdigit, value))


def _are_years(groups: list[str]) -> bool:
    return all(len(group) == 4 and group[:2] in ("19", "20") for group in groups)
