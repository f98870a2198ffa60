"""`blockmetry key`: fresh keys."""

import secrets
import sys
import time

import click

from gateway.keys import hash_of
from shared.seal import KEY_ID, new_key

SHORTEST = 32
"""Characters. The hash of a shorter key, if it comes to light, is a key that can be found."""

HOW_TO_SEND = """
With this key a customer's server may send. It is shown this once; properties.toml has its hash only:

  api_keys = ["{hash}"]

The server sends one measurement, or up to 500 in an array, and is told of each:

  curl https://HOST/v1/measurements --header "Authorization: Bearer $KEY" \\
    --data '{{"property": "PROPERTY", "url": "https://SITE/", "client_ip": "…", "user_agent": "…"}}'

To rotate: add the new hash, which the gateway reads by itself; give the server the new key; take the old hash away. A
key does not belong into a page, where anybody reads it.
"""
HOW_TO_SEAL = """
A key for sealed blocks, for gateways and workers alike:

  BLOCKMETRY_QUEUE__SEAL_KEYS="{key_id}:…"          (or seal_keys under [queue])

The first key seals, all of them open. To rotate: add the new key at the end everywhere; then put it first; and take
the old one away when nothing sealed with it waits any more. What is sealed with a lost key is lost.
"""


@click.group()
def key() -> None:
    """Make keys."""


@key.command(
    epilog="Example: blockmetry key new > key.txt\n\nExit codes: 0 printed, 2 what was to be hashed is no key."
)
@click.option("--hash", "is_given", is_flag=True, help="Print the hash of the key on standard input, and make none.")
def new(*, is_given: bool) -> None:
    """Print an API key, with which a customer's server may send measurements.

    It is kept nowhere. Its hash, which belongs into properties.toml, goes to standard error.
    """
    if is_given:
        click.echo(hash_of(_given()))
        return
    fresh = "bm_" + secrets.token_urlsafe(32)
    click.echo(fresh)
    click.echo(HOW_TO_SEND.format(hash=hash_of(fresh)), err=True)


def _given() -> str:
    """Raises `click.UsageError`."""
    given = sys.stdin.buffer.readline().decode(errors="replace").strip()
    if len(given) < SHORTEST or not given.isascii() or not given.isprintable() or " " in given:
        raise click.UsageError(f"a key has at least {SHORTEST} characters of ASCII, and no spaces")
    return given


@key.command(
    epilog='Example: export BLOCKMETRY_QUEUE__SEAL_KEYS="$(blockmetry key seal)"\n\n'
    "Exit codes: 0 printed, 2 the id is wrong."
)
@click.option("--id", "key_id", metavar="ID", help="Told with each block that it seals.  [default: the month]")
def seal(key_id: str | None) -> None:
    """Print a key that seals blocks in the queue (AES-256-GCM): ID:BASE64.

    It is kept nowhere. How to use and rotate it goes to standard error.
    """
    key_id = key_id or time.strftime("%Y-%m", time.gmtime())
    if not KEY_ID.fullmatch(key_id):
        raise click.BadParameter("1 to 32 letters, digits, - and _", param_hint="--id")
    click.echo(new_key(key_id))
    click.echo(HOW_TO_SEAL.format(key_id=key_id), err=True)
