"""AMP: what amp-analytics and amp-pixel send becomes the payload that says the same. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from math import isfinite
from typing import Any

import msgspec

from gateway.capture import Request, capture, mend
from gateway.query import FIELDS_LIMIT, MAPS, fields_of, is_in_map, nest
from gateway.reject import Reject, RejectReason
from shared.beacon import Beacon, Channel
from shared.properties import Properties

_UNRESOLVED = re.compile(
    r"\$\{[^}]*\}|\$[A-Z][A-Z0-9_]*(\([^)]*\))?|PAGE_VIEW_ID(_64)?|TITLE|TIMEZONE_CODE"
    r"|(SOURCE|AMPDOC|CANONICAL)_URL|(DOCUMENT|EXTERNAL)_REFERRER"
)
"""A variable that AMP put nothing in place of. As an `id` it would make one hit of all."""

_object = msgspec.json.Decoder(dict[str, Any])


def capture_amp(
    query: str, body: bytes, request: Request, properties: Properties, new_id: Callable[[], bytes]
) -> Beacon | Reject:
    """As `capture`, for a raw query string and a body; either may be empty."""
    payload = payload_of(query, body)
    if isinstance(payload, Reject):
        return payload
    return capture(Channel.AMP, payload, request, properties, new_id)


def payload_of(query: str, body: bytes) -> bytes | Reject:
    """The JSON payload that says the same as both; a name that the body has too is the body's.

    Pages cannot see to it that AMP knows a value: what is empty, unresolved or no number costs itself, never the hit.
    """
    try:
        told = _told(fields_of(query).items()) | _told(_few(_flat(_read(body))))
        texts = {name: value for name, value in told.items() if isinstance(value, str)}
        others = {name: value for name, value in told.items() if name not in texts}
        return msgspec.json.encode(nest(texts) | others)
    except UnicodeError:
        return Reject(RejectReason.BAD_ENCODING, "the body or the query string is not UTF-8")
    except (msgspec.DecodeError, RecursionError) as error:
        return Reject(RejectReason.BAD_JSON, str(error))
    except ValueError as error:
        return Reject(RejectReason.BAD_FIELD, str(error))


def _read(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    body.decode()
    try:
        return _object.decode(body)
    except msgspec.DecodeError:
        return _object.decode(mend(body))


def _flat(sent: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """As the query string has it: `timings.NAME`, `screen` as one text."""
    for name, value in sent.items():
        if name in MAPS and isinstance(value, dict):
            yield from ((f"{name}.{key}", _text(inner)) for key, inner in value.items())
        elif name == "screen" and isinstance(value, list):
            yield name, "x".join(str(_text(side)) for side in value)
        else:
            yield name, _text(value)


def _few(fields: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """As many as a query string may have. Raises `ValueError`."""
    found = list(islice(fields, FIELDS_LIMIT + 1))
    if len(found) > FIELDS_LIMIT:
        raise ValueError(f"more than {FIELDS_LIMIT} names")
    return found


def _text(value: Any) -> Any:
    """Numbers and flags as AMP writes them in a query string; lists and objects have no such form and stay."""
    if isinstance(value, bool | int | float):
        return msgspec.json.encode(value).decode()
    return "" if value is None else value


def _told(fields: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in fields if _is_told(name, value)}


def _is_told(name: str, value: Any) -> bool:
    """Whether it says something."""
    if not isinstance(value, str):
        return name not in ("screen", "webdriver", *MAPS) and not is_in_map(name)
    if not value or _UNRESOLVED.fullmatch(value):
        return False
    if name == "screen":
        sides = value.split("x")
        return len(sides) == 2 and all(map(_is_number, sides))
    return _is_number(value) if is_in_map(name) else name not in MAPS


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False
