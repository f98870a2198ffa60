"""URL anonymisation: what is left of a URL tells where a page is, and of nobody who was there."""

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from workers.steps import private_names, private_text, third_parties
from workers.steps.click_ids import CLICK_IDS
from workers.steps.judges import is_article_number
from workers.steps.private_values import EVERYTHING, ORDINARY, is_ordinary
from workers.steps.randomness import is_random
from workers.steps.url_parts import UrlParts, decode, encode, parse
from workers.steps.url_rules import Step, UrlRules

__all__ = ["NOWHERE", "AnonymousUrl", "UrlRules", "anonymise", "anonymise_parts", "anonymise_text", "steps"]

_CACHED_LENGTH = 512
_CACHED = 16_384
_CACHED_PIECE = 128
_ORDINARY_PATH = re.compile(f"(?:/{ORDINARY})*+")
_SPLIT_PHONE = re.compile(r"/0[1-9][0-9]{1,3}/[0-9]{5,8}(?![^/])")
"""`0171/1234567`, whose slash is the path's."""
_KEY = re.compile(r"[A-Za-z0-9_-]*")
_SHORTEST_KEY = 6
"""After a word that announces a key."""
_LONGEST_OWN_LABEL = 8
"""A host's label that is no longer holds neither a key nor a number of a person."""


class AnonymousUrl(msgspec.Struct, frozen=True, gc=False):
    """A URL after anonymisation. All empty: it was no URL of a page."""

    href: str = ""
    scheme: str = ""
    host: str = ""
    """Lower case, ASCII (IDNA), without port; IPv6 in brackets."""
    path: str = ""
    query: str = ""
    """Without the question mark."""
    segments: tuple[str, ...] = ()
    """The path's segments that are not empty, as they stand in the path."""


NOWHERE = AnonymousUrl()


def anonymise(url: str, rules: UrlRules) -> AnonymousUrl:
    """Total and idempotent (as far as the property's own rules are); time linear in the length of `url`."""
    return _anonymise_cached(url, rules) if len(url) <= _CACHED_LENGTH else _anonymise(url, rules)


def anonymise_parts(url: UrlParts, rules: UrlRules) -> AnonymousUrl:
    """The same for a URL that has been taken apart."""
    for _, step in steps(rules):
        url = step(url)
    return _finish(url)


@lru_cache(maxsize=4096)
def anonymise_text(text: str) -> str:
    """A title without what is private in it; what holds nothing private stays as it is."""
    decoded = decode(text)
    if decoded is None:
        return "[token]"
    clean = private_text.clean(decoded)
    return text if clean == decoded else clean


def steps(rules: UrlRules) -> Iterator[tuple[str, Step]]:
    """The pipeline, in order. Parsing has left out user, password and fragment before.

    The property's instructions come before ours, so that they see the site's own URLs and cannot bring anything back.
    """
    yield "third_parties", cover_third_parties
    yield from rules.steps
    yield "click_ids", drop_click_ids
    yield "query", clean_query
    yield "path", clean_path
    yield "host", clean_host


def cover_third_parties(url: UrlParts) -> UrlParts:
    """Mail, chat and the like: only which service it was."""
    covered = third_parties.cover(url.host, url.path)
    return url._replace(host=covered[0], path=covered[1], port="", query="") if covered else url


def drop_click_ids(url: UrlParts) -> UrlParts:
    """Their presence has been used for the source."""
    if not url.query:
        return url
    kept = [part for part in url.query.split("&") if not _is_click_id(part)]
    return url._replace(query="&".join(kept))


def clean_query(url: UrlParts) -> UrlParts:
    """Parameters by their name, then by what their value looks like."""
    return url._replace(query="&".join(map(_clean_parameters, url.query.split("&")))) if url.query else url


def clean_path(url: UrlParts) -> UrlParts:
    """Segments by what they look like; matrix parameters (`;token=`) as in the query."""
    if _ORDINARY_PATH.fullmatch(url.path):
        return url
    segments = _SPLIT_PHONE.sub("/[phone]", url.path).split("/")
    return url._replace(path="/".join(map(_clean_segment, ["", *segments], segments)))


def clean_host(url: UrlParts) -> UrlParts:
    """Labels below the site's own name that hold a key or a long number (`3f2c….preview.example.com`).

    A host has no brackets: here placeholders are bare words.
    """
    if url.host.count(".") < 2:
        return url
    *below, name, top = url.host.split(".")
    clean = ".".join((*map(_clean_label, below), name, top))
    return url if clean == url.host else url._replace(host=clean)


def _is_click_id(part: str) -> bool:
    name = part.partition("=")[0]
    return (name if "%" not in name else decode(name) or "").lower() in CLICK_IDS


def _clean_parameters(text: str) -> str:
    return ";".join(map(_clean_parameter, text.split(";"))) if ";" in text else _clean_parameter(text)


def _clean_parameter(part: str) -> str:
    sent_name, equals, value = part.partition("=")
    name = _clean(sent_name)
    if not equals:
        return name
    kind = private_names.kind(name if "%" not in name else decode(name) or "")
    if kind and not private_names.is_flag(value):
        return f"{name}=[{kind}]"
    if private_names.is_articles(name) and is_article_number(value):
        return part
    return f"{name}={_clean(value)}"


def _clean_segment(before: str, segment: str) -> str:
    if ";" in segment or "=" in segment:
        return _clean_parameters(segment)
    if _KEY.fullmatch(segment) and is_random(segment, _SHORTEST_KEY) and private_names.announces_key(before):
        return "[token]"
    return _clean(segment)


def _clean_label(label: str) -> str:
    if len(label) <= _LONGEST_OWN_LABEL or label.startswith("xn--"):
        return label
    return EVERYTHING.remove(label).replace("[", "").replace("]", "")


def _clean(piece: str) -> str:
    """A percent-encoded piece; one that holds nothing private stays as it is, to the byte."""
    if is_ordinary(piece):
        return piece
    return _clean_cached(piece) if len(piece) <= _CACHED_PIECE else _clean_encoded(piece)


def _clean_encoded(piece: str) -> str:
    text = decode(piece)
    if text is None:
        return "[token]"
    clean = private_text.clean(text)
    if clean == text:
        return piece
    return encode(clean) if decode(clean) == clean else "[token]"


_clean_cached = lru_cache(maxsize=8192)(_clean_encoded)


def _finish(url: UrlParts) -> AnonymousUrl:
    return AnonymousUrl(
        href=url.origin + url.target,
        scheme=url.scheme,
        host=url.host,
        path=url.path,
        query=url.query,
        segments=tuple(segment for segment in url.path.split("/") if segment),
    )


def _anonymise(url: str, rules: UrlRules) -> AnonymousUrl:
    parts = parse(url)
    return anonymise_parts(parts, rules) if parts else NOWHERE


_anonymise_cached = lru_cache(_CACHED)(_anonymise)
