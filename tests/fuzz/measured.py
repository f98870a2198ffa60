"""One target's run: where its seeds, its log and the inputs that failed are, and what came of it."""

import base64
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time

CPU_SECONDS = 2.0
"""For one input, of at most 70,000 bytes, while every branch is counted."""
SHOWN = 4_000


class Fuzzed:
    """In a directory below `found`."""

    def __init__(self, name: str, found: Path) -> None:
        self.name = name
        self.inputs = found.absolute() / name
        self.failed = False
        self.told = ""

    def prepare(self, seeds: Sequence[bytes]) -> Path:
        """The directory of the seeds, to which the fuzzer adds what leads it further."""
        corpus = self.inputs / "corpus"
        corpus.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds):
            (corpus / f"seed-{number}").write_bytes(seed)
        return corpus

    def log_here(self) -> None:
        """What this process prints goes to the log."""
        log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)

    def ended(self, code: int) -> "Fuzzed":
        """With this exit code. What has run nothing has failed too."""
        log = self._log.read_text(errors="replace")
        executed = _last(r"stat::number_of_executed_units:\s*(\d+)", log)
        covered = _last(r"cov: (\d+)", log)
        self.failed = code != 0 or executed == 0 or covered == 0
        self.told = f"{self.name}: {executed} inputs, {covered} branches"
        if self.failed:
            self.told += "".join([f"; exit code {code}\n", log[-SHOWN:], *map(self._again, self._artifacts())])
        return self

    @property
    def _log(self) -> Path:
        return self.inputs / "log"

    def _artifacts(self) -> list[Path]:
        return sorted(path for path in self.inputs.iterdir() if path.is_file() and path != self._log)

    def _again(self, path: Path) -> str:
        encoded = base64.b64encode(path.read_bytes()).decode()
        return f"\nagain: python -m tests.fuzz --only {self.name} --again '{encoded}'\n"


def bounded(run: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """The same, and it takes no longer than it may."""

    def timed(sent: bytes) -> None:
        began = process_time()
        run(sent)
        assert process_time() - began < CPU_SECONDS, f"{len(sent)} bytes took too long"

    return timed


def _last(pattern: str, log: str) -> int:
    found = re.findall(pattern, log)
    return int(found[-1]) if found else 0
