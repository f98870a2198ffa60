"""`blockmetry explain`: what would become of a measurement. Nothing is sent, nothing is stored."""

import sys
import time
from pathlib import Path
from secrets import token_bytes
from typing import TextIO

import click
import msgspec
from rich.console import Console
from rich.json import JSON

from blockmetry import url_steps
from blockmetry.options import config_option, configure, data_option, explained
from gateway.capture import Request, capture
from gateway.reject import Reject
from shared import properties
from shared.beacon import Channel, Headers
from shared.properties import Properties
from shared.record import FinishedRecord
from workers.drop import Drop
from workers.lookups import Lookups, open_lookups
from workers.outcome import Bug, conclude
from workers.secret import found_secret

NOT_RECORDED_EXIT = 1


@click.command(
    epilog="""Examples:

  blockmetry explain https://shop.example.com/?utm_source=news --user-agent "Mozilla/5.0 …" --address 81.2.69.142

  blockmetry explain --batch measurements.jsonl > outcomes.jsonl

Exit codes: 0 a record (or a batch that was read to its end), 1 a drop or a reject, 2 the configuration is wrong.
"""
)
@click.argument("url", required=False)
@click.option("--property", "property", default="demo", show_default=True, help="Property id.")
@click.option("--user-agent", default="", help="The browser's User-Agent.")
@click.option("--address", "client_ip", default="", help="The visitor's IP address.")
@click.option("--referrer", default="", help="document.referrer")
@click.option("--canonical", default="", help="The page's rel=canonical.")
@click.option("--title", default="", help="The page's title.")
@click.option("--accept-language", default="", help="The browser's Accept-Language.")
@click.option(
    "--batch",
    type=click.File("r", encoding="utf-8", errors="surrogateescape"),
    help="A file (- for standard input) with one JSON measurement a line, in the names of the server channel.",
)
@click.option("--steps/--no-steps", default=True, help="Show on standard error what each URL rule does.")
@config_option
@data_option
@explained
def explain(
    url: str | None, batch: TextIO | None, steps: bool, config_file: Path | None, data: str | None, **sent: str
) -> None:
    """Show the record that a measurement would become, or the reason why it would be dropped.

    The record is JSON on standard output. On standard error: each URL, step by step through URL anonymisation.
    """
    if bool(url) == bool(batch):
        raise click.UsageError("give a URL, or --batch FILE")
    config = configure(config_file, {"data": data})
    known = properties.watch(Path(config.properties), config.sinks)
    lookups = open_lookups(config, known, found_secret(config))
    if batch:
        for line in filter(str.strip, batch):
            click.echo(msgspec.json.encode(outcome_of(_bytes(line), known.value, lookups)))
        return
    measurement = {"url": url or "", **sent}
    if steps and (rules := lookups.rules(sent["property"])):
        url_steps.show(Console(stderr=True), measurement, rules.url_rules)
    outcome = outcome_of(msgspec.json.encode(measurement), known.value, lookups)
    Console(soft_wrap=True).print(JSON(msgspec.json.encode(outcome).decode()))
    sys.exit(0 if "record" in outcome else NOT_RECORDED_EXIT)


def outcome_of(payload: bytes, known: Properties, lookups: Lookups) -> dict[str, object]:
    """`{"record": …}`, `{"drop": reason, "detail": …}`, or `{"reject": reason, "detail": …}` from the edge."""
    request = Request("", Headers(), int(time.time() * 1000))
    captured = capture(Channel.SERVER, payload, request, known, lambda: token_bytes(16))
    if isinstance(captured, Reject):
        return {"reject": captured.reason, "detail": captured.detail}
    match conclude(captured, lookups).result:
        case FinishedRecord() as record:
            return {"record": msgspec.Raw(record.body)}
        case Drop() as drop:
            return {"drop": drop.reason, "detail": drop.detail}
        case Bug() as bug:
            return {"bug": bug.step}


def _bytes(line: str) -> bytes:
    """As they were in the file."""
    return line.encode("utf-8", "surrogateescape")
