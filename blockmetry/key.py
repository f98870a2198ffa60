"""`blockmetry key`: fresh keys."""

import time

import click

from shared.seal import KEY_ID, new_key

HOW = """
A key for sealed blocks, for gateways and workers alike:

  BLOCKMETRY_QUEUE__SEAL_KEYS="{key_id}:…"          (or seal_keys under [queue])

The first key seals, all of them open. To rotate: add the new key at the end everywhere; then put it first; and take
the old one away when nothing sealed with it waits any more. What is sealed with a lost key is lost.
"""


@click.group()
def key() -> None:
    """Make keys."""


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
    click.echo(HOW.format(key_id=key_id), err=True)
