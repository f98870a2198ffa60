"""Calls of the system that fail: for what no Python of ours does itself, such as SQLite's writes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def run_failing(script: str, about: Path, fault: str, *arguments: object) -> str:
    """What Python said that ran `script` while its calls about this file failed: `fdatasync:error=EIO:when=4`.

    Skips without strace, or where nobody may trace.
    """
    calls = fault.partition(":")[0]
    tracing = [_strace(), "-f", "-qq", "-o", os.devnull, "-P", str(about), "-e", f"trace={calls}"]
    command = [*tracing, "-e", f"inject={fault}", sys.executable, "-c", script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if "PTRACE" in done.stderr:
        pytest.skip(f"nobody may trace here: {done.stderr}")
    assert done.returncode == 0, done.stderr
    return done.stdout


def _strace() -> str:
    """The program. Skips where there is none; on CI that is a failure."""
    if found := shutil.which("strace"):
        return found
    if os.environ.get("CI") == "true":
        pytest.fail("there is no strace")
    pytest.skip("failing calls need strace; Debian: apt install strace")
