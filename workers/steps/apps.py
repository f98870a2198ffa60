"""What a page is shown in: a browser, an app and which one, or Google's Web Light."""

import re
from functools import lru_cache

import msgspec

from workers.measurement import Measurement
from workers.steps.app_names import BROWSER_PACKAGES, BROWSERS, EMBEDDED, HOSTS
from workers.tables.patterns import PatternSet
from workers.tables.user_agents import LONGEST, printable

CACHED = 16_384
LONGEST_HEADER = 256


class App(msgspec.Struct, frozen=True, gc=False):
    """What a page is shown in."""

    is_app: bool
    name: str
    """Empty: a browser, or an app unknown to us."""


def describe(m: Measurement) -> App:
    """Total. Cut before they are remembered: the memory that strangers' headers can take is bounded."""
    sent = m.headers
    return _remembered(
        sent.user_agent[:LONGEST], sent.ch_ua[:LONGEST_HEADER], sent.requested_with[:LONGEST_HEADER].strip()
    )


def is_weblight(m: Measurement) -> bool:
    """Google's proxy for slow networks (until 2022) shows the page, or led to it."""
    return (
        "googleweblight" in m.headers.user_agent.lower()
        or _WEBLIGHT.match(m.url) is not None
        or _WEBLIGHT.match(m.referrer) is not None
    )


def recognise(user_agent: str, brands: str = "", requested_with: str = "") -> App:
    """All without control characters and lone surrogates; `brands` is `Sec-CH-UA`: products like those before them.

    A name decides; then that it is a browser, which may be built on a WebView too; then that it is a WebView.
    """
    package = requested_with if _PACKAGE.fullmatch(requested_with) else ""
    text = " ".join((user_agent, _BRAND.sub(r"\1/\2", brands), package)).lower()
    words = {word for found in _WORD.findall(text) for word in (found, found.rstrip("/"))}
    if name := _name(text, words):
        return App(True, name)
    if _is_browser(text, words):
        return App(False, "")
    return App(bool(package) or _is_embedded(text), "")


def _name(text: str, words: set[str]) -> str:
    ranks = [_ranks[word] for word in words & _ranks.keys()]
    matched = _patterns.first(text)
    if matched is not None:
        ranks.append(_pattern_ranks[matched])
    return HOSTS[min(ranks)].name if ranks else ""


def _is_browser(text: str, words: set[str]) -> bool:
    return _browsers.first(text) is not None or any(
        _browser_packages.first(word) is not None for word in words if "." in word and _PACKAGE.fullmatch(word)
    )


def _is_embedded(text: str) -> bool:
    return _embedded.first(text) is not None or _is_bare_webkit(text)


def _is_bare_webkit(text: str) -> bool:
    """Browsers on Apple's devices call themselves Safari; its WebView does not, unless an app adds it."""
    return "applewebkit/" in text and "safari" not in text and any(device in text for device in _APPLE)


@lru_cache(CACHED)
def _remembered(user_agent: str, brands: str, requested_with: str) -> App:
    return recognise(printable(user_agent), printable(brands), printable(requested_with))


_APPLE = ("iphone", "ipad", "ipod", "macintosh")
_BRAND = re.compile(r'"([^"]+)"; *v="([^"]*)"')
_WORD = re.compile(r"\b[a-z][\w.-]*/?")
_PACKAGE = re.compile(r"[A-Za-z]\w*(?:\.\w+)+")
"""`XMLHttpRequest`, which scripts put into the same header, is none."""
_WEBLIGHT = re.compile(
    r"https?://(?:(?:www\.)?googleweblight\.com|icl\.googleusercontent\.com)(?:[:/?#]|$)", re.IGNORECASE
)

_ranks = {word: rank for rank, host in reversed(list(enumerate(HOSTS))) for word in host.words.split()}
_pattern_ranks = [rank for rank, host in enumerate(HOSTS) if host.pattern]
_patterns = PatternSet([HOSTS[rank].pattern for rank in _pattern_ranks])
_browsers = PatternSet(BROWSERS)
_browser_packages = PatternSet(BROWSER_PACKAGES)
_embedded = PatternSet(EMBEDDED)
