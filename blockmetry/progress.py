"""How far a command has come: a bar on a terminal, a line now and then in a pipe. Both on standard error."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich import progress as bars
from rich.console import Console

LINE_EVERY_SECONDS = 5.0

Advance = Callable[[int, int | None], None]
"""Told how many are done, and of how many, where that is known."""


@contextmanager
def shown(what: str, now: Callable[[], float] = time.monotonic) -> Iterator[Advance]:
    """`what` is counted: `letters`."""
    if not sys.stderr.isatty():
        yield lines(what, now)
        return
    columns = (
        bars.TextColumn("{task.completed:,} {task.description}"),
        bars.BarColumn(),
        bars.TaskProgressColumn(),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def lines(what: str, now: Callable[[], float]) -> Advance:
    """At most one in so many seconds."""
    said_at = now()

    def advance(done: int, total: int | None) -> None:
        nonlocal said_at
        if now() - said_at >= LINE_EVERY_SECONDS:
            said_at = now()
            click.echo(f"{done:,}{f' of {total:,}' if total else ''} {what}", err=True)

    return advance
