"""Records as customers have them: one an object or one a line, packed or not, in directories or on standard input."""

import gzip
import io
import os
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

import zstandard

STANDARD_INPUT = "-"
LONGEST = 1 << 20
"""Bytes of a line: a record is a hundredth of that."""
GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
"""How files begin, whatever their names: some stores unpack what they serve, and leave the name as it is."""
PIECE = 16 << 10
"""Bytes that are unpacked at once."""
NOT_RECORDS = re.compile(r"[._]|.*#")
"""Names of what lies beside: hidden, markers as Spark leaves them, files that are just being written."""
DAMAGED = (OSError, EOFError, zlib.error, zstandard.ZstdError)

_property = re.compile(r"(?:^|/)property=([^/]+)/")


class Line(NamedTuple):
    """What may be a record."""

    place: str
    """File and number of the line."""
    property: str
    """As the layout of our own objects has it: `…/property=ID/…`; empty elsewhere."""
    text: bytes


def lines(paths: Iterable[str], damaged: Callable[[str, str], None]) -> Iterator[Line]:
    """Of all files below `paths`, one after the other. `damaged` is told place and reason of what cannot be read."""
    for name in _all_files(paths):
        number = 0
        try:
            with _opened(name) as file:
                for number, text in enumerate(_bounded(file), 1):
                    if text.strip():
                        yield Line(f"{name}:{number}", _property_of(name), text)
        except DAMAGED as error:
            damaged(f"{name}:{number + 1}", getattr(error, "strerror", None) or str(error))


def _all_files(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        if path != STANDARD_INPUT and Path(path).is_dir():
            yield from _files(path)
        else:
            yield path


def _files(directory: str) -> Iterator[str]:
    with os.scandir(directory) as entries:
        for entry in entries:
            if NOT_RECORDS.match(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path)
            elif entry.is_file():
                yield entry.path


@contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    with os.fdopen(0, "rb", closefd=False) if name == STANDARD_INPUT else Path(name).open("rb") as file:
        begins = file.peek(len(ZSTD))
        if begins.startswith(GZIP):
            yield cast(IO[bytes], gzip.GzipFile(fileobj=file))
        elif begins.startswith(ZSTD):
            yield cast(IO[bytes], io.BufferedReader(_Frames(file)))
        else:
            yield file


class _Frames(io.RawIOBase):
    """What zstd packed, one frame after another. The library's own reader takes half a frame for the end."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._is_within = False
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        while not self._ready:
            packed = self._file.read(PIECE)
            if not packed and self._is_within:
                raise EOFError("ends in the middle of a frame")
            if not packed:
                return 0
            self._ready = memoryview(b"".join(self._unpacked(packed)))
        room = memoryview(into)
        count = min(len(room), len(self._ready))
        room[:count], self._ready = self._ready[:count], self._ready[count:]
        return count

    def _unpacked(self, packed: bytes) -> Iterator[bytes]:
        while packed:
            yield self._frame.decompress(packed)
            self._is_within = not self._frame.eof
            packed = self._frame.unused_data
            if self._frame.eof:
                self._frame = zstandard.ZstdDecompressor().decompressobj()


def _bounded(file: IO[bytes]) -> Iterator[bytes]:
    """Lines, the longer ones in pieces: none of these is a record."""
    return iter(lambda: file.readline(LONGEST), b"")


def _property_of(name: str) -> str:
    found = _property.search(name)
    return found[1] if found else ""
