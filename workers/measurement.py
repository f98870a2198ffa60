"""Measurement: a beacon decoded and validated. The last struct that knows the client's address."""

import msgspec

from shared.beacon import Beacon, Channel, Headers
from workers.drop import Drop


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """What enrichment works on."""

    id: bytes
    """16 bytes; the record's id in binary."""
    property: str
    channel: Channel
    received_at_ms: int
    at_ms: int
    """When it happened: the sender's `occurred_at`, else `received_at_ms`."""
    client_address: str
    headers: Headers
    url: str
    canonical: str = ""
    title: str = ""
    referrer: str = ""
    screen: tuple[float, float] = (0, 0)
    """Width and height in CSS pixels; (0, 0) when unknown."""
    time_zone: str = ""
    timings: dict[str, float] = {}
    """As sent: name to milliseconds since navigation start, or since the epoch (Level 1)."""
    vitals: dict[str, float] = {}
    webdriver: bool = False
    scripted: bool = False
    """A script ran: the channel says so, or a field that only a script can measure is there."""


def decode(beacon: Beacon) -> Measurement | Drop:
    """The beacon's payload with its bounds applied."""
    raise NotImplementedError
