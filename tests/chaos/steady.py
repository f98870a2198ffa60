"""Steady: whether what a process holds stays the same while it works, by a line through what was seen of it."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import linear_regression
from typing import NamedTuple

from tests.running import Running

WARM_UP = 0.5
"""This share of the time tells nothing: pools and caches fill, those of a worker with its first 150,000 hits."""


class Held(NamedTuple):
    """What a process, or a directory, holds at a moment."""

    at: float
    bytes: int
    descriptors: int = 0


class Watched:
    """Samples by name."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.samples: dict[str, list[Held]] = {}

    def look(self, processes: Mapping[str, Running], directories: Mapping[str, Sequence[Path]]) -> None:
        """A sample of each."""
        at = time.monotonic() - self._began
        for name, process in processes.items():
            self.samples.setdefault(name, []).append(Held(at, resident_bytes(process.pid), descriptors(process.pid)))
        for name, paths in directories.items():
            self.samples.setdefault(name, []).append(Held(at, sum(map(size_of, paths))))


def growth(samples: Sequence[Held]) -> Held:
    """What was added, by the slope after the warm-up, in the whole of the time: `at` is that time."""
    settled = [held for held in samples if held.at >= samples[0].at + WARM_UP * (samples[-1].at - samples[0].at)]
    times = [held.at for held in settled]
    lasted = times[-1] - times[0]
    slopes = (linear_regression(times, column).slope for column in list(zip(*settled, strict=True))[1:])
    return Held(lasted, *(round(slope * lasted) for slope in slopes))


def resident_bytes(pid: int) -> int:
    """What it has in memory now."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmRSS"))


def descriptors(pid: int) -> int:
    """How many it has open now."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def size_of(path: Path) -> int:
    """A file, or all files below a directory; what goes away meanwhile counts as nothing."""
    try:
        if path.is_dir():
            return sum(map(size_of, path.iterdir()))
        return path.stat().st_size
    except FileNotFoundError:
        return 0
