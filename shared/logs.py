"""Logs: one JSON line per event, or one readable line on a terminal; the same event at most so often.

Never an address, a user agent, a URL or a key: who logs passes what happened, not to whom.
"""

import json
import logging
import sys
import time
import traceback
from collections.abc import Callable

BURST = 10
"""Lines of one kind in one window; what is more is counted and told with the next."""
WINDOW_SECONDS = 10.0
KINDS_LIMIT = 1000


def configure(level: int = logging.INFO, place: int | None = None) -> None:
    """For the whole process, to standard error. `place`: among several that write there."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Readable(place) if sys.stderr.isatty() else Json(place))
    handler.addFilter(RateLimit())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("aiobotocore", "botocore"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class _Placed(logging.Formatter):
    """Says which of several processes writes."""

    def __init__(self, place: int | None = None) -> None:
        super().__init__()
        self._place = place


class Json(_Placed):
    """`{"at": …, "level": …, "logger": …, "event": …}`; of one of several processes, with `"process": …`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, str | int] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if self._place is not None:
            line["process"] = self._place
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)  # where msgspec would refuse a lone surrogate


class Readable(_Placed):
    """`12:34:56 warning  blockmetry.shipper: …`; of one of several processes, `… blockmetry.shipper 3: …`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the traceback where there is one."""
        at = self.formatTime(record, "%H:%M:%S")
        place = "" if self._place is None else f" {self._place}"
        line = f"{at} {record.levelname.lower():<8} {record.name}{place}: {record.getMessage()}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class RateLimit(logging.Filter):
    """A fault that repeats a thousand times a second must not fill the disk that it is about."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """By logger and message template: the closed set of what our code can say."""
        key = record.name, str(record.msg)
        now = self._now()
        if len(self._windows) > KINDS_LIMIT:
            self._windows.clear()
        begun, count = self._windows.get(key, (now, 0))
        if now - begun >= WINDOW_SECONDS:
            if count > BURST:
                record.msg = f"{record.getMessage()} ({count - BURST} more like this were left out)"
                record.args = ()
            begun, count = now, 0
        self._windows[key] = begun, count + 1
        return count < BURST


def place_of(error: BaseException | None) -> str:
    """`KeyError in app.py:51`: an error's own text may quote what a client sent."""
    if error is None:
        return "unknown"
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + where
