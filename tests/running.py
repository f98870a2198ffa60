"""Real `blockmetry` processes for tests: started on free ports, stopped by their id."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

Value = TypeVar("Value")
START_SECONDS = 30.0
FIRST_PORT, PORTS, PLACES = 20_000, 1_500, 8
STOP_SECONDS = 40.0


class Running:
    """One process and what it has said so far."""

    def __init__(
        self, data: Path, *arguments: str, environ: dict[str, str] | None = None, module: str = "blockmetry"
    ) -> None:
        """`module`: what runs, such as `tests.chaos.hurried`."""
        data.mkdir(parents=True, exist_ok=True)
        self.data = data
        self._out = data / f"out-{time.monotonic_ns()}.txt"
        self._errors = self._out.with_suffix(".err")
        with self._out.open("w") as out, self._errors.open("w") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments, "--data", str(data)],
                stdout=out,
                stderr=errors,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **(environ or {})},
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> str:
        return self._out.read_text()

    @property
    def errors(self) -> str:
        return self._errors.read_text()

    def url(self, what: str) -> str:
        """What the line that begins with `what` says, once it is there."""

        def said() -> str | None:
            assert self._process.poll() is None, f"it ended with {self._process.returncode}: {self.errors}"
            found = [line.removeprefix(what).strip() for line in self.output.splitlines() if line.startswith(what)]
            return found[0] if found else None

        return until(said, START_SECONDS)

    def wait(self) -> int:
        """Its exit code."""
        return self._process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """`kill -9`"""
        self._process.kill()
        self._process.wait(STOP_SECONDS)

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self.wait()


@contextmanager
def running(data: Path, *arguments: str, environ: dict[str, str] | None = None) -> Iterator[Running]:
    """Stopped at the end of the block, whatever happened in it."""
    process = Running(data, *arguments, environ=environ)
    try:
        yield process
    finally:
        try:
            process.stop()
        except subprocess.TimeoutExpired:
            process.kill()


def until(look: Callable[[], Value | None], seconds: float = 15.0) -> Value:
    """The first true value of `look()`; an AssertionError when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (value := look()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)
    return value


def records(data: Path) -> dict[str, Any]:
    """Every record below DATA/records by its id."""
    return {path.stem: json.loads(path.read_text()) for path in record_files(data)}


def record_files(data: Path) -> list[Path]:
    """Every file below DATA/records that a customer would read."""
    return sorted((data / "records").rglob("*.json"))


def address(url: str) -> tuple[str, int]:
    """Host and port."""
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    return parts.hostname, parts.port


def free_port() -> int:
    """One that nobody listens on now, and nobody is given meanwhile: kernels hand out higher ones, and tests that run
    side by side have ports of their own.
    """
    place = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % PLACES
    ports = range(FIRST_PORT + place * PORTS, FIRST_PORT + (place + 1) * PORTS)
    for port in random.sample(ports, len(ports)):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")
