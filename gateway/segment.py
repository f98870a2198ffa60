"""Segment: one file of the journal. Frames of marker, length, checksum and payload, appended in their order.

The checksum (CRC-32) starts from the length plus the segment's random salt, which is in its name and nowhere in its
bytes: bytes inside a payload, whoever chose them, cannot pass for a frame when a reader looks for the next one after
damage.
"""

import os
import re
import struct
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

MARKER = b"\xffBMj"
"""Begins with a byte that UTF-8 text never holds, so that payloads do not slow down the search for it."""
HEAD = struct.Struct("<4sII")
MASK = 0xFFFFFFFF
PAGE_BYTES = 4096
FRAME_LIMIT_BYTES = 4 << 20
"""No payload is longer; a head that says so is damaged."""


class Frames(NamedTuple):
    """What a stretch of a segment holds."""

    payloads: list[bytes]
    consumed: int
    """Bytes from the start of the stretch to the end of its last whole frame, or of the damage after it."""
    damaged: int
    """Bytes that belong to no frame."""


class Segment:
    """One file. `size` is where the next frame goes: what a failed write left behind it is overwritten, never read."""

    def __init__(self, path: Path, number: int, salt: int, descriptor: int, size: int) -> None:
        self.path = path
        self.number = number
        self.size = size
        self._salt = salt
        self._descriptor = descriptor

    @classmethod
    def create(cls, directory: Path, number: int, salt: int) -> "Segment":
        """A new, empty segment. Raises `OSError`."""
        path = directory / f"{number:012d}-{salt:08x}.segment"
        return cls(path, number, salt, os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), 0)

    @classmethod
    def open(cls, path: Path) -> "Segment":
        """A segment that an earlier process left (`is_segment`). Raises `OSError`."""
        number, _, salt = path.stem.partition("-")
        return cls(path, int(number), int(salt, 16), os.open(path, os.O_RDWR | os.O_CLOEXEC), path.stat().st_size)

    def append(self, *payloads: bytes) -> int:
        """The bytes they took, in one write. Raises `OSError`; then nothing was appended."""
        frames = b"".join(map(self._frame, payloads))
        written = os.pwrite(self._descriptor, frames, self.size)
        if written != len(frames):
            raise OSError(f"{written} of {len(frames)} bytes were written")
        self.size += written
        return written

    def try_to_write(self) -> None:
        """Whether the disk takes another page; what is written for it is taken back. Raises `OSError`."""
        try:
            if os.pwrite(self._descriptor, bytes(PAGE_BYTES), self.size) != PAGE_BYTES:
                raise OSError("no room for another page")
        finally:
            os.ftruncate(self._descriptor, self.size)

    def read(self, offset: int, limit_bytes: int) -> Frames:
        """The frames from `offset` on, in about `limit_bytes`, at least one if there is one. Raises `OSError`."""
        frames = self._scan(offset, limit_bytes)
        if not frames.consumed and offset + limit_bytes < self.size:
            return self._scan(offset, HEAD.size + FRAME_LIMIT_BYTES)
        return frames

    def duplicate(self) -> int:
        """Another descriptor of the file, for the caller to close."""
        return os.dup(self._descriptor)

    def close(self) -> None:
        """The file stays."""
        os.close(self._descriptor)

    def delete(self) -> None:
        """Removes the file and closes it. Raises `OSError`; then it is still there, and open."""
        self.path.unlink(missing_ok=True)
        self.close()

    def _frame(self, payload: bytes) -> bytes:
        length = len(payload)
        return HEAD.pack(MARKER, length, crc32(payload, (self._salt + length) & MASK)) + payload

    def _scan(self, offset: int, limit_bytes: int) -> Frames:
        limit_bytes = min(limit_bytes, self.size - offset)
        stretch = self._read_whole(offset, limit_bytes)
        return find_frames(stretch, self._salt, is_last=offset + limit_bytes >= self.size)

    def _read_whole(self, offset: int, size: int) -> bytes:
        """A disk that fails in the middle gives what is before it first. What a file has lost of its end is zeros."""
        found = os.pread(self._descriptor, size, offset)
        while len(found) < size and (more := os.pread(self._descriptor, size - len(found), offset + len(found))):
            found += more
        return found.ljust(size, b"\0")


def is_segment(path: Path) -> bool:
    """Whether the name is one that `Segment.create` gives."""
    return re.fullmatch(r"\d{12}-[0-9a-f]{8}\.segment", path.name) is not None


def find_frames(stretch: bytes, salt: int, *, is_last: bool) -> Frames:
    """The whole frames of a stretch that begins where a frame should; what is damaged costs itself only.

    `is_last`: nothing follows, so what is not whole is damage and not the first part of something.
    """
    payloads: list[bytes] = []
    place = damaged = 0
    while (start := place + HEAD.size) <= len(stretch):
        marker, length, checksum = HEAD.unpack_from(stretch, place)
        is_head, end = marker == MARKER and length <= FRAME_LIMIT_BYTES, start + length
        is_there = is_head and end <= len(stretch)
        if is_there and crc32(payload := stretch[start:end], (salt + length) & MASK) == checksum:
            payloads.append(payload)
            place = end
        elif is_head and not is_there and not is_last:
            break
        else:
            following = _next_marker(stretch, place + 1, is_last=is_last)
            damaged += following - place
            place = following
    if is_last:
        damaged += len(stretch) - place
        place = len(stretch)
    return Frames(payloads, place, damaged)


def _next_marker(stretch: bytes, place: int, *, is_last: bool) -> int:
    """Where the search goes on; before the end, the last bytes may be the beginning of a marker."""
    found = stretch.find(MARKER, place)
    if found >= 0:
        return found
    return len(stretch) if is_last else max(place, len(stretch) - len(MARKER) + 1)
