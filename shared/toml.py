"""Typed TOML: a file becomes a struct, or a `ConfigError` that says where and why."""

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from shared.errors import ConfigError

Struct = TypeVar("Struct", bound=msgspec.Struct)

SECRETS = frozenset({"secret", "seal_keys", "api_keys"})
"""Keys whose values stand in no message."""


def read(path: Path) -> dict[str, Any]:
    """The file's tables. Raises `ConfigError` when it cannot be read or is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:  # tomllib's own errors are ValueErrors
        raise ConfigError(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def convert(tables: dict[str, Any], struct: type[Struct], source: str) -> Struct:
    """`tables` as `struct`. `source` is named in the error: a file, or an environment variable."""
    try:
        return msgspec.convert(tables, struct)
    except msgspec.ValidationError as error:
        raise ConfigError(_explain(str(error), tables, source)) from error


def _explain(message: str, tables: dict[str, Any], source: str) -> str:
    bound, _, place = message.partition(" - at `$")
    place = place.rstrip("`").lstrip(".")
    value = _value_at(tables, place)
    is_untold = value is None or isinstance(value, dict | list) or bool(SECRETS & set(re.split(r"[.\[]", place)))
    found = "" if is_untold else f" (it is {value!r})"
    return f"{source}: {place or 'top level'}: {bound}{found}"


def _value_at(tables: Any, place: str) -> Any:
    value = tables
    for step in re.findall(r"\[(\d+)\]|([^.\[\]]+)", place):
        try:
            value = value[int(step[0])] if step[0] else value[step[1]]
        except (KeyError, IndexError, TypeError):
            return None
    return value
