"""Drop: the decision not to make a record, with a reason that is also the metric label and the live page's word."""

from enum import StrEnum

import msgspec


class DropReason(StrEnum):
    """A closed set: every drop is counted under exactly one of these."""

    BAD_MEASUREMENT = "bad_measurement"
    UNKNOWN_PROPERTY = "unknown_property"
    WRONG_HOST = "wrong_host"
    BOT = "bot"
    SPIDER = "spider"
    HEADLESS = "headless"
    WEBDRIVER = "webdriver"
    HTTP_LIBRARY = "http_library"
    NO_USER_AGENT = "no_user_agent"
    PREFETCH = "prefetch"
    DATACENTER = "datacenter"
    REFERRER_SPAM = "referrer_spam"
    EXCLUDED_ADDRESS = "excluded_address"
    PRIVACY_SIGNAL = "privacy_signal"


class Drop(msgspec.Struct, frozen=True):
    """Why a measurement makes no record."""

    reason: DropReason
    detail: str = ""
    """For the integrator's eyes: which rule fired. Never an address, a user agent or a URL."""
