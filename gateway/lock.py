"""Lock: a journal's directory belongs to one process, until it ends in whatever way."""

import fcntl
import os
from pathlib import Path


class JournalLocked(Exception):
    """Another process has this journal."""


def lock(path: Path) -> int:
    """A descriptor that holds the lock while it is open. Raises `JournalLocked`, or `OSError`."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise JournalLocked(f"{path.parent} belongs to another process") from None
    return descriptor
