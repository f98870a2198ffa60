"""`make bench`; `make bench ARGS="--rounds 3 --seconds 2"` for a quick look."""

import platform

import click
from rich.console import Console
from rich.table import Table

from bench import acks, freshness
from bench.servers import CLIENT_CORE, pin


@click.command()
@click.option(
    "--rounds", default=5, show_default=True, help="Each variant once a round, so that noise hits them alike."
)
@click.option("--seconds", default=3.0, show_default=True, help="Load per variant and round.")
def main(rounds: int, seconds: float) -> None:
    """Measure, and print ours beside the machine's own baselines."""
    pin(CLIENT_CORE)
    console = Console()
    console.print(f"Python {platform.python_version()}, {platform.machine()}; compare ratios, not absolute figures")
    table = Table(
        "variant", "acks/s (median)", "range", "/ bare", "p50", "p99", "not 204",
        title=f"Acknowledgements on one core, {acks.CONNECTIONS} connections", title_justify="left",
    )  # fmt: skip
    for row in acks.measure(rounds, seconds):
        table.add_row(*row)
    console.print(table)
    table = Table("load", "acked", "files", "p50", "p95", "p99", title="Beacon to file, defaults", title_justify="left")
    table.add_row(*freshness.measure(100, 10))
    console.print(table)


if __name__ == "__main__":
    main()
