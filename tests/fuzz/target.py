"""What is fuzzed: one parser of bytes that come from outside, and what it must keep to."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple


class Target(NamedTuple):
    """`run` raises when the parser breaks its promise: anything but a value or an error that it documents."""

    run: Callable[[bytes], None]
    seeds: Sequence[bytes]
    """What the fuzzer begins with."""


def file() -> Path:
    """For parsers that read one: in a directory of this process's own, which goes with it."""
    return Path(_directory().name) / "file"


@cache
def _directory() -> TemporaryDirectory[str]:
    """Not before it is wanted: processes that are forked must not share it."""
    return TemporaryDirectory(prefix="fuzz-")


def text(sent: bytes) -> str:
    """As the HTTP server hands on bytes that may not be UTF-8."""
    return sent.decode("utf-8", "surrogateescape")


def parts(sent: bytes, count: int, separator: bytes = b"\0") -> list[bytes]:
    """Exactly `count`; the last one holds the rest."""
    found = sent.split(separator, count - 1)
    return found + [b""] * (count - len(found))
