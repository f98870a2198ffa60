"""`blockmetry replay`: dead letters back to the queue."""

import logging
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from blockmetry.options import FAILURE_EXIT, PIPED_WIDTH, config_option, configure, data_option, explained
from blockmetry.progress import Advance, shown
from shared import logs, loop, properties
from shared.config import Config
from shared.errors import ConfigError, Permanent, Retryable
from shared.properties import is_property_id
from shared.queues import open_queue
from shared.sinks import FILE_SCHEME
from workers.dead_letters import DeadLetter
from workers.letters import Letters
from workers.replay import Carrier, Fate, PutBack, Replay, Sinks, Tally, Wanted, sinks_of

AGE = re.compile(r"([0-9]{1,6})([smhdw])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
REASON = re.compile(r"[a-z_]+")

SENTENCES = {
    Fate.NO_SUCH_LANE: "Their property or sink is not configured any more: put it back, or name another with --sink.",
    Fate.BUG: "They hold a measurement and no record, because a step failed on it: that is a bug, please report it.",
    Fate.UNREADABLE: "They are damaged, or do not lie where they belong.",
}
"""Why letters were left, and what to do."""


def moment(_context: object, _option: object, said: str) -> str:
    """An age, a date or a date-time (UTC unless it says otherwise) as letters have it."""
    if not said:
        return ""
    try:
        if age := AGE.fullmatch(said):
            at = datetime.now(UTC) - timedelta(**{UNITS[age[2]]: int(age[1])})
        else:
            at = datetime.fromisoformat(said)
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise click.BadParameter(
            f"{said!r} is no date (2026-11-24), date-time (2026-11-24T18:00) or age (2h)"
        ) from None
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def matching(is_right: Callable[[str], object]) -> Callable[[object, object, str], str]:
    """A filter becomes part of a path: only what has the form of one."""

    def checked(_context: object, _option: object, said: str) -> str:
        if said and not is_right(said):
            raise click.BadParameter(f"{said!r} cannot be one")
        return said

    return checked


@click.command(
    epilog="""Examples:

  blockmetry replay --dry-run

  blockmetry replay --property shop --reason access_denied --since 3d

Safe beside running workers, and safe to run again: a letter is removed once the queue has its records, and a record
that is written already stays as it is. What is put back can be received after 10 seconds.

Exit codes: 0 all that matched went back (or would), 1 some were left, or queue or store failed, 2 the configuration
is wrong.
"""
)
@click.option(
    "--property",
    "property_id",
    default="",
    metavar="ID",
    callback=matching(is_property_id),
    help="Only letters of this property.",
)
@click.option(
    "--reason",
    default="",
    callback=matching(REASON.fullmatch),
    help="Only letters with this reason: access_denied, gave_up, …",
)
@click.option(
    "--since",
    default="",
    metavar="WHEN",
    callback=moment,
    help="Only what was buried since: a date, a date-time (UTC), or an age such as 2h, 3d.",
)
@click.option("--sink", default="", metavar="NAME", help="Takes the letters whose own sink is not configured any more.")
@click.option("--dry-run", is_flag=True, help="Only show what would be done.")
@config_option
@data_option
@explained
def replay(
    config_file: Path | None,
    data: str | None,
    property_id: str,
    reason: str,
    since: str,
    sink: str,
    dry_run: bool,
) -> None:
    """Put dead letters back on the queue, to be written after all."""
    config = configure(config_file, {"data": data})
    logs.configure(logging.ERROR)
    sinks = sinks_of(config, properties.watch(Path(config.properties), config.sinks).value)
    if sink and not any(sink in known for known in sinks.values()):
        raise ConfigError(f"--sink: no property has a sink {sink!r}. There are:{_listed(sinks, sinks)}")
    url = config.worker.dead_letters or config.url_of("dead-letters")
    if url.startswith(FILE_SCHEME) and not Path(url.removeprefix(FILE_SCHEME)).is_dir():
        click.echo(f"There are no dead letters: no directory {url.removeprefix(FILE_SCHEME)}")
        return
    run = Run(config, url, sinks, Wanted(reason, property_id, since, sink), dry_run)
    sys.exit(loop.run(run.to_its_end()))


class Run:
    """One replay, from the first letter to what it has to say."""

    def __init__(self, config: Config, url: str, sinks: Sinks, wanted: Wanted, is_dry: bool) -> None:
        self._config = config
        self._url = url
        self._sinks = sinks
        self._wanted = wanted
        self._is_dry = is_dry
        self._tally = Tally()

    async def to_its_end(self) -> int:
        """The exit code."""
        failure = ""
        try:
            with shown("letters") as advance:
                await self._replay(advance)
        except (Retryable, Permanent) as error:
            failure = str(error)
        self._report()
        if failure:
            click.echo(f"blockmetry: stopped: {failure}", err=True)
        was_left = any(fate is not Fate.PUT_BACK for _, fate in self._tally)
        return FAILURE_EXIT if failure or (was_left and not self._is_dry) else 0

    async def _replay(self, advance: Advance) -> None:
        async with AsyncExitStack() as closing:
            letters = Letters(self._url)
            closing.push_async_callback(letters.close)
            await letters.open()
            put_back: PutBack = _nothing
            if not self._is_dry:
                queue = open_queue(self._config)
                closing.push_async_callback(queue.close)
                put_back = Carrier(letters, queue, self._config.queue.keyring()).put_back
            pages = letters.keys(self._wanted.prefix)
            total = sum([len(page) async for page in pages]) if sys.stderr.isatty() else None
            done = count(1)
            await Replay(
                letters, self._sinks, self._wanted, put_back, self._tally, lambda: advance(next(done), total)
            ).run()

    def _report(self) -> None:
        if not self._tally:
            click.echo(f"No dead letter in {self._url} is meant.")
            return
        table = Table("reason", "property", "sink", "records", "outcome", title="Dead letters", title_justify="left")
        would = "would be " if self._is_dry else ""
        for (place, fate), records in sorted(self._tally.items()):
            outcome = f"{would}put back" if fate is Fate.PUT_BACK else f"left: {fate}"
            table.add_row(*place, f"{records:,}", outcome)
        Console(width=None if sys.stdout.isatty() else PIPED_WIDTH).print(table)
        back = sum(records for (_, fate), records in self._tally.items() if fate is Fate.PUT_BACK)
        click.echo(f"{back:,} {would}put back, {self._tally.total() - back:,} left")
        for line in self._explanations():
            click.echo(line)

    def _explanations(self) -> Iterator[str]:
        """Of what was left."""
        for fate in Fate:
            orphans = {place.property_id for place, found in self._tally if found is fate}
            if orphans and fate in SENTENCES:
                more = _listed(self._sinks, orphans) if fate is Fate.NO_SUCH_LANE else ""
                yield f"{fate}: {SENTENCES[fate]}{more}"


async def _nothing(_letter: DeadLetter, _sinks: Sequence[str]) -> None:
    """What a dry run does."""


def _listed(sinks: Sinks, property_ids: Iterable[str]) -> str:
    """The sinks that properties have now, a line each."""
    lines = (f"\n  {name}: {', '.join(sinks.get(name, [])) or 'not configured'}" for name in sorted(property_ids))
    return "".join(lines)
