"""Acquisition: how the visitor came to the page: campaign tags, then click ids, then the referrer."""

from functools import lru_cache
from typing import NamedTuple

from publicsuffixlist import PublicSuffixList

from shared.record import Acquisition
from workers.measurement import Measurement, clean
from workers.steps import sources
from workers.steps.click_ids import CLICK_IDS
from workers.steps.private_values import EVERYTHING
from workers.steps.url_parts import decode, form_text, parameters
from workers.steps.urls import AnonymousUrl, UrlRules, anonymise

VALUE_LIMIT = 256
TAGS = frozenset({"utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id"})
_SOURCES_OF_CLICKS = {name: source for name, source in CLICK_IDS.items() if source}


class Origin(NamedTuple):
    """Where from, and by which kind of way."""

    source: str
    medium: str
    term: str = ""


DIRECT = Origin("(direct)", "(none)")


def attribute(m: Measurement, page_host: str, rules: UrlRules) -> Acquisition:
    """Source and medium are never both empty. `page_host` is the page's own (lower case), for internal referrals."""
    tags, clicked = read_tags(m.url)
    referrer = anonymise(m.referrer, rules)
    origin = _origin(tags, clicked, classify(referrer, page_host))
    return Acquisition(
        referrer=referrer.href,
        referrer_host=referrer.host,
        source=origin.source,
        medium=origin.medium,
        campaign=tags.get("utm_campaign", ""),
        term=tags.get("utm_term", "") or origin.term,
        content=tags.get("utm_content", ""),
        campaign_id=tags.get("utm_id", ""),
    )


def classify(referrer: AnonymousUrl, page_host: str) -> Origin:
    """What the referrer says, whatever the page's own URL says."""
    if not referrer.host:
        return DIRECT
    if is_same_site(referrer.host, page_host):
        return Origin(referrer.host, "internal")
    known = sources.find(referrer.scheme, referrer.host)
    if known is None:
        return Origin(referrer.host, "referral")
    return Origin(known.name, known.medium, _term(referrer.query, known.terms) if known.terms else "")


def read_tags(url: str) -> tuple[dict[str, str], str]:
    """Campaign tags by name, and the source that a click id gives away, or "".

    The first value that is not empty counts, the query's before the fragment's.
    """
    tags: dict[str, str] = {}
    clicked = ""
    for name, value in parameters(_tagged_part(url)):
        key = _tag_name(name)
        if key in TAGS and key not in tags and (text := _tag_value(value)):
            tags[key] = text
        elif not clicked and value:
            clicked = _SOURCES_OF_CLICKS.get(key, "")
    return tags, clicked


def is_same_site(host: str, other: str) -> bool:
    """The same host, or under the same registrable domain."""
    return host == other or _site(host) == _site(other) != ""


def _origin(tags: dict[str, str], clicked: str, referred: Origin) -> Origin:
    """Each kind of evidence only fills what a better one left open."""
    source, medium = tags.get("utm_source", ""), tags.get("utm_medium", "")
    if source:
        return Origin(source, medium or _medium_of(source, clicked))
    if clicked:
        return Origin(clicked, medium or "cpc")
    return referred._replace(medium=medium) if medium else referred


def _medium_of(source: str, clicked: str) -> str:
    """Chat assistants and others tag their links with a source only; a search engine's may as well be advertising."""
    if clicked:
        return "cpc"
    known = sources.named(source)
    return known.medium if known and known.medium != "organic" else ""


def _tagged_part(url: str) -> str:
    """The query, and what a fragment holds of the same kind (`#utm_source=`, `#/route?utm_source=`)."""
    page, _, fragment = url.partition("#")
    return f"{page.partition('?')[2]}&{fragment.rpartition('?')[2]}"


def _tag_name(encoded: str) -> str:
    """Lower case; without what an `&amp;` that was escaped once too often leaves at the front."""
    name = encoded if "%" not in encoded else form_text(encoded)
    return name.lower().removeprefix("amp;")


@lru_cache(maxsize=8192)
def _tag_value(encoded: str) -> str:
    text = decode(encoded.replace("+", " "))
    return "" if text is None else EVERYTHING.remove(clean(" ".join(text.split()), VALUE_LIMIT))


def _term(query: str, names: tuple[str, ...]) -> str:
    """From the anonymised referrer: what was removed there is not told here."""
    values = (value for name, value in parameters(query) if name.lower() in names)
    return next(filter(None, map(_tag_value, values)), "")


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=8192)
def _site(host: str) -> str:
    """The registrable domain; "" of an address or a host without one."""
    if host.endswith("]") or host.rpartition(".")[2].isdigit():
        return ""
    return _suffixes().privatesuffix(host) or ""
