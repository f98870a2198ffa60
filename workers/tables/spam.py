"""Hosts that exist only as referrers: they send hits to be looked up in somebody's statistics."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import can_ada

from shared.errors import ConfigError
from shared.properties import HOST_LIMIT
from workers.tables.networks import lines

KNOWN = (
    "100dollars-seo.com", "4webmasters.org", "best-seo-offer.com", "best-seo-solution.com", "bestwebsitesawards.com",
    "blackhatworth.com", "burger-imperia.com", "buttons-for-website.com", "buttons-for-your-website.com",
    "buy-cheap-online.info", "cenokos.ru", "cenoval.ru", "darodar.com", "econom.co", "event-tracking.com",
    "forum69.info", "free-share-buttons.com", "free-social-buttons.com", "get-free-traffic-now.com", "googlsucks.com",
    "guardlink.org", "hulfingtonpost.com", "humanorightswatch.org", "hundejo.com", "ilovevitaly.com", "iskalko.ru",
    "kambasoft.com", "o-o-6-o-o.com", "priceg.com", "ranksonic.info",
    "rapidgator-porn.ga", "savetubevideo.com", "semalt.com",
    "semaltmedia.com", "seoanalyses.com", "simple-share-buttons.com", "site-auditor.online", "social-buttons.com",
    "success-seo.com", "theguardlan.com", "trafficmonetize.org", "trafficmonetizer.org", "videos-for-your-business.com",
    "webmonetizer.net", "website-analyzer.info", "websites-reviews.com", "traffic2money.com",
)  # fmt: skip
"""The notorious ones; an operator who cares names a maintained list in the configuration."""


class SpamHosts:
    """Immutable. A host is in it when it, or a domain above it, is listed."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self._hosts = frozenset(hosts)

    def __contains__(self, host: str) -> bool:
        while host:
            if host in self._hosts:
                return True
            host = host.partition(".")[2]
        return False


def read(path: str) -> SpamHosts:
    """The hosts listed at `path`, one a line; ours for an empty path. Raises `ConfigError`."""
    return SpamHosts(_hosts(path) if path else KNOWN)


def _hosts(path: str) -> Iterator[str]:
    """`spam.example`; as others write it, `www.spam.example`, `*.spam.example` and `http://spam.example/` too.

    A page is refused: where `blogs.example/spammer` is listed, the other blogs are not meant.
    """
    for number, entry in lines(Path(path)):
        written = entry.partition("://")[2] or entry
        name = written.removesuffix("/").removeprefix("*.").removeprefix("www.")
        host = host_of(f"http://{name}/")
        if not host or set(name) & set("/?: "):
            raise ConfigError(f"{path}: line {number}: {entry[:80]!r} is no host")
        yield host


def host_of(url: str) -> str:
    """Lower case, international names in ASCII, no dot at the end; empty where there is none."""
    try:
        host: str = can_ada.parse(url).hostname
    except (ValueError, TypeError):  # TypeError: a lone surrogate
        return ""
    return host.removesuffix(".") if len(host) <= HOST_LIMIT else ""
