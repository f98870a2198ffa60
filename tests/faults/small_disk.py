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
IN_A_NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")


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
    """Mounted at `place`, or where that is forbidden, in a namespace of its own. Skips where neither can be done."""
    place.mkdir(parents=True, exist_ok=True)
    if subprocess.run(_mount(place, mebibytes), capture_output=True, check=False).returncode == 0:
        try:
            yield SmallDisk(place)
        finally:
            subprocess.run(["umount", "--lazy", place], check=True)
    else:
        with _elsewhere(place, mebibytes) as disk:
            yield disk


@contextmanager
def _elsewhere(place: Path, mebibytes: int) -> Iterator[SmallDisk]:
    """Where only a process of ours sees it, through whose eyes we look; it goes when its input ends."""
    script = f"{' '.join(_mount(place, mebibytes))} && echo there && cat"
    with subprocess.Popen([*IN_A_NAMESPACE, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as keeper:
        assert keeper.stdout
        if keeper.stdout.readline() != b"there\n":
            none()
        yield SmallDisk(Path(f"/proc/{keeper.pid}/root{place}"))
        keeper.communicate()


def none() -> None:
    """There is no small disk here."""
    reason = "a small disk needs the right to mount a tmpfs, or a user namespace"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _mount(place: Path, mebibytes: int) -> list[str]:
    return ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=777", "tmpfs", str(place)]


def _takes(descriptor: int, piece: bytes) -> bool:
    try:
        return os.write(descriptor, piece) == len(piece)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return False
