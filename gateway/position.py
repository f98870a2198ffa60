"""Position: up to where a journal has been read and shipped; the latter in a file of its own."""

import os
import struct
import zlib
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from shared.durable import sync_content

FORM = struct.Struct("<QQQQ")
CHECKSUM = struct.Struct("<I")
PAGE_BYTES = 4096
SLOTS = (0, PAGE_BYTES)
"""Where in the file: each in a page of its own, as what is torn is a page at the most."""


class Position(NamedTuple):
    """A place between two frames."""

    segment: int
    offset: int


BEGINNING = Position(0, 0)


class Progress(NamedTuple):
    """How far the shipping of a journal has come."""

    committed: Position
    """Up to here, everything is in the queue."""
    under_way: Position
    """Up to here, it may be: what lies between is shipped again as it was, so that it makes the same blocks."""


class PositionFile:
    """Two slots, overwritten in place; the one that is further is meant. A power loss takes what was not synced, and
    leaves what was: that is not overwritten before the other slot is synced as well.
    """

    def __init__(self, path: Path) -> None:
        """Raises `OSError`."""
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with suppress(OSError):
            there = os.fstat(self._descriptor).st_size
            os.pwrite(self._descriptor, bytes(max(0, 2 * PAGE_BYTES - there)), there)  # a full disk takes them later
            sync_content(self._descriptor)
        self._free = self._older()

    def read(self) -> Progress:
        """The furthest that was written; the beginning when the file is new or damaged. Raises `OSError`."""
        return furthest(self._stored())

    def write(self, progress: Progress) -> None:
        """As far as the disk lets us. It is never less far than what was written before."""
        stored = FORM.pack(*progress.committed, *progress.under_way)
        with suppress(OSError):
            os.pwrite(self._descriptor, stored + CHECKSUM.pack(zlib.crc32(stored)), self._free)

    def sync(self) -> None:
        """What was written survives a power loss when this returns. Raises `OSError`."""
        sync_content(self._descriptor)
        self._free = self._older()

    def close(self) -> None:
        """The file stays."""
        os.close(self._descriptor)

    def _older(self) -> int:
        return min(SLOTS, key=partial(_in_slot, self._stored()))

    def _stored(self) -> bytes:
        return os.pread(self._descriptor, 2 * PAGE_BYTES, 0)


def furthest(stored: bytes) -> Progress:
    """Of a position file's bytes."""
    return max(_in_slot(stored, slot) for slot in SLOTS)


def _in_slot(stored: bytes, slot: int) -> Progress:
    progress = stored[slot : slot + FORM.size]
    checksum = stored[slot + FORM.size : slot + FORM.size + CHECKSUM.size]
    if len(checksum) < CHECKSUM.size or CHECKSUM.unpack(checksum)[0] != zlib.crc32(progress):
        return Progress(BEGINNING, BEGINNING)
    numbers = FORM.unpack(progress)
    return Progress(Position(*numbers[:2]), Position(*numbers[2:]))


class Cursor:
    """Where the reader of a journal is. What was shipped, or was about to be, outlives the process."""

    def __init__(self, path: Path) -> None:
        """Raises `OSError`."""
        self._file = PositionFile(path)
        self.committed, self._under_way = self._file.read()
        self.position = self.committed
        """Up to here, everything has been read."""

    @property
    def last_segment(self) -> int:
        """The highest number that it knows of."""
        return max(self.committed.segment, self._under_way.segment)

    def offset_in(self, segment: int) -> int:
        """Where reading goes on in a segment that has not been read to its end."""
        return self.position.offset if segment == self.position.segment else 0

    def again_bytes(self, segment: int) -> int:
        """How much is to be read in one stretch, because it was once; 0: as much as one likes."""
        is_there = segment == self._under_way.segment
        return max(0, self._under_way.offset - self.offset_in(segment)) if is_there else 0

    def advance(self, end: Position) -> None:
        """Read up to here. The end of the first stretch that is not committed is remembered before it is sent."""
        self.position = end
        if self._under_way <= self.committed:
            self._under_way = end
            self._write()

    def rewind(self) -> None:
        """Back to what has been committed."""
        self.position = self.committed

    def commit(self, position: Position) -> None:
        """Everything before it is in the queue."""
        self.committed = position
        self._write()

    def sync(self) -> None:
        """What was remembered outlives the machine when this returns. In any thread. Raises `OSError`."""
        self._file.sync()

    def close(self) -> None:
        """The file stays."""
        self._file.close()

    def _write(self) -> None:
        self._file.write(Progress(self.committed, self._under_way))
