"""Durable: what it takes for files and their names to outlast a power loss."""

import os
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path


def make_directory(directory: Path) -> None:
    """With its name on disk: what is synced below a name that a power loss takes away is not found again.

    Raises `OSError`.
    """
    if directory.is_dir():
        return
    directory.mkdir(parents=True, exist_ok=True)
    for parent in directory.parents:
        with suppress(OSError):  # who may not look into it made nothing there
            sync_path(parent)


def sync_path(path: Path) -> None:
    """A file's content, or the names in a directory. Raises `OSError`, also where a file system syncs no names."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_content(descriptor: int) -> None:
    """Without the file's times, which would cost the file system a transaction. Raises `OSError`."""
    getattr(os, "fdatasync", os.fsync)(descriptor)  # macOS has the latter only


class Sync:
    """Files to be put on disk, in any thread."""

    def __init__(self, descriptors: Sequence[int], closing: ExitStack) -> None:
        """`closing` has what is to be closed in the end."""
        self._descriptors = descriptors
        self._closing = closing

    def run(self) -> None:
        """Raises the first `OSError`, once all were tried: nobody tries them again."""
        first = None
        with self._closing:
            for descriptor in self._descriptors:
                try:
                    os.fsync(descriptor)
                except OSError as error:
                    first = first or error
        if first:
            raise first

    def close(self) -> None:
        """Where it could not run."""
        self._closing.close()
