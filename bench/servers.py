"""The servers under test, as processes of their own on one core."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

BLOCKMETRY = (sys.executable, "-m", "blockmetry")
BARE = (sys.executable, "-m", "bench.bare")
SERVER_CORE, CLIENT_CORE = 0, 1


class Started:
    """A server that has said where it listens."""

    def __init__(self, url: str, data: Path, process: subprocess.Popen[str]) -> None:
        self.url = url
        self.data = data
        self._process = process

    def end(self) -> None:
        """It begins to stop: several that do it at once are done sooner."""
        self._process.terminate()

    def cpu_seconds(self) -> float:
        """That it has used so far; 0 where the system does not tell."""
        stat = Path(f"/proc/{self._process.pid}/stat")
        if not stat.exists():
            return 0.0
        user, system = stat.read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def started(command: Sequence[str], what: str, environ: dict[str, str], core: int = SERVER_CORE) -> Iterator[Started]:
    """`what`: the first word of the line that tells the URL. Stopped by SIGTERM at the end of the block."""
    with tempfile.TemporaryDirectory() as data:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "BLOCKMETRY_DATA": data, **environ},
        )
        pin(core, process.pid)
        try:
            yield Started(_url(process, what), Path(data), process)
        finally:
            process.terminate()
            process.wait(30)


def output(command: Sequence[str], environ: dict[str, str]) -> str:
    """What a program says on the servers' core, to its end."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environ}) as process:
        pin(SERVER_CORE, process.pid)
        said, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{command!r} ended with {process.returncode}")
    return said


def pin(core: int, process: int = 0) -> None:
    """A process (0: this one) to a core, where the system can and there is more than one."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(process, {core})


def address(url: str) -> tuple[str, int]:
    """Host and port."""
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or 80


def _url(process: subprocess.Popen[str], what: str) -> str:
    assert process.stdout
    for line in process.stdout:
        if line.startswith(what):
            return line.split()[-1]
    raise RuntimeError(f"{process.args!r} ended without saying where it listens")
