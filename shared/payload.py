"""Payload: what a measurement says of itself, in the names and types of the ingest contract."""

import can_ada
import msgspec

from shared.properties import HOST_LIMIT

NOTHING = msgspec.Raw(b"null")


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


def is_web_url(text: str) -> bool:
    """Whether a page can have this URL: http or https, with a host, as browsers understand it (WHATWG)."""
    try:
        url = can_ada.parse(text)
        return url.protocol in ("https:", "http:") and len(url.hostname) <= HOST_LIMIT
    except (ValueError, TypeError):  # TypeError: a lone surrogate, which is no text
        return False
