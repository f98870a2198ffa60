"""`blockmetry check`: is the configuration sound, and do the customers' stores let us write, and do nothing else?"""

import asyncio
import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import click
from rich.box import HEAVY_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from blockmetry.options import (
    DEFAULT_FILE,
    FAILURE_EXIT,
    PIPED_WIDTH,
    config_option,
    configure,
    data_option,
    explained,
)
from blockmetry.proof.finding import Finding, Status, worst
from gateway import tls
from shared import properties
from shared.config import Config
from shared.properties import Properties
from shared.sinks import ObjectsSink, Sink, kind_of, name_of
from workers.lookups import Lookups, open_lookups
from workers.secret import found_secret

NO_CITY = (
    "no database: Country and CityNameEN stay empty. Get GeoLite2-City.mmdb with a free MaxMind account "
    "(dev.maxmind.com/geoip), or any database in that format, and set [lookups] city to its path"
)
NO_PROXIES = (
    "none: visitors behind Tor or a VPN are located at its exit. Set [lookups] anonymous to an Anonymous-IP "
    "database, or to lists of addresses and networks, one a line"
)
RENEW_DAYS = 14
"""Whoever renews certificates has done so by then."""

STYLES = {Status.OK: "green", Status.NOTE: "yellow", Status.FAILED: "bold red", Status.UNREACHABLE: "bold red"}


class Row(NamedTuple):
    """One line of the report."""

    subject: str
    status: Status
    detail: str


@click.command(
    epilog="""Examples:

  blockmetry check --config /etc/blockmetry/blockmetry.toml

  blockmetry check --offline

Exit codes: 0 all is well, 1 something FAILED or is unreachable, 2 the configuration is wrong (the message names file,
place and bound).
"""
)
@click.option("--offline", is_flag=True, help="Only read the configuration: write no probe, ask nobody.")
@config_option
@data_option
@explained
def check(offline: bool, config_file: Path | None, data: str | None) -> None:
    """Read the configuration, and prove that each sink can be written and does nothing else for us.

    Where sinks are buckets or streams, a probe is written to each (PREFIX/_blockmetry/check-….json, or a record of
    channel "check"), and then reading, listing and deleting are tried: all of these must be refused. So must be
    assuming the customer's role without its ExternalId. Run it as the workers run.
    """
    config = configure(config_file, {"data": data})
    known = properties.watch(Path(config.properties), config.sinks)
    lookups = open_lookups(config, known, found_secret(config))
    rows = list(_configured(config, config_file, known.value, lookups))
    if not offline:
        logging.getLogger("blockmetry").setLevel(logging.CRITICAL)  # the table tells it
        rows += asyncio.run(_proven(config, known.value))
    _print(rows)
    sys.exit(FAILURE_EXIT if any(row.status.is_bad for row in rows) else 0)


def _print(rows: Iterable[Row]) -> None:
    """A table for people, and plain columns for a file or a pipe."""
    is_seen = sys.stdout.isatty()
    table = Table("", "status", "what it means", box=HEAVY_HEAD if is_seen else None, show_header=is_seen)
    for row in rows:
        table.add_row(escape(row.subject), f"[{STYLES[row.status]}]{row.status}[/]", escape(row.detail))
    Console(width=None if is_seen else PIPED_WIDTH).print(table)


def _configured(config: Config, config_file: Path | None, known: Properties, lookups: Lookups) -> Iterator[Row]:
    source = config_file or (DEFAULT_FILE if DEFAULT_FILE.exists() else "defaults and environment")
    yield Row("configuration", Status.OK, str(source))
    yield Row("data", Status.OK, str(Path(config.data).absolute()))
    where = config.properties if Path(config.properties).exists() else "built in, until there is a properties.toml"
    yield Row("properties", Status.OK, f"{len(known)} in use ({where})")
    for entry in known.values():
        hosts = ", ".join(entry.hosts) or "no host: every hit will be dropped"
        sinks = ", ".join(_place(sink) for sink in entry.sink) or config.url_of("records")
        yield Row(f"  {entry.id}", Status.OK if entry.hosts else Status.NOTE, f"{hosts} -> {sinks}")
    if identity := tls.watch(config.gateway):
        yield _certificate(config.gateway.tls_certificate, identity.value.ends_at)
    ages = lookups.ages()
    yield _lookup("city", config.lookups.city, ages, NO_CITY)
    yield _lookup("anonymous", ", ".join(config.lookups.anonymous), ages, NO_PROXIES)


def _certificate(path: str, ends_at: datetime) -> Row:
    """Of a certificate that belongs to its key."""
    days = (ends_at - datetime.now(UTC)).days
    status = Status.OK if days >= RENEW_DAYS else Status.NOTE if days >= 0 else Status.FAILED
    return Row("tls", status, f"{path}, until {ends_at:%Y-%m-%d}" + ("" if days >= 0 else ": it has ended"))


def _lookup(name: str, configured: str, ages: dict[str, float], advice: str) -> Row:
    if not configured:
        return Row(f"lookup {name}", Status.NOTE, advice)
    return Row(f"lookup {name}", Status.OK, f"{configured}, {ages.get(name, 0) / 86_400:.0f} days old")


async def _proven(config: Config, known: Properties) -> Sequence[Row]:
    from blockmetry.proof import own, prove_all  # noqa: PLC0415 - Amazon's library, for which --offline need not wait

    dead_letters = config.worker.dead_letters or config.url_of("dead-letters")
    lanes = [(entry, sink) for entry in known.values() for sink in config.sinks_of(entry)]
    queue, letters, proofs = await asyncio.gather(own.queue(config), own.dead_letters(dead_letters), prove_all(lanes))
    rows = list(_rows("queue", config.queue.url or config.queue.kind, queue))
    rows += _rows("dead letters", dead_letters, letters)
    for (entry, sink), findings in zip(lanes, proofs, strict=True):
        rows += _rows(f"{entry.id} {name_of(sink)}", _place(sink), findings)
    return rows


def _rows(subject: str, place: str, findings: Sequence[Finding]) -> Iterator[Row]:
    """What is well in one row, and each of the others in one of its own."""
    well = [finding.detail for finding in findings if finding.status is Status.OK]
    yield Row(subject, worst(findings), f"{place}: {', '.join(well) or 'nothing could be proven'}")
    for finding in findings:
        if finding.status is not Status.OK:
            yield Row(f"  {subject}", finding.status, finding.detail)


def _place(sink: Sink) -> str:
    return sink.url if isinstance(sink, ObjectsSink) else f"{kind_of(sink)} stream {sink.stream}"
