"""Private values: text that looks like an e-mail address, a telephone number or a key becomes a placeholder.

Every pattern is RE2: linear time whatever is sent. Where RE2 cannot look around, a pattern takes its context along
and the judge puts it back.
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from workers.steps import judges
from workers.steps.folding import fold
from workers.steps.judges import Judge
from workers.steps.randomness import WORD
from workers.tables.patterns import PatternSet, compiled

ROUNDS_LIMIT = 10
"""What still changes after so many rounds was made to; nothing of it is kept."""
MATCHES_LIMIT = 64
"""Of one rule in one piece of a URL: each takes 15 us, and what has so many was made to."""

_PLAIN = rf"(?:{WORD}|[-_.,+ ~!*$'\u00c0-\u0131\u0400-\u045f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff])*+"
"""Of letters beyond ASCII those that fold to themselves."""
ORDINARY = rf"{_PLAIN}(?:(?:(?<![+ ])[1-9][0-9]{{0,7}}|[1-9][0-9]{{0,5}}|0[0-9]?)(?![A-Za-z0-9]){_PLAIN})?+"
"""Words, and at most one number of up to eight digits: no rule finds anything in it, and most text is so."""
_is_ordinary = re.compile(rf"{ORDINARY}|[A-Za-z0-9]{{1,8}}").fullmatch


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
        self._set = PatternSet([rule.pattern.pattern for rule in rules], case_sensitive=True)

    def remove(self, text: str) -> str:
        """`text` (decoded) with placeholders; as it was where it holds nothing private. Idempotent."""
        if is_ordinary(text):
            return text
        folded = fold(text)
        cleaner = self._remove(folded)
        return text if cleaner == folded else cleaner

    def _remove(self, text: str) -> str:
        for _ in range(ROUNDS_LIMIT):
            if (cleaner := self._once(text)) == text:
                return text
            text = cleaner
        return "[token]"

    def _once(self, text: str) -> str:
        for place in self._set.matches(text):
            text = self.rules[place].apply(text)
        return text


def is_ordinary(text: str) -> bool:
    """Nothing private is in it. Of other text it is not known."""
    return _is_ordinary(text) is not None


def _rule(name: str, value: str, judge: Judge, *, before: str = "", after: str = "") -> Rule:
    return Rule(name, compiled(f"({before})({value})({after})", case_sensitive=True), judge)


def _always(kind: str) -> Judge:
    return lambda _: kind


_AT = r"(?:@|%(?:25)*40|%u0040|\\u0040|\\u\{0*40\}|\\x40|&#0*64;|&#[xX]0*40;|&commat;)"
_DOT = r"(?:[.\x{3002}]|&period;|&#0*46;|&#[xX]0*2[eE];)"
"""Browsers take the ideographic full stop for one."""
_LABEL = r"[\p{L}\p{N}][\p{L}\p{N}\-]*"
_DOMAIN = rf"{_LABEL}(?:{_DOT}[\p{{L}}\p{{N}}\-]+)*{_DOT}(?:\p{{L}}{{2,}}|(?i:xn--)[A-Za-z0-9\-]+)"
_SPELLED_AT = r"[ +]?[(\[{<][ +]?(?i:at)[ +]?[)\]}>][ +]?"
_SPELLED_DOT = r"(?:\.|[ +]?[(\[{<][ +]?(?i:dot|punkt)[ +]?[)\]}>][ +]?)"
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_SERVICE_KEY = (
    r"A[KS]IA[A-Z0-9]{16}|AIza[A-Za-z0-9_\-]{30,}"
    r"|(?:gh[opsur]_|github_pat_|glpat-|xox[abeprs]-|[prsw]k_(?:live|test)_|npm_|shpat_|hf_)[A-Za-z0-9_\-]{16,}"
)
"""Amazon, Google, GitHub, GitLab, Slack, Stripe, npm, Shopify, Hugging Face: their beginnings are documented."""
_GAP = r"[ +.\-]"
_WIDE_GAP = r"[ +._\-]"
"""An underscore joins other numbers too: only where a number's form leaves no doubt."""

_START = r"^|[^0-9A-Za-z]"
_END = r"$|[^0-9A-Za-z]"
_NO_DIGIT = r"^|[^0-9]"
_NO_DIGIT_AFTER = r"$|[^0-9]"
_APART = r"^[^0-9A-Za-z]?|[^0-9][^0-9A-Za-z]"

EVERYTHING = Rules(
    [
        _rule("user of a URL", r"[^\s/?#@\[\]]+", _always("user"), before="//", after="@"),
        _rule("e-mail", rf"(?:\"[^\"]{{1,64}}\"|[^\s@/?&=:;,<>()\[\]{{}}\"|\\]+){_AT}{_DOMAIN}", judges.email),
        _rule("odd e-mail", rf"[^\s@\[\]]+{_AT}(?:{_DOMAIN}|\[[0-9A-Fa-f:.]+\])", judges.email),
        _rule(
            "spelled e-mail",
            rf"[\p{{L}}\p{{N}}._%\-]+{_SPELLED_AT}{_LABEL}(?:{_SPELLED_DOT}{_LABEL})+",
            _always("email"),
        ),
        _rule(
            "JSON web token", r"ey[JA][A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{4,}(?:\.[A-Za-z0-9_\-]*)*", _always("token")
        ),
        _rule("uuid", r"(?i:[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12})", _always("uuid")),
        _rule(
            "IPv6",
            r"[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*",
            judges.ip,
            before=r"^|[^0-9A-Za-z:.]|(?:^|[^0-9A-Za-z:])[A-Za-z]+:",
            after=r"$|[^0-9A-Za-z:]",
        ),
        _rule("IPv4", rf"(?:{_OCTET}\.){{3}}{_OCTET}", judges.ip, before=r"^|[^0-9A-Za-z.]", after=_END),
        _rule("MAC", r"(?i:[0-9a-f]{2}(?:[:\-][0-9a-f]{2}){5,})", judges.mac, before=_START, after=_END),
        _rule(
            "IBAN",
            rf"[A-Za-z]{{2}}\d{{2}}(?:{_GAP}?[A-Za-z0-9]{{4}}){{2,7}}(?:{_GAP}?[A-Za-z0-9]{{1,3}})?",
            judges.iban,
            before=_START,
            after=_END,
        ),
        _rule("service's key", _SERVICE_KEY, _always("token"), before=_START),
        _rule("session in a path", r"\((?:[A-Z]\([A-Za-z0-9_\-]{16,}\))+\)", _always("token")),  # ASP.NET's
        _rule("e-mail in base64", r"[A-Za-z0-9+/_\-]{11,}={0,2}", judges.wrapped),
        _rule("base64", r"[A-Za-z0-9+/]{22,}={0,2}", judges.base64),
        _rule("token in dots", r"[A-Za-z0-9_.~\-]{16,}={0,2}", judges.dotted),
        _rule("token within words", r"[A-Za-z0-9_\-]{16,}={0,2}", judges.token),
        _rule("token in one piece", r"[A-Za-z0-9]{16,}", judges.token),
        _rule(
            "card",
            rf"\d{{4}}(?:{_GAP}\d{{4}}){{2,4}}(?:{_GAP}\d{{1,3}})?|3\d{{3}}{_GAP}\d{{6}}{_GAP}\d{{5}}",
            judges.card,
            before=_NO_DIGIT,
            after=_NO_DIGIT_AFTER,
        ),
        _rule(
            "international",
            r"\+ ?[0-9(][0-9().\-/ +_]{5,}[0-9]",
            judges.phone,
            before=r"^|[^A-Za-z0-9+]|[A-Za-z0-9]\+",
        ),
        _rule(
            "american",
            rf"(?:\+?1{_WIDE_GAP}?)?(?:\([2-9]\d{{2}}\){_WIDE_GAP}{{0,2}}|[2-9]\d{{2}}{_WIDE_GAP}{{1,2}})\d{{3}}{_WIDE_GAP}\d{{4}}",
            judges.phone,
            before=_NO_DIGIT,
            after=_NO_DIGIT_AFTER,
        ),
        _rule(
            "national",
            rf"\(?0\d{{1,5}}\)?[ +./_\-]{{1,3}}\d{{2,8}}(?:{_WIDE_GAP}\d{{2,8}}){{0,4}}",
            judges.national,
            before=_APART,
            after=_NO_DIGIT_AFTER,
        ),
        _rule("social security", r"\d{3}-\d{2}-\d{4}", _always("number"), before=_APART, after=_NO_DIGIT_AFTER),
        _rule("Brazil's CPF", r"\d{3}\.\d{3}\.\d{3}-\d{2}", _always("number"), before=_NO_DIGIT, after=_NO_DIGIT_AFTER),
        _rule(
            "number with a birthday",
            r"(?:\d{2})?\d{6}[\-+]\d{4}|\d{6}-[1-8]\d{6}",
            judges.birth_number,
            before=_NO_DIGIT,
            after=_NO_DIGIT_AFTER,
        ),
        _rule(
            "in groups",
            r"(?:[178][ +\-])?\(?[1-9]\d{1,4}\)?(?:[ +\-]{1,2}\d{2,8}){1,4}",
            judges.grouped,
            before=_APART,
            after=_NO_DIGIT_AFTER,
        ),
        _rule("digits", r"\d{9,}", judges.digits),
    ]
)
"""What is private wherever it stands."""
