"""Capture: request values become a Beacon or a Reject. Pure, and no more parsing than that takes."""

import re
from collections.abc import Callable
from hashlib import blake2b

import msgspec

from gateway.query import fields_of, nest
from gateway.reject import Reject, RejectReason
from shared.addresses import parse_address
from shared.beacon import Beacon, Channel, Headers
from shared.payload import NOTHING, Payload, TrustedPayload, is_web_url
from shared.properties import Properties, is_property_id
from shared.text import clean_url


class Request(msgspec.Struct, frozen=True, gc=False):
    """What capture needs to know of a request beside its payload."""

    client_address: str
    headers: Headers
    received_at_ms: int


_payload: msgspec.json.Decoder[Payload] = msgspec.json.Decoder(Payload)
_reported: msgspec.json.Decoder[Payload] = msgspec.json.Decoder(TrustedPayload)

HALF_CHARACTER = re.compile(
    rb"\\u[dD](?:[89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD])[c-fC-F][0-9a-fA-F]{2})"
)
"""An escaped surrogate without its other half: what a page's script leaves of an emoji when it cuts a title."""

_FIELD_REJECTS = {"property": RejectReason.BAD_PROPERTY, "url": RejectReason.BAD_URL}


def capture(
    channel: Channel, payload: bytes, request: Request, properties: Properties, new_id: Callable[[], bytes]
) -> Beacon | Reject:
    """A beacon whose payload is sound JSON with the contract's types, for a property that we know."""
    try:
        payload.decode("utf-8")  # msgspec does not look into what it skips
        sent = (_reported if channel is Channel.SERVER else _payload).decode(payload)
    except UnicodeDecodeError:
        return Reject(RejectReason.BAD_ENCODING, "the body is not UTF-8")
    except msgspec.ValidationError as error:
        return _refuse_field(str(error))
    except (msgspec.DecodeError, RecursionError) as error:
        mended = mend(payload)
        if mended != payload:
            return capture(channel, mended, request, properties, new_id)
        return Reject(RejectReason.BAD_JSON, str(error))
    if refused := _refuse_values(sent, properties) or _refuse_report(sent, request.received_at_ms):
        return refused
    return Beacon(
        derived_id(sent.property, sent.id) if sent.id else new_id(),
        request.received_at_ms,
        channel,
        sent.property,
        request.client_address,
        request.headers,
        payload,
    )


def capture_pixel(
    query: str, referer: str, request: Request, properties: Properties, new_id: Callable[[], bytes]
) -> Beacon | Reject:
    """The same for a raw query string; `url` falls back to the `Referer` header."""
    payload = payload_from_query(query, referer)
    if isinstance(payload, Reject):
        return payload
    return capture(Channel.PIXEL, payload, request, properties, new_id)


def payload_from_query(query: str, referer: str) -> bytes | Reject:
    """The JSON payload that says the same."""
    try:
        fields = nest(fields_of(query))
        fields["url"] = fields.get("url") or referer
        return msgspec.json.encode(fields)
    except UnicodeError:
        return Reject(RejectReason.BAD_ENCODING, "the query string is not UTF-8")
    except ValueError as error:
        return Reject(RejectReason.BAD_FIELD, str(error))


def mend(text: bytes) -> bytes:
    """JSON with a sign in the place of each half character; the same where there is none."""
    return HALF_CHARACTER.sub(rb"\\ufffd", text)


def derived_id(property_id: str, sender_id: str) -> bytes:
    """16 bytes: the same (property, sender's id) is the same hit, whichever gateway it reaches.

    The tag's ids, 32 hex digits, are taken as they are; a record is only ever stored below its property.
    """
    if len(sender_id) == 32 and sender_id.isalnum():
        try:
            return bytes.fromhex(sender_id)
        except ValueError:
            pass
    name = f"{property_id}\0{sender_id}".encode(errors="replace")
    return blake2b(name, digest_size=16, person=b"blockmetry-hit").digest()


def _refuse_values(sent: Payload, properties: Properties) -> Reject | None:
    if sent.property not in properties:
        if not is_property_id(sent.property):
            return Reject(RejectReason.BAD_PROPERTY, "`property` is missing or no property id")
        return Reject(RejectReason.UNKNOWN_PROPERTY, "no such property is configured")
    if not is_web_url(clean_url(sent.url)):  # as the worker will see it
        return Reject(RejectReason.BAD_URL, "`url` is missing or no http(s) URL")
    if not (_is_map(sent.timings) and _is_map(sent.vitals)):
        return Reject(RejectReason.BAD_FIELD, "`timings` or `vitals` is no object")
    return None


def _refuse_report(sent: Payload, received_at_ms: int) -> Reject | None:
    """A server can be told of what would only be lost later."""
    if not isinstance(sent, TrustedPayload):
        return None
    if not _is_map(sent.headers):
        return Reject(RejectReason.BAD_FIELD, "`headers` is no object")
    if sent.client_ip and not parse_address(sent.client_ip):
        return Reject(RejectReason.BAD_FIELD, "`client_ip` is no address")
    try:
        sent.at_ms(received_at_ms)
    except ValueError as error:
        return Reject(RejectReason.BAD_FIELD, str(error))
    return None


def _is_map(sent: msgspec.Raw) -> bool:
    """`{…}` or `null`: the decoder has seen that it is sound JSON, so its first byte says what it is."""
    return sent is NOTHING or bytes(sent)[:1] in (b"{", b"n")


def _refuse_field(message: str) -> Reject:
    field = message.partition("`$.")[2].partition("`")[0]
    reason = _FIELD_REJECTS.get(field, RejectReason.BAD_FIELD if field else RejectReason.BAD_JSON)
    return Reject(reason, message)
