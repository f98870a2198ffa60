"""`python -m tests.fuzz --seconds 60 --only body`; with `--again BASE64`, one input, as a failure prints it."""

import base64
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

import atheris
import click

COUNTED = ["blockmetry.raw_headers", "gateway", "shared", "workers", "tests.fuzz.planted"]

with redirect_stderr(StringIO()), atheris.instrument_imports(include=COUNTED):  # it names every module
    from tests.fuzz import planted
    from tests.fuzz.measured import Fuzzed, bounded
    from tests.fuzz.targets import TARGETS

KNOWN = {**TARGETS, "planted": planted.PLANTED}
AT_ONCE = 8
INPUT_BYTES = 70_000
LIMITS = ("-timeout=10", "-rss_limit_mb=2048", f"-max_len={INPUT_BYTES}", "-detect_leaks=0", "-print_final_stats=1")


@click.command()
@click.option("--only", multiple=True, type=click.Choice(list(KNOWN)), help="Of the targets; again for another.")
@click.option("--seconds", default=1, show_default=True, help="For each.")
@click.option("--found", type=click.Path(path_type=Path), default=Path("fuzz"), help="Logs, and inputs that failed.")
@click.option("--again", help="An input in base64.")
def main(only: Sequence[str], seconds: int, found: Path, again: str | None) -> None:
    """Fuzz every parser of what comes from outside. Exit codes: 0 all kept their promise, 1 one did not."""
    names = list(only or TARGETS)
    if again is not None:
        bounded(KNOWN[names[0]].run)(base64.b64decode(again))
        return
    failed = False
    for fuzzed in _all(names, seconds, found):
        print(fuzzed.told)
        failed |= fuzzed.failed
    sys.exit(failed)


def _all(names: list[str], seconds: int, found: Path) -> Iterator[Fuzzed]:
    """Each in a process of its own, which has imported everything already."""
    waiting, running = names[::-1], dict[int, Fuzzed]()
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            fuzzed = Fuzzed(waiting.pop(), found)
            running[_start(fuzzed, seconds if fuzzed.name in TARGETS else planted.SECONDS)] = fuzzed
        child, status = os.wait()
        yield running.pop(child).ended(os.waitstatus_to_exitcode(status))


def _start(fuzzed: Fuzzed, seconds: int) -> int:
    """The id of its process."""
    target = KNOWN[fuzzed.name]
    seeds = fuzzed.prepare(target.seeds)
    sys.stdout.flush()
    if child := os.fork():
        return child
    fuzzed.log_here()
    tempfile.tempdir = str(fuzzed.inputs)
    arguments = [f"-max_total_time={seconds}", f"-artifact_prefix={fuzzed.inputs}/", *LIMITS, str(seeds)]
    atheris.Setup([sys.argv[0], *arguments], bounded(target.run))
    atheris.Fuzz()
    sys.exit("the fuzzer came back")


if __name__ == "__main__":
    main()
