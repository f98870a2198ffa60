"""When an empty queue is worth another look: a `stat` of its write-ahead log is cheaper than a query in a thread."""

import time
from collections.abc import Callable
from pathlib import Path

FRESH_SECONDS = 0.025
"""Kernels date writes in ticks of up to 10 ms: within one tick, a second write leaves no trace."""

Trace = tuple[int, int]


class Lull:
    """Remembers the last look that found nothing visible."""

    def __init__(self, log: Path, now: Callable[[], float] = time.time) -> None:
        """`log` changes with every commit of any process; `now` is the clock that dates files."""
        self._log = log
        self._now = now
        self._seen: Trace | None = None
        self._first_visible_ms: int | None = None

    def trace(self) -> Trace | None:
        """Taken before a look. None when what comes next could leave the same trace."""
        try:
            status = self._log.stat()
        except OSError:
            return None
        age_seconds = self._now() - status.st_mtime
        return (status.st_mtime_ns, status.st_size) if age_seconds > FRESH_SECONDS else None

    def begin(self, trace: Trace | None, first_visible_ms: int | None) -> None:
        """The look found nothing; the first of what is delayed or in flight becomes visible at `first_visible_ms`."""
        self._seen = trace
        self._first_visible_ms = first_visible_ms

    def goes_on(self, now_ms: int) -> bool:
        """Nothing was committed since, and nothing has become visible."""
        is_due = self._first_visible_ms is not None and self._first_visible_ms <= now_ms
        return self._seen is not None and not is_due and self.trace() == self._seen
