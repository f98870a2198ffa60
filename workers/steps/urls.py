"""URL anonymisation: what is left of a URL tells where a page is, and of nobody who was there."""

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from workers.steps import private_names, third_parties
from workers.steps.click_ids import CLICK_IDS
from workers.steps.private_values import EVERYTHING, ROUNDS_LIMIT, UNMISTAKABLE
from workers.steps.url_parts import UrlParts, decode, encode, parse
from workers.steps.url_rules import Step, UrlRules

__all__ = ["NOWHERE", "AnonymousUrl", "UrlRules", "anonymise", "anonymise_parts", "anonymise_text", "steps"]

_CACHED_LENGTH = 1024
_NESTED = re.compile(r"((?:^|[?&;#])([^?&;#=/\s]{1,64})=)([^&;#]+)")


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
    """A title without e-mail addresses, and without the keys that are as unmistakable."""
    return UNMISTAKABLE.remove(text)


def steps(rules: UrlRules) -> Iterator[tuple[str, Step]]:
    """The pipeline, in order. Parsing has left out user, password and fragment before.

    The property's instructions come before ours, so that they see the site's own URLs and cannot bring anything back.
    """
    yield "third_parties", cover_third_parties
    yield from rules.steps
    yield "click_ids", drop_click_ids
    yield "query", clean_query
    yield "path", clean_path


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
    return url._replace(query=_clean_parameters(url.query)) if url.query else url


def clean_path(url: UrlParts) -> UrlParts:
    """Segments by what they look like; matrix parameters (`;token=`) as in the query."""
    return url._replace(path="/".join(map(_clean_segment, url.path.split("/"))))


def _is_click_id(part: str) -> bool:
    return (decode(part.partition("=")[0]) or "").lower() in CLICK_IDS


def _clean_parameters(text: str) -> str:
    return "&".join(";".join(map(_clean_parameter, part.split(";"))) for part in text.split("&"))


def _clean_parameter(part: str) -> str:
    sent_name, equals, value = part.partition("=")
    name = _clean(sent_name)
    kind = private_names.kind(decode(name) or "")
    if equals and kind and not private_names.is_flag(value):
        return f"{name}=[{kind}]"
    return f"{name}{equals}{_clean(value)}"


def _clean_segment(segment: str) -> str:
    if ";" not in segment and "=" not in segment:
        return _clean(segment)
    return ";".join(map(_clean_parameter, segment.split(";")))


@lru_cache(maxsize=8192)
def _clean(piece: str) -> str:
    """A percent-encoded piece; one that holds nothing private stays as it is, to the byte."""
    text = decode(piece)
    if text is None:
        return "[token]"
    clean = _clean_text(text)
    return piece if clean == text else encode(clean)


def _clean_text(text: str) -> str:
    """One removal can lay open another: until nothing changes any more."""
    for _ in range(ROUNDS_LIMIT):
        cleaner = _NESTED.sub(_clean_nested, EVERYTHING.remove(text))
        if cleaner == text:
            return text
        text = cleaner
    return "[token]"


def _clean_nested(found: re.Match[str]) -> str:
    """A URL within a URL has parameters of its own: `?next=/welcome?token=...`"""
    beginning, name, value = found.groups()
    kind = private_names.kind(name)
    return f"{beginning}[{kind}]" if kind and not private_names.is_flag(value) else found[0]


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


_anonymise_cached = lru_cache(maxsize=4096)(_anonymise)
