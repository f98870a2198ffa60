"""What tests of the journal do with it."""

import os
from pathlib import Path
from typing import Any

from gateway.journal import Journal

MANY = 1 << 30


def opened(directory: Path, max_bytes: int = MANY, segment_bytes: int = 200) -> Journal:
    return Journal(directory, max_bytes, segment_bytes)


def rest(journal: Journal, limit_bytes: int = 1 << 20) -> list[bytes]:
    """Everything not read yet."""
    found: list[bytes] = []
    while journal.unread_bytes:
        found += journal.read(limit_bytes).payloads
    return found


def ship(journal: Journal) -> list[bytes]:
    """Everything not read yet, committed."""
    found: list[bytes] = []
    while journal.unread_bytes:
        stretch = journal.read(1 << 20)
        found += stretch.payloads
        journal.commit(stretch.end)
    return found


def append_all(journal: Journal, payloads: list[bytes]) -> list[bytes]:
    for payload in payloads:
        journal.append(payload)
    return payloads


def numbered(count: int, start: int = 0) -> list[bytes]:
    return [b"payload %04d" % number for number in range(start, start + count)]


def segments(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.segment"))


def fails_with(number: int) -> Any:
    def fail(*_: Any) -> int:
        raise OSError(number, os.strerror(number))

    return fail
