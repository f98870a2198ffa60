"""Durable: what it takes for files and their names to outlast a power loss."""

import os
from collections.abc import Iterable
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
        with suppress(OSError):  # who may not look into it made nothing there, and some file systems sync no names
            descriptor = os.open(parent, os.O_RDONLY | os.O_CLOEXEC)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def sync_all(descriptors: Iterable[int], closing: ExitStack) -> None:
    """In their order. Raises `OSError`; `closing` is closed anyway."""
    with closing:
        for descriptor in descriptors:
            os.fsync(descriptor)
