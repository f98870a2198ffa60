"""Query: flat names with text become the payload that says the same. Pure."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

FIELDS_LIMIT = 200
MAPS = ("timings", "vitals")


def fields_of(query: str) -> dict[str, str]:
    """Those that are not empty; of a repeated one the last.

    Raises `ValueError` when they are too many, its `UnicodeError` when it is not UTF-8.
    """
    query.encode()  # bytes that were no text are lone surrogates by now, which an answer could not quote
    return dict(parse_qsl(query, errors="strict", max_num_fields=FIELDS_LIMIT))


def nest(flat: Mapping[str, str]) -> dict[str, Any]:
    """Structure and types come back from names: `screen=1280x720`, `webdriver=1`, `timings.NAME=ms`.

    Raises `ValueError`, which names the field.
    """
    fields: dict[str, Any] = {}
    maps: dict[str, dict[str, float]] = {}
    for name, text in flat.items():
        if is_in_map(name):
            group, _, key = name.partition(".")
            maps.setdefault(group, {})[key] = _number(name, text)
        elif name == "screen":
            fields[name] = [_number(name, side) for side in text.split("x")]
        elif name == "webdriver":
            fields[name] = text.lower() in ("1", "true")
        else:
            fields[name] = text
    if twice := fields.keys() & maps.keys():
        raise ValueError(f"`{twice.pop()}` is given in two ways")
    return fields | maps


def is_in_map(name: str) -> bool:
    """Whether it is one of many: `vitals.LCP`."""
    group, dot, _ = name.partition(".")
    return bool(dot) and group in MAPS


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"`{name}` is no number") from None
