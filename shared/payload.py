"""Payload: what a measurement says of itself, in the names and types of the ingest contract."""

from datetime import datetime
from typing import Annotated

import can_ada
import msgspec
from msgspec import Meta

from shared.properties import HOST_LIMIT

NOTHING = msgspec.Raw(b"null")
OLDEST_MS = 7 * 24 * 3600 * 1000
FUTURE_MS = 5 * 60 * 1000


class Payload(msgspec.Struct, gc=False):
    """`null` is as good as absent. What is in the maps is not looked at here: one odd value costs itself only."""

    property: str = ""
    id: str | None = None
    url: str | None = None
    canonical: str | None = None
    title: str | None = None
    referrer: str | None = None
    screen: tuple[float, float] | None = None
    """Width and height in CSS pixels."""
    time_zone: str | None = None
    timings: msgspec.Raw = NOTHING
    vitals: msgspec.Raw = NOTHING
    webdriver: bool | None = None


class TrustedPayload(Payload, gc=False):
    """What a customer's server, or an imported log, says of a visitor whom we have not seen ourselves."""

    client_ip: str | None = None
    user_agent: str | None = None
    accept_language: str | None = None
    dnt: str | int | bool | None = None
    gpc: str | int | bool | None = None
    headers: msgspec.Raw = NOTHING
    """The visitor's request headers, under their names in any case: what has no name of its own above."""
    occurred_at: Annotated[datetime, Meta(tz=True)] | None = None

    def at_ms(self, received_at_ms: int) -> int:
        """When it happened, as far as we are told. Raises `ValueError` where that is too long ago, or yet to come."""
        if self.occurred_at is None:
            return received_at_ms
        at_ms = int(self.occurred_at.timestamp() * 1000)
        if at_ms < received_at_ms - OLDEST_MS:
            raise ValueError("`occurred_at` is more than 7 days ago")
        if at_ms > received_at_ms + FUTURE_MS:
            raise ValueError("`occurred_at` is more than 5 minutes in the future")
        return at_ms


def is_web_url(text: str) -> bool:
    """Whether a page can have this URL: http or https, with a host, as browsers understand it (WHATWG)."""
    try:
        url = can_ada.parse(text)
        return url.protocol in ("https:", "http:") and len(url.hostname) <= HOST_LIMIT
    except (ValueError, TypeError):  # TypeError: a lone surrogate, which is no text
        return False
