"""`blockmetry check`: is the configuration sound, and what is missing for full records?"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from blockmetry.options import DEFAULT_FILE, config_option, configure, data_option, explained
from shared import properties
from shared.config import Config
from shared.properties import Properties
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


PIPED_WIDTH = 1000
"""Into a file or a pipe, nothing is wrapped."""


class Row(NamedTuple):
    """One line of the report."""

    subject: str
    status: str
    detail: str


@click.command(
    epilog="Example: blockmetry check --config /etc/blockmetry/blockmetry.toml\n\n"
    "Exit codes: 0 the configuration is sound, 2 it is not (the message names file, place and bound)."
)
@config_option
@data_option
@explained
def check(config_file: Path | None, data: str | None) -> None:
    """Read the configuration as the other commands would, and say what it means."""
    config = configure(config_file, {"data": data})
    known = properties.watch(Path(config.properties))
    lookups = open_lookups(config, known, found_secret(config))
    table = Table("", "status", "what it means", title="Blockmetry configuration", title_justify="left")
    for row in _rows(config, config_file, known.value, lookups):
        table.add_row(*map(escape, row))
    Console(width=None if sys.stdout.isatty() else PIPED_WIDTH).print(table)


def _rows(config: Config, config_file: Path | None, known: Properties, lookups: Lookups) -> Iterator[Row]:
    source = config_file or (DEFAULT_FILE if DEFAULT_FILE.exists() else "defaults and environment")
    yield Row("configuration", "ok", str(source))
    yield Row("data", "ok", str(Path(config.data).absolute()))
    where = config.properties if Path(config.properties).exists() else "built in, until there is a properties.toml"
    yield Row("properties", "ok", f"{len(known)} in use ({where})")
    for entry in known.values():
        hosts = ", ".join(entry.hosts) or "no host: every hit will be dropped"
        sinks = ", ".join(sink.url for sink in entry.sink) or config.url_of("records")
        yield Row(f"  {entry.id}", "ok" if entry.hosts else "note", f"{hosts} -> {sinks}")
    ages = lookups.ages()
    yield _lookup("city", config.lookups.city, ages, NO_CITY)
    yield _lookup("anonymous", ", ".join(config.lookups.anonymous), ages, NO_PROXIES)


def _lookup(name: str, configured: str, ages: dict[str, float], advice: str) -> Row:
    if not configured:
        return Row(f"lookup {name}", "note", advice)
    return Row(f"lookup {name}", "ok", f"{configured}, {ages.get(name, 0) / 86_400:.0f} days old")
