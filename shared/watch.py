"""Values read from files, read again when the files change; a bad edit is refused and the old value stays."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from shared.errors import ConfigError

Value = TypeVar("Value")
State = tuple[int, int, int, int]
"""When a file was written and when it or its permissions changed, in ns, its size and inode."""
log = logging.getLogger("blockmetry.watch")


class Watched(Generic[Value]):
    """`read()` turns the files at `paths` into `.value`; the first read raises, later ones keep the old value.

    `.error` is what is wrong with the files now, or empty.
    """

    def __init__(self, paths: Sequence[Path], read: Callable[[], Value], initial: Value | None = None) -> None:
        """`initial` stands in for the first read."""
        self._paths = paths
        self._read = read
        self._seen = self._signature()
        self.value = read() if initial is None else initial
        self._written = _oldest(self._seen)
        self.error = ""

    def refresh(self) -> bool:
        """True when there is a new value."""
        signature = self._signature()
        if signature == self._seen:
            return False
        self._seen = signature
        try:
            self.value = self._read()
        except ConfigError as error:
            self.error = str(error)
            log.error("refused, the old one stays: %s", error)
            return False
        self._written = _oldest(signature)
        self.error = ""
        log.info("read again: %s", ", ".join(map(str, self._paths)))
        return True

    @property
    def age_seconds(self) -> float | None:
        """Since the oldest of the files that `.value` was read from was written; None without files."""
        return None if self._written is None else max(0.0, time.time() - self._written / 1e9)

    def _signature(self) -> list[State | None]:
        return [_state(path) for path in self._paths]


class Refreshable(Protocol):
    """What can be asked to look at its files again."""

    def refresh(self) -> bool:
        """True when something changed."""


async def keep_fresh(watched: Refreshable, every_seconds: float = 1.0) -> None:
    """Until cancelled."""
    while True:
        await asyncio.sleep(every_seconds)
        await asyncio.to_thread(watched.refresh)


def _state(path: Path) -> State | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def _oldest(signature: Sequence[State | None]) -> int | None:
    return min((state[0] for state in signature if state), default=None)
