"""`make bench`; `make bench ARGS="--only sinks --rounds 1"` for a quick look."""

import platform
from collections.abc import Iterable, Iterator, Sequence

import click
from rich.console import Console
from rich.table import Table

from bench import acks, edge, enrichment, freshness, pace, processes, sinks, sqs_calls, waiting
from bench.servers import CLIENT_CORE, allow_many_files, pin
from tests.accuracy.machines import time_machines


def measure_acks(rounds: int, seconds: float, _: int) -> Iterator[Table]:
    """Edge."""
    runs = acks.measure(rounds, seconds)
    for body, connections in runs:
        title = f"Acknowledgements on one core, {acks.describe(body, connections)}"
        yield _table(title, acks.COLUMNS, acks.rows(runs, (body, connections)))
    peaks = {name: acks.peak(runs, name) for name in (edge.BARE_HANDLER, edge.WRITE)}
    title = f"Latency on one core, {acks.SMALL} a beacon, {pace.CONNECTIONS} connections, at random moments"
    yield _table(title, pace.COLUMNS, pace.measure(rounds, seconds, peaks))
    title = "Processes, on both cores, which the client shares"
    yield _table(title, processes.COLUMNS, processes.measure(rounds, seconds))


def measure_waiting(_: int, __: float, ___: int) -> Iterator[Table]:
    """Edge."""
    yield _table("Memory of a gateway whose queue is down", waiting.COLUMNS, waiting.measure())


def measure_sinks(rounds: int, _: float, hits: int) -> Iterator[Table]:
    """Worker."""
    columns = (
        "variant", "hits/s (median)", "range", "/ put_object", "/ its worker", "CPU", "CPU a hit", "server's CPU",
        "PUTs per 1,000", "twice",
    )  # fmt: skip
    yield _table("Hits to objects on one core, a local S3 server on the other", columns, sinks.measure(rounds, hits))


def measure_enrichment(rounds: int, _: float, hits: int) -> Iterator[Table]:
    """Worker."""
    columns = ("variant", "hits a second of CPU (median)", "range", "a hit", "/ JSON alone")
    yield _table("Enrichment alone, on one core", columns, enrichment.measure(rounds, hits))


def measure_memory(_: int, __: float, hits: int) -> Iterator[Table]:
    """Worker."""
    distinct = enrichment.DISTINCT_PER_HIT * hits
    title = f"Memory of enrichment, {distinct:,} user agents, addresses and URLs that never come again"
    yield _table(title, ("hits", "resident"), enrichment.measure_memory(distinct))


def measure_machines(rounds: int, _: float, __: int) -> Iterator[Table]:
    """Worker."""
    times = sorted(time_machines() for _ in range(rounds))
    row = ("user agents never seen before", f"{times[len(times) // 2]:.1f} us", f"{times[0]:.1f} - {times[-1]:.1f}")
    yield _table("Telling machines from people", ("what", "CPU a call (median)", "range"), [row])


def measure_queue(_: int, __: float, ___: int) -> Iterator[Table]:
    """Between."""
    columns = ("load", "acked", "objects", "calls per 1,000", "which")
    yield _table("SQS calls", columns, [sqs_calls.measure(workers, 2_000, 10) for workers in (1, 4)])


def measure_freshness(_: int, __: float, ___: int) -> Iterator[Table]:
    """Both."""
    columns = ("load", "acked", "files", "p50", "p95", "p99")
    yield _table("Beacon to file, defaults", columns, [freshness.measure(100, 10)])


PARTS = {
    "acks": measure_acks,
    "waiting": measure_waiting,
    "enrichment": measure_enrichment,
    "memory": measure_memory,
    "machines": measure_machines,
    "sinks": measure_sinks,
    "queue": measure_queue,
    "freshness": measure_freshness,
}

WIDTH = 185
"""The least that all columns fit into."""


@click.command()
@click.option("--only", multiple=True, type=click.Choice(list(PARTS)), help="Of the parts; again for another.")
@click.option(
    "--rounds", default=3, show_default=True, help="Each variant once a round, so that noise hits them alike."
)
@click.option(
    "--seconds", default=1.0, show_default=True, help="Load per variant and round (acks); wrk takes whole seconds."
)
@click.option("--hits", default=40_000, show_default=True, help="Hits per variant and round (enrichment, sinks).")
def main(only: Sequence[str], rounds: int, seconds: float, hits: int) -> None:
    """Measure, and print ours beside the machine's own baselines."""
    pin(0, CLIENT_CORE)
    allow_many_files()
    console = Console(width=max(WIDTH, Console().width))
    console.print(f"Python {platform.python_version()}, {platform.machine()}; compare ratios, not absolute figures")
    for part in only or PARTS:
        for table in PARTS[part](rounds, seconds, hits):
            console.print(table)


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*row)
    return table


if __name__ == "__main__":
    main()
