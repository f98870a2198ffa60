"""Beacon: one measurement as it reached the edge, on its way through journal and queue."""

from enum import StrEnum

import msgspec


class Channel(StrEnum):
    """How a measurement reached us."""

    __hash__ = str.__hash__  # an enum's own is Python code, too slow to count every request with

    SCRIPT = "script"
    PIXEL = "pixel"
    AMP = "amp"
    SERVER = "server"
    LOG = "log"


class Headers(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The request headers that enrichment uses, as sent; absent ones are empty."""

    user_agent: str = ""
    accept_language: str = ""
    dnt: str = ""
    gpc: str = ""
    purpose: str = ""
    """`Sec-Purpose`, or the older `Purpose`."""
    ch_ua: str = ""
    ch_ua_mobile: str = ""
    ch_ua_platform: str = ""
    ch_ua_platform_version: str = ""
    """This hint, the model and the form factors are only sent where the site hands them on to us."""
    ch_ua_model: str = ""
    ch_ua_form_factors: str = ""
    requested_with: str = ""
    """`X-Requested-With`: the package of the Android app whose WebView shows the page."""


HEADER_NAMES = (
    "User-Agent",
    "Accept-Language",
    "DNT",
    "Sec-GPC",
    "Sec-Purpose",
    "Sec-CH-UA",
    "Sec-CH-UA-Mobile",
    "Sec-CH-UA-Platform",
    "Sec-CH-UA-Platform-Version",
    "Sec-CH-UA-Model",
    "Sec-CH-UA-Form-Factors",
    "X-Requested-With",
)
"""What the fields of `Headers` are called in a request, in their order."""
PURPOSE_BEFORE = "Purpose"
"""What `Sec-Purpose` was called."""


class Beacon(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """As received: nothing in here has been interpreted beyond the property and the soundness of the payload.

    New fields are only ever added at the end, with a default: blocks written by another version stay readable.
    """

    id: bytes
    """16 bytes. Random, or derived from (property, sender's id): the same hit has the same id."""
    received_at_ms: int
    """Milliseconds since the Unix epoch."""
    channel: Channel
    property: str
    client_address: str
    """IPv4 or IPv6 in text; empty when unknown."""
    headers: Headers
    payload: bytes
    """The measurement in JSON, UTF-8, with the names of the ingest contract."""


class _Owner(msgspec.Struct, array_like=True, gc=False):
    """As far into an encoded beacon as its property."""

    id: bytes
    received_at_ms: int
    channel: str
    property: str


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Beacon)
_owner_decoder = msgspec.msgpack.Decoder(_Owner)

encode = _encoder.encode
decode = _decoder.decode


def property_of(encoded: bytes) -> str:
    """The property of an encoded beacon, at a fraction of the price."""
    return _owner_decoder.decode(encoded).property
