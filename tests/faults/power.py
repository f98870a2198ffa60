"""Power: what a disk may hold after it was cut. Only what was synced is certain."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import NoReturn

import pytest

SECTOR_BYTES = 512
SMALL_BYTES = 8192


class Power:
    """Watches a directory of files while its owner writes them and syncs them.

    A file's bytes are certain once it was synced, a name (or that it is gone) once the directory was. All else may be
    there or not: each sector as it was at the last sync or as it is now, one of them torn at any byte, the size any
    that it had or has, zeros where nothing was written yet; names that were made or removed since, there or not.
    """

    def __init__(self, directory: Path, aside: Path) -> None:
        """`aside`: a directory on the same file system, where files are kept that lose their name."""
        self._directory = directory
        self._aside = aside
        self._synced: dict[int, bytes] = {}
        self._seen: dict[int, list[bytes]] = {}
        """What small files have held since their last sync."""
        self._names: dict[str, int] = {}
        """As of the last sync of the directory."""
        self._failed: set[int] = set()

    def look(self) -> None:
        """To be called after everything that may have written."""
        for path in self._directory.iterdir():
            number = path.stat().st_ino
            if number not in self._seen:
                self._seen[number] = []
                os.link(path, self._aside / str(number))
            if path.stat().st_size <= SMALL_BYTES:
                self._seen[number].append(path.read_bytes())

    def sync(self, descriptor: int) -> None:
        """Of a file, or of the directory: what it holds now is certain."""
        self.look()
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            self._names = {path.name: path.stat().st_ino for path in self._directory.iterdir()}
        elif status.st_ino not in self._failed:
            self._synced[status.st_ino] = os.pread(descriptor, status.st_size, 0)
            self._seen[status.st_ino].clear()

    def fail(self, descriptor: int) -> NoReturn:
        """A sync of a file, as the kernel tells of it: once. What it was for never comes onto the disk, whatever later
        syncs say.
        """
        self._failed.add(os.fstat(descriptor).st_ino)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    @contextmanager
    def watching(self, syncs: Callable[[int], None]) -> Iterator[None]:
        """Each sync of this process goes to `syncs` instead of the disk; those that `syncs` makes do not."""

        def sync(descriptor: int) -> None:
            patched.undo()
            try:
                syncs(descriptor)
            finally:
                patch()

        def patch() -> None:
            for name in ("fsync", "fdatasync"):
                patched.setattr(os, name, sync)

        with pytest.MonkeyPatch.context() as patched:
            patch()
            yield

    def cut(self, into: Path, chance: Random, whims: float) -> None:
        """Makes `into` one of the states that may be found. `whims`: how likely what is not certain is there."""
        self.look()
        now = {path.name: path.stat().st_ino for path in self._directory.iterdir()}
        into.mkdir()
        for name, number in {**self._names, **now}.items():
            certain = self._names.get(name) == now.get(name)
            if certain or chance.random() < (whims if name in now else 1 - whims):
                (into / name).write_bytes(self._content(number, chance, whims))

    def _content(self, number: int, chance: Random, whims: float) -> bytes:
        synced, now = self._synced.get(number, b""), (self._aside / str(number)).read_bytes()
        if (seen := self._seen[number]) and len(now) <= SMALL_BYTES and chance.random() > whims:
            now = chance.choice(seen)
        size = len(now) if chance.random() < whims else chance.randint(*sorted((len(synced), len(now))))
        content = bytearray(size)
        for place in range(0, size, SECTOR_BYTES):
            source = now if chance.random() < whims else synced
            sector = source[place : place + SECTOR_BYTES][: size - place]
            content[place : place + len(sector)] = sector
        if now != synced and chance.random() > whims:
            torn = _torn(now[:size], synced, chance)
            end = min(size, torn + SECTOR_BYTES - torn % SECTOR_BYTES)
            content[torn:end] = synced[torn:end].ljust(end - torn, b"\0")
        return bytes(content)


def _torn(now: bytes, synced: bytes, chance: Random) -> int:
    """A place where a sector is in the middle of becoming what it is now."""
    sectors = [place for place in range(0, len(now), SECTOR_BYTES) if not _agree(now, synced, place, SECTOR_BYTES)]
    if not sectors:
        return len(now)
    sector = chance.choice(sectors)
    end = min(sector + SECTOR_BYTES, len(now))
    return chance.choice([place for place in range(sector, end) if not _agree(now, synced, place, 1)])


def _agree(now: bytes, synced: bytes, place: int, size: int) -> bool:
    return now[place : place + size] == synced[place : place + size]
