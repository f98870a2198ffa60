"""Acquisition: how the visitor came to the page: campaign tags, then click ids, then the referrer."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from publicsuffixlist import PublicSuffixList

from shared.record import Acquisition
from shared.text import clean
from workers.lookups import PropertyRules
from workers.measurement import Measurement
from workers.steps import click_ids, private_text
from workers.steps.click_ids import Click
from workers.steps.judges import is_card_number
from workers.steps.sources import Source, Sources
from workers.steps.url_parts import decode, form_text, parameters
from workers.steps.urls import AnonymousUrl, anonymise

VALUE_LIMIT = 256
CACHED_LENGTH = 1024
DIGITS_LIMIT = 20
PHONE_LIMIT = 15
"""Digits, by E.164."""

TAGS = {
    prefix + name: tag
    for prefix in ("utm_", "mtm_", "matomo_", "pk_", "piwik_")
    for tag, names in {
        "source": "source",
        "medium": "medium",
        "campaign": "campaign cpn",
        "term": "term keyword kwd",
        "content": "content",
        "id": "id cid",
    }.items()
    for name in names.split()
}
"""Urchin's names, which everybody uses, and those of Matomo, which was Piwik."""

_BETWEEN = re.compile(r"&(?:amp;)?|[;?](?=(?:amp;)?(?:utm|mtm|matomo|pk|piwik)_)", re.IGNORECASE)
"""Between parameters; a semicolon, or a question mark too many, only before what can be nothing else."""
_SUFFIXES = PublicSuffixList()
"""Read at the start: it takes 30 ms, which the first hit should not wait for."""
_CACHES = (".cdn.ampproject.org", ".bing-amp.com", ".translate.goog")


class Origin(NamedTuple):
    """Where from, and by which kind of way."""

    source: str
    medium: str
    term: str = ""
    is_known: bool = False
    """A service of ours or of the operator's lists."""


DIRECT = Origin("(direct)", "(none)")


def attribute(m: Measurement, page_host: str, rules: PropertyRules, known: Sources) -> Acquisition:
    """Source and medium are never both empty. `page_host` is the page's own (lower case), for internal referrals."""
    tags, clicked = read_tags(m.url)
    referrer = anonymise(m.referrer, rules.url_rules)
    referred = classify(referrer, page_host, rules, known)
    origin = _origin(tags, clicked, referred, known)
    return Acquisition(
        referrer=referrer.href,
        referrer_host=referrer.host,
        source=origin.source,
        medium=origin.medium,
        campaign=tags.get("campaign", ""),
        term=tags.get("term", "") or referred.term,
        content=tags.get("content", ""),
        campaign_id=tags.get("id", ""),
    )


def classify(referrer: AnonymousUrl, page_host: str, rules: PropertyRules, known: Sources) -> Origin:
    """What the referrer says, whatever the page's own URL says."""
    if not referrer.host:
        return DIRECT
    host = shown(referrer.host)
    if is_same_site(host, page_host) or _is_own(host, rules):
        return Origin(host, "internal")
    service = known.find(referrer.scheme, host, referrer.path)
    if service is None:
        return Origin(host, "referral")
    return Origin(service.name, service.medium, _term(referrer, service), is_known=True)


def read_tags(url: str) -> tuple[dict[str, str], Click | None]:
    """Campaign tags by their name without prefix, and what click ids tell.

    The first value that is not empty counts, the query's before the fragment's; a paid click before any other.
    """
    tags: dict[str, str] = {}
    clicked = None
    for name, value in _parameters(url):
        tag = TAGS.get(name)
        if tag and tag not in tags and (text := _tag_value(tag, value)):
            tags[tag] = text
        elif (click := click_ids.read(name, value)) and (not clicked or click.medium == "cpc" != clicked.medium):
            clicked = click
    return tags, clicked


def is_same_site(host: str, other: str) -> bool:
    """The same host, or under the same registrable domain."""
    return host == other or _site(host) == _site(other) != ""


def shown(host: str) -> str:
    """The host whose page a cache or a translator shows: `www-example-com.cdn.ampproject.org` is `www.example.com`."""
    if not host.endswith(_CACHES):
        return host
    label = host.partition(".")[0]
    original = label.replace("--", "/").replace("-", ".").replace("/", "-")
    return original if "." in original else host


def _origin(tags: dict[str, str], clicked: Click | None, referred: Origin, known: Sources) -> Origin:
    """Each kind of evidence only fills what a better one left open."""
    source, medium = tags.get("source", ""), tags.get("medium", "")
    if source:
        return Origin(source, medium or _medium_of(source, clicked, known))
    if clicked and not (referred.is_known and clicked.medium == referred.medium):
        return Origin(clicked.source, medium or clicked.medium)
    return referred._replace(medium=medium) if medium else referred


def _medium_of(source: str, clicked: Click | None, known: Sources) -> str:
    """Chat assistants and others tag their links with a source only; a search engine's may as well be advertising."""
    if clicked and clicked.medium == "cpc":
        return "cpc"
    service = known.named(source)
    if service and service.medium != "organic":
        return service.medium
    return clicked.medium if clicked else ""


def _is_own(host: str, rules: PropertyRules) -> bool:
    """Another host of the property; one that accepts any host names none."""
    return "*" not in rules.property.hosts and rules.property.accepts_host(host)


def _parameters(url: str) -> Iterator[tuple[str, str]]:
    """Of the query, and of what a fragment holds of the same kind (`#utm_source=`, `#/route?utm_source=`).

    Names are in lower case, values as they stand.
    """
    page, _, fragment = url.partition("#")
    for part in (page.partition("?")[2], fragment.rpartition("?")[2]):
        for piece in _BETWEEN.split(part) if part else ():
            name, _, value = piece.partition("=")
            yield (form_text(name) if "%" in name else name).lower(), value


def _tag_value(tag: str, encoded: str) -> str:
    return (_read_value if len(encoded) > CACHED_LENGTH else _read_value_cached)(tag, encoded)


def _read_value(tag: str, encoded: str) -> str:
    text = decode(encoded.replace("+", " "))
    value = clean(" ".join(text.split()), VALUE_LIMIT) if text else ""
    return value if _is_number(tag, value) else private_text.clean(value)


def _is_number(tag: str, value: str) -> bool:
    """Ad networks number campaigns, and also ads where that is longer than any telephone number."""
    limit = 0 if tag in ("campaign", "id") else PHONE_LIMIT
    is_long = limit < len(value) <= DIGITS_LIMIT and value.isascii() and value.isdigit()
    return is_long and not is_card_number(value)


def _term(referrer: AnonymousUrl, service: Source) -> str:
    """From the anonymised referrer: what was removed there is not told here. Redirectors put where they lead there."""
    if not referrer.query and not service.patterns:
        return ""
    sent = [value for name, value in parameters(referrer.query) if name.lower() in service.terms]
    target = f"{referrer.path}?{referrer.query}" if referrer.query else referrer.path
    found = (pattern.search(target) for pattern in service.patterns)
    sent += [match.group(1) or "" for match in found if match]
    return next((text for value in sent if (text := _tag_value("term", value)) and "://" not in text), "")


@lru_cache(maxsize=8192)
def _site(host: str) -> str:
    """The registrable domain; "" of an address or a host without one."""
    if host.endswith("]") or host.rpartition(".")[2].isdigit():
        return ""
    return _SUFFIXES.privatesuffix(host) or ""


_read_value_cached = lru_cache(maxsize=8192)(_read_value)
