"""The servers under test, as processes of their own on one core."""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import urlsplit

BLOCKMETRY = (sys.executable, "-m", "blockmetry")
BARE = (sys.executable, "-m", "bench.bare")
SERVER_CORE, CLIENT_CORE = 0, 1
WARNING = '"level": "warning"'
MEMORY_FILES = ("smaps_rollup", "status")


class Memory(NamedTuple):
    """MiB."""

    resident: float
    proportional: float
    """Of pages that processes share, each counts its part."""
    highest: float
    """That was ever resident."""


class Started:
    """A server that has said where it listens; with all processes that it started itself."""

    def __init__(self, url: str, data: Path, process: subprocess.Popen[str]) -> None:
        self.url = url
        self.data = data
        self._process = process

    def end(self) -> None:
        """It begins to stop: several that do it at once are done sooner."""
        self._process.terminate()

    def url_of(self, what: str) -> str:
        """Of another of its ports, which it tells after the first."""
        return _url(self._process, what)

    def cpu_seconds(self) -> float:
        """That it has used so far; 0 where the system does not tell."""
        times = [_stat(process)[11:13] for process in self._tree()]
        return sum(int(user) + int(system) for user, system in times) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> Memory:
        """That it has now; 0 where the system does not tell."""
        told = [Path(f"/proc/{process}/{name}").read_text() for process in self._tree() for name in MEMORY_FILES]
        return Memory(*(sum(_kib(text, name) for text in told) / 1024 for name in ("Rss", "Pss", "VmHWM")))

    def _tree(self) -> list[int]:
        """It, and whom it started."""
        parents = {int(path.name): int(_stat(int(path.name))[1]) for path in Path("/proc").glob("[0-9]*")}
        found = [self._process.pid] if self._process.pid in parents else []
        for process in found:
            found += [child for child, parent in parents.items() if parent == process]
        return found


@contextmanager
def started(command: Sequence[str], what: str, environ: dict[str, str], *cores: int) -> Iterator[Started]:
    """`what`: the first word of the line that tells the URL. On `cores`, or that of the servers. Stopped by SIGTERM at
    the end of the block.
    """
    with tempfile.TemporaryDirectory() as data, tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, "BLOCKMETRY_DATA": data, **environ},
        )
        pin(process.pid, *(cores or (SERVER_CORE,)))
        try:
            yield Started(_url(process, what), Path(data), process)
        finally:
            process.terminate()
            process.wait(30)
            _pass_on(errors)


def output(command: Sequence[str], environ: dict[str, str]) -> str:
    """What a program says on the servers' core, to its end."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environ}) as process:
        pin(process.pid, SERVER_CORE)
        said, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{command!r} ended with {process.returncode}")
    return said


def pin(process: int, *cores: int) -> None:
    """A process (0: this one) to those cores, where the system can and there is more than one."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(process, cores)


def allow_many_files() -> None:
    """To this process, and all that it starts, as many as the system lets it: each connection is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


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


def _pass_on(errors: IO[str]) -> None:
    """What a server complained of, but for warnings: a bench makes outages and leaves work behind."""
    errors.seek(0)
    sys.stderr.writelines(line for line in errors if WARNING not in line)


def _stat(process: int) -> list[str]:
    """What the system tells of a process after its name: state, parent and so on; zeros when it is gone."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ["0"] * 50


def _kib(told: str, name: str) -> int:
    return sum(int(line.split()[1]) for line in told.splitlines() if line.startswith(f"{name}:"))
