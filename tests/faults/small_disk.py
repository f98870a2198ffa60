"""Small disk: a file system of a few megabytes, which a test can fill and free."""

import errno
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PIECE_BYTES = 64 << 10
PAGE_BYTES = 4 << 10


class SmallDisk:
    """What is written below `root` has no more room than there is."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._ballast = root / "ballast"
        self.had_room_at = 0.0
        """When there was last something to fill, in seconds since the Unix epoch."""

    def fill(self, leave_bytes: int = 0) -> None:
        """To the last page, but for `leave_bytes`; what others free meanwhile is filled as well."""
        with self._ballast.open("ab", buffering=0) as ballast:
            for size in (PIECE_BYTES, PAGE_BYTES):
                while _takes(ballast.fileno(), bytes(size)):
                    self.had_room_at = time.time()
        os.truncate(self._ballast, max(0, self._ballast.stat().st_size - leave_bytes))

    def free(self) -> None:
        """All that was filled."""
        self._ballast.unlink(missing_ok=True)

    @property
    def free_bytes(self) -> int:
        there = os.statvfs(self.root)
        return there.f_bavail * there.f_frsize


@contextmanager
def small_disk(place: Path, mebibytes: int) -> Iterator[SmallDisk]:
    """Mounted at `place`. Skips where that is forbidden; on CI that is a failure."""
    place.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(place)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        _forbidden(mounted.stderr)
    try:
        yield SmallDisk(place)
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def _forbidden(why: str) -> None:
    reason = f"a small disk has to be mounted; without root: `unshare -rm make test`. {why}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _takes(descriptor: int, piece: bytes) -> bool:
    try:
        return os.write(descriptor, piece) == len(piece)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return False
