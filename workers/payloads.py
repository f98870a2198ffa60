"""Payloads: what the JSON of a beacon says, by the channel that it came by."""

from typing import NamedTuple

import msgspec

from shared.beacon import HEADER_NAMES, PURPOSE_BEFORE, Beacon, Channel, Headers
from shared.payload import NOTHING, Payload, TrustedPayload

Said = str | int | bool | None
"""What stands for a header."""


class _Exact(Payload, forbid_unknown_fields=True, gc=False):
    """Has no name that means nothing."""


class _ExactTrusted(TrustedPayload, forbid_unknown_fields=True, gc=False):
    """The same."""


class _Form(NamedTuple):
    """Of payloads: nearly all are exact, which saves a second look for the names that mean nothing."""

    exact: msgspec.json.Decoder[Payload]
    lenient: msgspec.json.Decoder[Payload]
    known: frozenset[str]


def _form(exact: type[Payload], lenient: type[Payload]) -> _Form:
    known = frozenset(lenient.__struct_fields__)
    return _Form(msgspec.json.Decoder(exact), msgspec.json.Decoder(lenient), known)


_FORM = _form(_Exact, Payload)
_TRUSTED_FORM = _form(_ExactTrusted, TrustedPayload)
_FORMS = {Channel.SERVER: _TRUSTED_FORM, Channel.LOG: _TRUSTED_FORM}
_names = msgspec.json.Decoder(dict[str, msgspec.Raw])
_numbers_only = msgspec.json.Decoder(dict[str, float])
_values = msgspec.json.Decoder(dict[str, msgspec.Raw] | None)
_said: msgspec.json.Decoder[Said | list[Said]] = msgspec.json.Decoder(Said | list[Said])
_float: msgspec.json.Decoder[float | None] = msgspec.json.Decoder(float | None)


def read(beacon: Beacon) -> tuple[Payload, int]:
    """The payload, and how many of its names mean nothing. Raises `ValueError` or `RecursionError`."""
    form = _FORMS.get(beacon.channel, _FORM)
    try:
        return form.exact.decode(beacon.payload), 0
    except msgspec.ValidationError:
        return form.lenient.decode(beacon.payload), len(_names.decode(beacon.payload).keys() - form.known)


def numbers(sent: msgspec.Raw) -> dict[str, float]:
    """By name. JSON knows no NaN and no infinity, and msgspec refuses what overflows: these are finite.

    Raises `ValueError` or `RecursionError` where it is no map.
    """
    if sent is NOTHING:
        return {}
    try:
        return _numbers_only.decode(sent)
    except msgspec.ValidationError:  # one value that is no number costs itself, not the measurement
        found = ((name, _number(value)) for name, value in (_values.decode(sent) or {}).items())
        return {name: value for name, value in found if value is not None}


def _number(sent: msgspec.Raw) -> float | None:
    try:
        return _float.decode(sent)
    except msgspec.ValidationError:
        return None


_HEADERS = tuple(name.lower() for name in HEADER_NAMES)
_PURPOSE, _PURPOSE_BEFORE = "sec-purpose", PURPOSE_BEFORE.lower()


def headers(sent: msgspec.Raw) -> Headers:
    """Those that enrichment uses, as long as they are. Raises `ValueError` or `RecursionError` where it is no map."""
    if sent is NOTHING:
        return Headers()
    said = {name.lower(): value for name, value in (_values.decode(sent) or {}).items()}
    said.setdefault(_PURPOSE, said.get(_PURPOSE_BEFORE, NOTHING))
    return Headers(*(_header(said.get(name, NOTHING)) for name in _HEADERS))


def _header(sent: msgspec.Raw) -> str:
    """Of a list, as some frameworks have one for each name, the first. What no header can be is absent."""
    try:
        value = _said.decode(sent)
    except msgspec.ValidationError:
        return ""
    values = value if isinstance(value, list) else [value]
    return as_header(values[0]) if values else ""


def as_header(sent: Said) -> str:
    """`1`, `true` and `"1"` are what the header says with `1`."""
    return str(int(sent)) if isinstance(sent, int) else sent or ""
