"""URL parts: a URL taken apart the WHATWG way, and percent-encoding undone and redone."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

import can_ada

from shared.properties import HOST_LIMIT

SCHEMES = frozenset({"https", "http", "android-app", "ios-app"})
"""Others (data:, mailto:, blob:, about:, file:) are no pages that anyone came from, and hold contents."""
LAYERS_LIMIT = 6
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_ASCII = {f"%{code:02{case}}": chr(code) for code in range(128) for case in "xX"}
_SAFE = "[]!$()*,:@+~"
"""Readable in paths and queries, left as they are by WHATWG parsers, and no separator of ours."""


class UrlParts(NamedTuple):
    """Of a page's URL. It has no place for a user, a password or a fragment."""

    scheme: str
    host: str
    """Lower case, ASCII; IPv6 in brackets."""
    port: str
    """"" where it is the scheme's own."""
    path: str
    query: str
    """Without the question mark."""

    @property
    def origin(self) -> str:
        """`https://shop.example.com:8443`"""
        return f"{self.scheme}://{self.host}:{self.port}" if self.port else f"{self.scheme}://{self.host}"

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path


def parse(url: str) -> UrlParts | None:
    """None where `url` is no absolute URL of a page."""
    try:
        parsed = can_ada.parse(url)
    except (ValueError, TypeError):  # TypeError: a lone surrogate
        return None
    scheme = parsed.protocol[:-1]
    if scheme not in SCHEMES or len(parsed.hostname) > HOST_LIMIT:
        return None
    return UrlParts(scheme, parsed.hostname.lower().rstrip("."), parsed.port, parsed.pathname, parsed.search[1:])


def resolve(reference: str, base: UrlParts) -> UrlParts | None:
    """What `reference` means on the page `base`."""
    reference = reference.strip()
    if absolute := parse(reference):
        return absolute
    path = reference.replace("\\", "/")
    if path.startswith("//"):
        return parse(f"{base.scheme}:{path}")
    if path.startswith("/"):
        return parse(base.origin + path)
    if _has_scheme(reference):
        return None
    if not path or path[0] in "?#":
        return parse(f"{base.origin}{base.path}{path}")
    return parse(f"{base.origin}{base.path.rpartition('/')[0]}/{path}")


def parameters(query: str) -> Iterator[tuple[str, str]]:
    """Names and values as they stand, encoded."""
    for part in query.split("&"):
        name, _, value = part.partition("=")
        yield name, value


def unquote(encoded: str) -> str:
    """One layer of percent-encoding undone; what is no UTF-8 becomes U+FFFD, and a `%` alone costs no time."""
    return _ESCAPES.sub(_unescape, encoded)


def form_text(encoded: str) -> str:
    """The text of a form value: plus is a space."""
    return unquote(encoded.replace("+", " "))


def decode(encoded: str) -> str | None:
    """Undoes percent-encoding until nothing is left of it; None where it is wrapped as nobody would in good faith."""
    for _ in range(LAYERS_LIMIT):
        if "%" not in encoded:
            return encoded
        decoded = unquote(encoded)
        if decoded == encoded:
            return encoded
        encoded = decoded
    return None


def encode(text: str) -> str:
    """Once, and no more than a URL needs."""
    return quote(text, safe=_SAFE)


def _unescape(escapes: re.Match[str]) -> str:
    text = escapes[0]
    return _ASCII.get(text) or bytes.fromhex(text.replace("%", "")).decode(errors="replace")


def _has_scheme(reference: str) -> bool:
    scheme, colon, _ = reference.partition(":")
    return bool(colon) and scheme[:1].isalpha() and scheme.replace("+", "").replace("-", "").replace(".", "").isalnum()
