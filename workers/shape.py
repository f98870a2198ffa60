"""Shape: what something looks like, without what it says. Enough to find a bug by, and nobody."""

import string
from collections.abc import Collection, Mapping
from unicodedata import category

import msgspec

_ASCII = {
    **dict.fromkeys(map(ord, string.ascii_lowercase), "a"),
    **dict.fromkeys(map(ord, string.ascii_uppercase), "A"),
    **dict.fromkeys(map(ord, string.digits), "0"),
    **{code: chr(code) for code in range(128) if not chr(code).isalnum()},
}


class _Shapes(dict[int, str]):
    """By code point. Nothing is added while it is used: strangers choose the characters."""

    def __missing__(self, code: int) -> str:
        kind = category(chr(code))
        if kind[0] in "LMN":
            return "é"
        return "\ufffd" if kind == "Cs" else chr(code)


_shapes = _Shapes(_ASCII)


def of_text(text: str) -> str:
    """`mary@example.com` -> `aaaa@aaaaaaa.aaa`: marks and spaces stay, for they are what parsers stumble over."""
    return text.translate(_shapes)


def of_json(encoded: bytes, names: Collection[str]) -> msgspec.Raw:
    """The same of a JSON document, in JSON. Its structure and `names`, which are ours, stay, and the first digits.

    Total: what is no JSON is text.
    """
    try:
        shape = msgspec.json.encode(_of(msgspec.json.decode(encoded), names))
    except (ValueError, RecursionError, OverflowError):
        shape = msgspec.json.encode(of_text(encoded.decode(errors="replace")))
    return msgspec.Raw(shape)


def _of(value: object, names: Collection[str]) -> object:
    match value:
        case str():
            return of_text(value)
        case list():
            return [_of(each, names) for each in value]
        case Mapping():
            return {name if name in names else of_text(name): _of(each, names) for name, each in value.items()}
        case bool() | None:
            return value
    return float(f"{value:.1g}")
