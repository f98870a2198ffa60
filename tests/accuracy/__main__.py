"""`make accuracy`; `make accuracy ARGS="--only machines --misses 20"` shows what was got wrong."""

import sys
from collections.abc import Sequence

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.accuracy.figure import Figure
from tests.accuracy.parts import PARTS

WIDTH = 140
"""The least that all columns fit into."""
LONGEST = 200


@click.command()
@click.option("--only", multiple=True, type=click.Choice(list(PARTS)), help="Of the parts; again for another.")
@click.option("--misses", default=0, show_default=True, help="How many cases to show that were got wrong.")
def main(only: Sequence[str], misses: int) -> None:
    """Measure every field against corpora, and print the figures beside what was promised.

    Exit codes: 0 every figure keeps its bound, 1 one does not.
    """
    console = Console(width=max(WIDTH, Console().width))
    table = Table("field", "what", "corpus", "size", "measured", "promised", "", title_justify="left")
    measured = [(part, figure) for part in only or PARTS for figure in PARTS[part]()]
    for part, figure in measured:
        table.add_row(part, figure.what, figure.corpus, f"{figure.size:,}", _percent(figure.value), *_verdict(figure))
    console.print(table)
    for _, figure in measured if misses else ():
        _show_misses(console, figure, misses)
    sys.exit(0 if all(figure.holds for _, figure in measured) else 1)


def _show_misses(console: Console, figure: Figure, most: int) -> None:
    if figure.misses:
        console.print(f"\n{escape(figure.what)}, {escape(figure.corpus)}: {len(figure.misses):,} wrong")
        step = max(1, len(figure.misses) // most)
        for label in figure.misses[::step][:most]:
            console.print(f"  {escape(label[:LONGEST])}", highlight=False)


def _verdict(figure: Figure) -> tuple[str, str]:
    verdict = "[green]holds[/]" if figure.holds else "[red]BROKEN[/]"
    if figure.at_least is not None:
        return f">= {_percent(figure.at_least)}", verdict
    return f"<= {_percent(figure.at_most or 0)}", verdict


def _percent(share: float) -> str:
    return f"{share:.3%}" if 0 < share < 0.01 else f"{share:.1%}"


if __name__ == "__main__":
    main()
