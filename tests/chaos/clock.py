"""Clock: that of a machine of ours, as its processes see it."""

import os
from pathlib import Path

import pytest

MODULE = "tests.chaos.shifted"
LIBRARIES = "lib*/**/faketime/libfaketimeMT.so.1"


class Clock:
    """Set for all processes that have its environment, at once and as they work."""

    def __init__(self, file: Path, library: str = "") -> None:
        """`library`: libfaketime; without it, only Python's own `time` is set."""
        self._file = file
        self.ahead = 0.0
        """Of the right time, in seconds."""
        self.jumps = 0
        self._write()
        self.environ = {"FAKETIME_TIMESTAMP_FILE": str(file)}
        if library:
            self.environ |= {"LD_PRELOAD": library, "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}

    def jump(self, seconds: float) -> None:
        """Forward; negative: back."""
        self.ahead += seconds
        self.jumps += 1
        self._write()

    def _write(self) -> None:
        """Nobody may see half of it."""
        written = self._file.with_suffix(".new")
        written.write_text(f"{self.ahead:+.0f}\n")
        written.rename(self._file)


def faketime() -> str:
    """The library. Skips where there is none; on CI that is a failure."""
    if found := next(Path("/usr").glob(LIBRARIES), None):
        return str(found)
    if os.environ.get("CI") == "true":
        pytest.fail("libfaketime is missing")
    pytest.skip("needs libfaketime")
