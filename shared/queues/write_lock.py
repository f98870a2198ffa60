"""One writer at a time, across processes."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from shared.errors import Retryable

PAUSE_SECONDS = 0.0005


class WriteLock:
    """A lock file; the kernel lets go of it when its process dies. Used by one thread, and not nested."""

    def __init__(self, path: Path, patience_seconds: float) -> None:
        """Raises `OSError`."""
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._patience_seconds = patience_seconds

    def __enter__(self) -> None:
        """Raises `Retryable` when another process keeps it for longer than our patience."""
        give_up_at = time.monotonic() + self._patience_seconds
        while not self._take():
            if time.monotonic() >= give_up_at:
                raise Retryable(f"another process has kept the queue for {self._patience_seconds:g} s")
            time.sleep(PAUSE_SECONDS)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    @contextmanager
    def closed_on_error(self) -> Iterator[None]:
        """Closed when what it was opened for fails."""
        try:
            yield
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """For good."""
        os.close(self._descriptor)

    def _take(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            raise Retryable(f"the queue cannot be locked: {error.strerror or error}") from error
        return True
