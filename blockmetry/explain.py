"""`blockmetry explain`: what would become of a measurement. Nothing is sent, nothing is stored."""

import sys
import time
from pathlib import Path
from secrets import token_bytes
from typing import Any, NoReturn, TextIO

import click
import msgspec
from rich.console import Console
from rich.json import JSON

from blockmetry import address_steps, raw_headers, url_steps
from blockmetry.address_steps import Arrival
from blockmetry.options import config_option, configure, data_option, explained
from gateway.capture import Request, capture
from gateway.reject import Reject
from shared import properties
from shared.addresses import parse_address
from shared.beacon import Channel, Headers
from shared.properties import Properties
from shared.record import FinishedRecord
from workers.drop import Drop
from workers.lookups import Lookups, open_lookups
from workers.outcome import Bug, conclude
from workers.secret import found_secret

NOT_FOUND_EXIT = 1
DEFAULT_PEER = "127.0.0.1"


def address(_context: object, _option: object, said: str) -> str:
    """An option's."""
    if parse_address(said) is None:
        raise click.BadParameter(f"{said!r} is no address")
    return said


@click.command(
    epilog="""Examples:

  blockmetry explain https://shop.example.com/?utm_source=news --user-agent "Mozilla/5.0 …" --address 81.2.69.142

  blockmetry explain --headers request.txt --peer 10.0.0.7

  blockmetry explain --batch measurements.jsonl > outcomes.jsonl

Exit codes: 0 a record (an address, a batch that was read to its end), 1 none, 2 the configuration is wrong.
"""
)
@click.argument("url", required=False)
@click.option("--property", "property", default="demo", show_default=True, help="Property id.")
@click.option("--user-agent", default="", help="The browser's User-Agent.")
@click.option("--address", "client_ip", default="", help="The visitor's IP address, whatever --headers say.")
@click.option("--referrer", default="", help="document.referrer")
@click.option("--canonical", default="", help="The page's rel=canonical.")
@click.option("--title", default="", help="The page's title.")
@click.option("--accept-language", default="", help="The browser's Accept-Language.")
@click.option(
    "--batch",
    type=click.File("r", encoding="utf-8", errors="surrogateescape"),
    help="A file (- for standard input) with one JSON measurement a line, in the names of the server channel.",
)
@click.option(
    "--headers",
    type=click.File("r", encoding="utf-8", errors="surrogateescape"),
    help="A file (- for standard input) with the header lines of the visitor's request, as a browser or curl -v shows "
    "them: whose address it is, and why. With a URL, the measurement has them too.",
)
@click.option(
    "--peer",
    default=DEFAULT_PEER,
    show_default=True,
    callback=address,
    help="With --headers: the address that connects to the gateway.",
)
@click.option("--address-only", is_flag=True, help="With --headers: the measurement has nothing but the address.")
@click.option("--steps/--no-steps", default=True, help="Show on standard error what each URL rule and proxy does.")
@config_option
@data_option
@explained
def explain(
    url: str | None,
    batch: TextIO | None,
    headers: TextIO | None,
    peer: str,
    address_only: bool,
    steps: bool,
    config_file: Path | None,
    data: str | None,
    **given: str,
) -> None:
    """Show the record that a measurement would become, or the reason why it would be dropped.

    The record is JSON on standard output. On standard error: whose address the request comes from, hop by hop, and each
    URL, step by step through URL anonymisation.
    """
    if bool(batch) == bool(url or headers):
        raise click.UsageError("give a URL, or --headers FILE, or both; or --batch FILE")
    config = configure(config_file, {"data": data})
    measurement: dict[str, Any] = {"url": url or "", **{name: value for name, value in given.items() if value}}
    if headers:
        arrival = Arrival(peer, raw_headers.parse(headers.read()), config.gateway)
        measurement = _told_by(arrival, address_only, steps) | measurement
        if not url:
            found = arrival.explain()
            _end({"address": found.address, "reason": found.reason}, bool(found.address))
    known = properties.watch(Path(config.properties), config.sinks)
    lookups = open_lookups(config, known, found_secret(config))
    if batch:
        for line in filter(str.strip, batch):
            click.echo(msgspec.json.encode(outcome_of(_bytes(line), known.value, lookups)))
        return
    if steps and (rules := lookups.rules(given["property"])):
        url_steps.show(Console(stderr=True), measurement, rules.url_rules)
    outcome = outcome_of(msgspec.json.encode(measurement), known.value, lookups)
    _end(outcome, "record" in outcome)


def _told_by(arrival: Arrival, address_only: bool, steps: bool) -> dict[str, Any]:
    """What its headers make known of a visitor, in the names of the server channel."""
    if steps:
        address_steps.show(Console(stderr=True), arrival)
    headers = {} if address_only else {name: _text(value) for name, value in arrival.headers.first().items()}
    return {"client_ip": arrival.explain().address, "headers": headers}


def _end(outcome: dict[str, object], is_found: bool) -> NoReturn:
    Console(soft_wrap=True).print(JSON(msgspec.json.encode(outcome).decode()))
    sys.exit(0 if is_found else NOT_FOUND_EXIT)


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


def _text(value: str) -> str:
    """Of a header whose bytes are not UTF-8, as the gateway has it."""
    return value.encode("utf-8", "replace").decode()
