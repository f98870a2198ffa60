"""`blockmetry anonymity`: how well the visitors hide in the records that there are."""

import sys
from collections.abc import Iterable, Sequence

import click
import msgspec
from rich.console import Console
from rich.table import Table

from blockmetry.crowds import (
    Crowds,
    Distribution,
    Step,
    describing,
    distribution,
    each_left_out,
    keys,
    one_after_another,
)
from blockmetry.options import FAILURE_EXIT, PIPED_WIDTH, explained
from blockmetry.progress import Advance, shown
from blockmetry.records import Line, lines
from shared.record import BMRecord

SHOWN_DAMAGES = 5
ADVANCE_EVERY = 1_000
MOST_FIELDS = 8
"""Of those that change least, a reader needs no list."""


class Property(msgspec.Struct, frozen=True):
    """One property's own crowds."""

    records: int
    sets: Distribution
    tuple: Distribution


class Report(msgspec.Struct, frozen=True):
    """What `--json` prints. Shares are of the records, 0 to 1."""

    records: int
    damaged: int
    k: int
    fields: list[str]
    """What the tuple is made of."""
    sets: Distribution
    """By AnonymitySetID."""
    tuple: Distribution
    """By all fields together."""
    left_out: list[Step]
    """Each field alone, the best first."""
    left_out_together: list[Step]
    """One after another."""
    properties: dict[str, Property]
    """By id; `""`: of files in no directory `property=ID`."""


@click.command(
    epilog="""Examples:

  blockmetry anonymity data/records

  blockmetry anonymity --k 20 --json property=shop/date=2026-11-24 | jq .left_out

  zcat exported.gz | blockmetry anonymity -

Files may be packed (gzip, zstd) and hold a record a line, or one. Property ids are taken from directories called
property=ID. Nothing is sent or stored.

Exit codes: 0 there were records, 1 there were none, 2 a path is missing.
"""
)
@click.argument("records", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True))
@click.option(
    "--k", default=50, show_default=True, type=click.IntRange(2), help="A crowd is small below so many records."
)
@click.option(
    "--also",
    multiple=True,
    metavar="KEY",
    type=click.Choice([key for key in keys() if key not in describing()]),
    help="Compare by another key of the record too, such as DatetimeUTC or URLPath; again for another.",
)
@click.option("--json", "is_json", is_flag=True, help="For machines.")
@explained
def anonymity(records: Sequence[str], k: int, also: Sequence[str], is_json: bool) -> None:
    """Show how many records share an AnonymitySetID, how many look alike altogether, and what to coarsen."""
    counted = Crowds([*describing(), *also])
    damages = Damages()
    with shown("records") as advance:
        count(lines(records, damages.add), counted, damages, advance)
    damages.tell()
    if not counted.sets:
        click.echo("blockmetry: there are no records", err=True)
        sys.exit(FAILURE_EXIT)
    report = report_on(counted, k, damages.count)
    if is_json:
        click.echo(msgspec.json.encode(report))
    else:
        show(report)


class Damages:
    """What could not be read, and where; only the first few are kept."""

    def __init__(self) -> None:
        self.count = 0
        self._first: list[str] = []

    def add(self, place: str, reason: str) -> None:
        """The reason holds nothing of the record."""
        self.count += 1
        if len(self._first) < SHOWN_DAMAGES:
            self._first.append(f"{place}: {reason}")

    def tell(self) -> None:
        """On standard error."""
        for line in self._first:
            click.echo(f"blockmetry: left out: {line}", err=True)
        if self.count > len(self._first):
            click.echo(f"blockmetry: left out: {self.count - len(self._first):,} more", err=True)


def count(found: Iterable[Line], counted: Crowds, damages: Damages, advance: Advance) -> None:
    """Every line that is a record."""
    decode = msgspec.json.Decoder(BMRecord).decode
    for number, line in enumerate(found, 1):
        try:
            counted.add(line.property, decode(line.text))
        except msgspec.DecodeError as error:
            damages.add(line.place, str(error))
        if number % ADVANCE_EVERY == 0:
            advance(number, None)


def report_on(counted: Crowds, k: int, damaged: int) -> Report:
    """All that can be said of what was counted."""
    return Report(
        records=counted.sets.total(),
        damaged=damaged,
        k=k,
        fields=counted.fields,
        sets=distribution(counted.sets, k),
        tuple=distribution(counted.tuples, k),
        left_out=each_left_out(counted.tuples, counted.fields, k),
        left_out_together=list(one_after_another(counted.tuples, counted.fields, k)),
        properties={
            name: Property(sum(sets.values()), distribution(sets, k), distribution(tuples, k))
            for name, sets, tuples in counted.by_property()
        },
    )


def show(report: Report) -> None:
    """Tables for people."""
    console = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH)
    console.print(f"{report.records:,} records, {report.damaged:,} left out. A crowd is small below {report.k}.\n")
    console.print(_sizes(report))
    if len(report.properties) > 1:
        console.print(_properties(report))
    console.print(_steps("Without one of the fields", report.left_out[:MOST_FIELDS], report))
    if report.left_out_together:
        console.print(_steps("Without several: what to coarsen, the best first", report.left_out_together, report))


def _sizes(report: Report) -> Table:
    table = Table("records in crowds of", title="How many are alike", title_justify="left")
    table.add_column("by AnonymitySetID", justify="right")
    table.add_column("by all that describes a visitor", justify="right")
    for size, share in report.sets.sizes.items():
        table.add_row(size, _percent(share), _percent(report.tuple.sizes[size]))
    table.add_section()
    table.add_row("in small crowds", _percent(report.sets.small), _percent(report.tuple.small))
    table.add_row("crowds", f"{report.sets.crowds:,}", f"{report.tuple.crowds:,}")
    table.add_row("bits told of a record", f"{report.sets.entropy_bits:.1f}", f"{report.tuple.entropy_bits:.1f}")
    return table


def _properties(report: Report) -> Table:
    table = Table("property", "records", "sets", title="In small crowds, by property", title_justify="left")
    table.add_column("by AnonymitySetID", justify="right")
    table.add_column("by all that describes a visitor", justify="right")
    for name, own in report.properties.items():
        shares = (_percent(own.sets.small), _percent(own.tuple.small))
        table.add_row(name or "(none)", f"{own.records:,}", f"{own.sets.crowds:,}", *shares)
    return table


def _steps(title: str, steps: Sequence[Step], report: Report) -> Table:
    table = Table("without", "in small crowds", title=title, title_justify="left")
    table.add_row("(nothing left out)", _percent(report.tuple.small))
    for step in steps:
        table.add_row(step.field, _percent(step.small))
    return table


def _percent(share: float) -> str:
    return f"{share:.2%}" if 0 < share < 0.1 else f"{share:.1%}"
