"""`blockmetry` in a hurry, whose wall clock says what a file adds to it, and can be set while it works.

Under libfaketime all of the process has that clock, libraries too, but no sleep of Python's would work: it waits for a
time of the other clock. Without, what is written in Python asks for it here.
"""

import os
import select
import time
from pathlib import Path

OFFSET = Path(os.environ["FAKETIME_TIMESTAMP_FILE"])
IS_FAKED = "LD_PRELOAD" in os.environ

_true_time = time.time


def _time() -> float:
    return _true_time() + float(OFFSET.read_text())


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


def shift() -> None:
    """Before anything takes these for its own."""
    time.sleep = _sleep  # type: ignore[assignment]
    if not IS_FAKED:
        time.time = _time
        time.time_ns = lambda: int(_time() * 1e9)


if __name__ == "__main__":
    shift()
    from blockmetry.__main__ import main
    from tests.chaos.hurried import hurry

    hurry()
    main()
