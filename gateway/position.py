"""Position: up to where a journal has been shipped, in a file of its own."""

import os
import struct
import zlib
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

FORM = struct.Struct("<QQ")
CHECKSUM = struct.Struct("<I")


class Position(NamedTuple):
    """A place between two frames."""

    segment: int
    offset: int


class PositionFile:
    """Overwritten in place. A loss costs nothing but work: what is shipped again changes nothing at the sinks."""

    def __init__(self, path: Path) -> None:
        """Raises `OSError`."""
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def read(self) -> Position:
        """What was written last; the beginning when the file is new or damaged. Raises `OSError`."""
        stored = os.pread(self._descriptor, FORM.size + CHECKSUM.size, 0)
        position, checksum = stored[: FORM.size], stored[FORM.size :]
        if len(checksum) < CHECKSUM.size or CHECKSUM.unpack(checksum)[0] != zlib.crc32(position):
            return Position(0, 0)
        return Position(*FORM.unpack(position))

    def write(self, position: Position) -> None:
        """As far as the disk lets us."""
        stored = FORM.pack(*position)
        with suppress(OSError):
            os.pwrite(self._descriptor, stored + CHECKSUM.pack(zlib.crc32(stored)), 0)

    def close(self) -> None:
        """The file stays."""
        os.close(self._descriptor)
