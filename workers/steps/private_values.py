"""Private values: text that looks like an e-mail address, a telephone number or a key becomes a placeholder.

Every pattern is RE2: linear time whatever is sent. Where RE2 cannot look around, a pattern takes its context along
and the judge puts it back.
"""

import ipaddress
import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import re2

from workers.steps.randomness import is_random

ROUNDS_LIMIT = 10
"""What still changes after so many rounds was made to; nothing of it is kept."""

MATCHES_LIMIT = 64
"""Of one rule in one piece of a URL: each takes 15 us, and what has so many was made to."""

Judge = Callable[[str], str]
"""The matched text to the placeholder's word, or "" to let it stand."""

_MEMORY_BYTES = 64 << 20
"""Beyond RE2's memory a set would silently match nothing; ours needs a small part of this."""
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = _MEMORY_BYTES


class Rule(msgspec.Struct, frozen=True):
    """One kind of private value. The pattern's groups: what stands before, the value, what stands after."""

    name: str
    pattern: Any
    judge: Judge

    def apply(self, text: str) -> str:
        """`text` with placeholders for what the judge does not let stand."""
        clean, count = self.pattern.subn(self._replace, text, MATCHES_LIMIT)
        return str(clean) if count < MATCHES_LIMIT else "[token]"

    def _replace(self, found: Any) -> str:
        before, value, after = found.groups()
        kind = self.judge(value)
        return f"{before}[{kind}]{after}" if kind else str(found.group())


class Rules:
    """Rules in their order, with one search over all of them: most text holds nothing private."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._set = re2.Set.SearchSet(_OPTIONS)
        for rule in rules:
            self._set.Add(rule.pattern.pattern)
        self._set.Compile()

    def remove(self, text: str) -> str:
        """`text` (decoded) with placeholders. Idempotent."""
        for _ in range(ROUNDS_LIMIT):
            if (cleaner := self._once(text)) == text:
                return text
            text = cleaner
        return "[token]"

    def _once(self, text: str) -> str:
        for place in sorted(self._set.Match(text) or ()):
            text = self.rules[place].apply(text)
        return text


def _rule(name: str, value: str, judge: Judge, *, before: str = "", after: str = "") -> Rule:
    return Rule(name, re2.compile(f"({before})({value})({after})", _OPTIONS), judge)


def _always(kind: str) -> Judge:
    return lambda _: kind


def _email(value: str) -> str:
    """`logo@2x.png` is a picture for fine screens."""
    return "" if _RETINA.search(value) else "email"


def _token(value: str) -> str:
    return "token" if is_random(value) else ""


def _base64(value: str) -> str:
    """With slashes and pluses. A path of words has them too: here most parts must be mixed, not only the whole."""
    mixed = sum(len(part) for part in _JOINTS.split(value) if not _WORD.fullmatch(part))
    return "token" if _BASE64_MARKS.search(value) and mixed * 2 > len(value) and is_random(value) else ""


def _phone(value: str) -> str:
    digits = sum(map(str.isdigit, value))
    return "phone" if 7 <= digits <= 20 and not _DATE.match(value.lstrip("+")) else ""


def _national(value: str) -> str:
    digits = sum(map(str.isdigit, value))
    return "phone" if 9 <= digits <= 15 and not _DATE.match(value) else ""


def _card(value: str) -> str:
    years = all(part[:2] in ("19", "20") for part in _JOINTS.split(value))
    return "" if years else "number"


def _digits(value: str) -> str:
    if (len(value) in (12, 14) and _STAMP.match(value)) or _is_isbn(value):
        return ""
    return "phone" if value[0] == "0" and len(value) <= 15 else "number"


def _is_isbn(value: str) -> bool:
    """ISBN-13 with its check digit: a book's number, and no telephone has such a prefix."""
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(value))
    return len(value) == 13 and value[:3] in ("978", "979") and weighted % 10 == 0


def _ip(value: str) -> str:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return ""
    return "ip"


_RETINA = re.compile(r"(@|%40)[1-9](\.\d)?x\.", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]?[a-z]*|[A-Z]*|[0-9]*")
_BASE64_MARKS = re.compile(r"[+/]")
_JOINTS = re.compile(r"[-+/=_ ]")
_DATE = re.compile(r"(19|20)\d\d([-/. ]?)(0[1-9]|1[0-2])\2[0-3]\d|[0-3]?\d[-/. ][0-3]?\d[-/. ](19|20)\d\d")
_STAMP = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])[0-5]\d")
_AT = r"(?:@|\x{FF20}|%(?:25)*40)"
_DOMAIN = r"[\p{L}\p{N}][\p{L}\p{N}\-]*(?:\.[\p{L}\p{N}\-]+)*\.(?:\p{L}{2,}|(?i:xn--)[A-Za-z0-9\-]+)"
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_APART = r"^[^0-9A-Za-z]?|[^0-9][^0-9A-Za-z]"

_EMAIL = _rule("email", rf"[^\s@/?&=:;,<>()\[\]{{}}\"|\\]+{_AT}{_DOMAIN}", _email)
_ODD_EMAIL = _rule("odd e-mail", rf"[^\s@\[\]]+{_AT}(?:{_DOMAIN}|\[[0-9A-Fa-f:.]+\])", _email)
_JWT = _rule("JSON web token", r"ey[JA][A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{4,}(?:\.[A-Za-z0-9_\-]*)*", _always("token"))
_UUID = _rule("uuid", r"(?i:[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12})", _always("uuid"))
_BASE64 = _rule("base64", r"[A-Za-z0-9+/]{22,}={0,2}", _base64)
_RUN = _rule("token", r"[A-Za-z0-9_\-]{16,}={0,2}", _token)
_PART = _rule("token within words", r"[A-Za-z0-9]{16,}", _token)

UNMISTAKABLE = Rules([_EMAIL, _ODD_EMAIL, _JWT, _UUID, _RUN, _PART])
"""What is private in prose too, where a telephone number is mostly a shop's."""

EVERYTHING = Rules(
    [
        _EMAIL,
        _ODD_EMAIL,
        _JWT,
        _UUID,
        _rule(
            "IPv6",
            r"[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*",
            _ip,
            before=r"^|[^0-9A-Za-z:.]",
            after=r"$|[^0-9A-Za-z:]",
        ),
        _rule("IPv4", rf"(?:{_OCTET}\.){{3}}{_OCTET}", _ip, before=r"^|[^0-9A-Za-z.]", after=r"$|[^0-9A-Za-z]"),
        _BASE64,
        _RUN,
        _PART,
        _rule("card", r"\d{4}(?:[ +\-]\d{4}){2,4}(?:[ +\-]\d{1,3})?", _card, before=r"^|[^0-9]", after=r"$|[^0-9]"),
        _rule("international", r"\+[0-9(][0-9().\-/ +]{5,}[0-9]", _phone, before=r"^|[^A-Za-z0-9+]"),
        _rule(
            "american",
            r"(?:\+?1[ +.\-]?)?\(?[2-9]\d{2}\)?[ +.\-]{1,2}\d{3}[ +.\-]\d{4}",
            _phone,
            before=r"^|[^0-9]",
            after=r"$|[^0-9]",
        ),
        _rule(
            "national",
            r"\(?0\d{1,5}\)?[ +./\-]{1,3}\d{2,8}(?:[ +.\-]\d{2,8}){0,4}",
            _national,
            before=_APART,
            after=r"$|[^0-9]",
        ),
        _rule("social security", r"\d{3}-\d{2}-\d{4}", _always("number"), before=_APART, after=r"$|[^0-9]"),
        _rule("digits", r"\d{9,}", _digits),
    ]
)
"""What is private in a URL."""
