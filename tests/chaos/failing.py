"""`blockmetry`, whose journals' calls fail while a file says so, and are told in another: disks that are ill, not full.

The file of `FAULTS` holds lines of a call and the name of its error, such as `fsync EIO`.
"""

import errno
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from blockmetry.__main__ import main
from gateway import journal, shipper

FAULTS = "TEST_FAULTS"
CALLS = ("pwrite", "fsync", "ftruncate", "unlink", "open")
SEGMENT_BYTES = 1 << 20
SYNC_SECONDS = 0.05
"""For a sync that fails: a sick disk tries for a while."""
OURS = re.compile(r"/journal/\d+(/|$)")


class Ill:
    """One of the calls: it fails when it is about a journal and the file says so."""

    def __init__(self, name: str, works: Callable[..., Any], faults: Path) -> None:
        self._name = name
        self._works = works
        self._faults = faults
        self._told = faults.with_suffix(".told")

    def __call__(self, about: Any, *others: Any, **named: Any) -> Any:
        """What the system's own does, or `OSError`."""
        place = str(Path(f"/proc/self/fd/{about}").readlink() if isinstance(about, int) else about)
        if not OURS.search(place):
            return self._works(about, *others, **named)
        fault = self._fault()
        if self._name == "fsync":
            self._tell(f"{place.rpartition('/')[2]} {fault or 'works'}\n")
        if fault:
            if self._name == "fsync":  # long enough for others to append meanwhile
                time.sleep(SYNC_SECONDS)
            number = getattr(errno, fault)
            raise OSError(number, os.strerror(number))
        return self._works(about, *others, **named)

    def _fault(self) -> str:
        """The error's name; empty when there is none now."""
        if not self._faults.exists():
            return ""
        faults = dict(line.split() for line in self._faults.read_text().splitlines())
        return faults.get(self._name, "")

    def _tell(self, line: str) -> None:
        with self._told.open("a") as told:
            told.write(line)


def shrink() -> None:
    """Segments that small disks have room for, and that are not retired: that would make room in the midst of a run."""
    journal.Journal.__init__.__defaults__ = (SEGMENT_BYTES, *(journal.Journal.__init__.__defaults__ or ())[1:])
    shipper.RETIRE_EVERY_SECONDS = 3600.0


if __name__ == "__main__":
    shrink()
    for call in CALLS:
        setattr(os, call, Ill(call, getattr(os, call), Path(os.environ[FAULTS])))
    main()
