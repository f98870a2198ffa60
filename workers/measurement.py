"""Measurement: a beacon decoded and validated. The last struct that knows the client's address."""

import msgspec

from shared.beacon import Beacon, Channel, Headers
from shared.payload import Payload, TrustedPayload, is_web_url
from shared.text import clean, clean_url
from workers import payloads
from workers.drop import Drop, DropReason

TITLE_LIMIT = 512
"""Characters, as the others."""
TIME_ZONE_LIMIT = 64
HEADER_LIMIT = 2048
ADDRESS_LIMIT = 64
SCREEN_LIMIT = 100_000


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
    """As sent, under whatever names: milliseconds since navigation start, or since the epoch (Level 1)."""
    vitals: dict[str, float] = {}
    webdriver: bool = False
    scripted: bool = False
    """A script ran: the channel says so, or a field that only a script can measure is there."""
    unknown_names: int = 0
    """How many names of the payload mean nothing on this channel."""


_SCRIPTED = frozenset({Channel.SCRIPT, Channel.AMP})


def decode(beacon: Beacon) -> Measurement | Drop:
    """The beacon's payload with its bounds applied. Total: every payload ends in one or the other."""
    try:
        sent, unknown = payloads.read(beacon)
        timings, vitals = payloads.numbers(sent.timings), payloads.numbers(sent.vitals)
    except UnicodeDecodeError:
        return _drop("not UTF-8")
    except (ValueError, RecursionError) as error:
        return _drop(str(error))
    url = clean_url(sent.url)
    if not is_web_url(url):
        return _drop("url: missing or no http(s) URL")
    seen = _as_reported(sent, beacon) if isinstance(sent, TrustedPayload) else _as_received(beacon)
    return seen if isinstance(seen, Drop) else _measurement(beacon, sent, url, seen, timings, vitals, unknown)


class _Seen(msgspec.Struct, frozen=True, gc=False):
    """Who was seen and when: by ourselves, or by the customer's server."""

    at_ms: int
    client_address: str
    headers: Headers


def _as_received(beacon: Beacon) -> _Seen:
    return _Seen(beacon.received_at_ms, clean(beacon.client_address, ADDRESS_LIMIT), _bounded(beacon.headers))


def _as_reported(sent: TrustedPayload, beacon: Beacon) -> _Seen | Drop:
    """The connection's own address and headers are those of the customer's server: nothing of them is kept."""
    try:
        at_ms = sent.at_ms(beacon.received_at_ms)
        seen = payloads.headers(sent.headers)
    except (ValueError, RecursionError) as error:
        return _drop(str(error))
    headers = msgspec.structs.replace(
        seen,
        user_agent=sent.user_agent or seen.user_agent,
        accept_language=sent.accept_language or seen.accept_language,
        dnt=payloads.as_header(sent.dnt) or seen.dnt,
        gpc=payloads.as_header(sent.gpc) or seen.gpc,
    )
    return _Seen(at_ms, clean(sent.client_ip, ADDRESS_LIMIT), _bounded(headers))


def _measurement(
    beacon: Beacon,
    sent: Payload,
    url: str,
    seen: _Seen,
    timings: dict[str, float],
    vitals: dict[str, float],
    unknown: int,
) -> Measurement:
    return Measurement(
        id=beacon.id,
        property=beacon.property,
        channel=beacon.channel,
        received_at_ms=beacon.received_at_ms,
        at_ms=seen.at_ms,
        client_address=seen.client_address,
        headers=seen.headers,
        url=url,
        canonical=clean_url(sent.canonical),
        title=_clean_title(sent.title),
        referrer=clean_url(sent.referrer),
        screen=_screen(sent.screen),
        time_zone=clean(sent.time_zone, TIME_ZONE_LIMIT),
        timings=timings,
        vitals=vitals,
        webdriver=bool(sent.webdriver),
        scripted=beacon.channel in _SCRIPTED or bool(sent.screen or sent.time_zone or timings),
        unknown_names=unknown,
    )


def _clean_title(text: str | None) -> str:
    title = text or ""
    if not title.isprintable():
        title = " ".join(title.split())
    cut = clean(title, TITLE_LIMIT)
    if len(title) > TITLE_LIMIT and "@" in (last := cut.rpartition(" ")[2]):
        return cut.removesuffix(last).rstrip()
    return cut


def _screen(sent: tuple[float, float] | None) -> tuple[float, float]:
    return sent if sent and all(0 < side <= SCREEN_LIMIT for side in sent) else (0, 0)


def _bounded(headers: Headers) -> Headers:
    values = msgspec.structs.astuple(headers)
    joined = "".join(values)
    if len(joined) <= HEADER_LIMIT and joined.isprintable():
        return headers
    return Headers(*(clean(value, HEADER_LIMIT) for value in values))


def _drop(detail: str) -> Drop:
    return Drop(DropReason.BAD_MEASUREMENT, detail)
