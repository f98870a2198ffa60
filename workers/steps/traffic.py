"""Which measurements make no record: wrong host, machines, spam, excluded addresses, refused by the visitor."""

from shared.addresses import parse_address
from shared.beacon import Headers
from workers.drop import Drop, DropReason
from workers.lookups import Lookups, PropertyRules
from workers.measurement import Measurement
from workers.tables.spam import host_of

AUTOMATED_BRANDS = ("headless", "lighthouse")
"""What `Sec-CH-UA` says where the user agent has been made that of a person."""


def screen(m: Measurement, rules: PropertyRules, lookups: Lookups) -> Drop | None:
    """The first reason against a record, in the order of the contract; None when there is none."""
    return (
        _wrong_host(m, rules)
        or lookups.machines.recognise(m.headers.user_agent)
        or _automated(m)
        or _prefetched(m.headers)
        or _datacenter(m, lookups)
        or _spam(m, lookups)
        or _excluded(m, rules)
        or _refused(m, rules)
    )


def has_privacy_signal(headers: Headers) -> bool:
    """`DNT` or `Sec-GPC`, exactly `1`: anything else is no signal by either specification."""
    return headers.dnt == "1" or headers.gpc == "1"


def _wrong_host(m: Measurement, rules: PropertyRules) -> Drop | None:
    if rules.property.accepts_host(host_of(m.url)):
        return None
    return Drop(DropReason.WRONG_HOST, "the page's host is not among the property's hosts")


def _automated(m: Measurement) -> Drop | None:
    if m.headers.ch_ua and any(map(m.headers.ch_ua.lower().__contains__, AUTOMATED_BRANDS)):
        return Drop(DropReason.HEADLESS, "headless browser, by its client hint")
    return Drop(DropReason.WEBDRIVER, "navigator.webdriver") if m.webdriver else None


def _prefetched(headers: Headers) -> Drop | None:
    """`Sec-Purpose: prefetch`, `prefetch;prerender`, `prefetch;anonymous-client-ip`; older: `Purpose: preview`."""
    if not headers.purpose:
        return None
    word = headers.purpose.partition(";")[0].strip().lower()
    return Drop(DropReason.PREFETCH, word) if word in ("prefetch", "prerender", "preview") else None


def _datacenter(m: Measurement, lookups: Lookups) -> Drop | None:
    if lookups.datacenters and parse_address(m.client_address) in lookups.datacenters:
        return Drop(DropReason.DATACENTER, "lookups.datacenters")
    return None


def _spam(m: Measurement, lookups: Lookups) -> Drop | None:
    if m.referrer and host_of(m.referrer) in lookups.spam_hosts:
        return Drop(DropReason.REFERRER_SPAM, "lookups.referrer_spam")
    return None


def _excluded(m: Measurement, rules: PropertyRules) -> Drop | None:
    if rules.excluded and parse_address(m.client_address) in rules.excluded:
        return Drop(DropReason.EXCLUDED_ADDRESS, "exclude_addresses")
    return None


def _refused(m: Measurement, rules: PropertyRules) -> Drop | None:
    if rules.property.privacy_signal == "drop" and has_privacy_signal(m.headers):
        return Drop(DropReason.PRIVACY_SIGNAL, "DNT" if m.headers.dnt == "1" else "Sec-GPC")
    return None
