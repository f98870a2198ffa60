"""`blockmetry worker`"""

from pathlib import Path

import click

from blockmetry.options import (
    SERVING_EXITS,
    admin_port_option,
    config_option,
    data_option,
    explained,
    serve_until_stopped,
)
from workers.serve import serve


@click.command(epilog="Example: blockmetry worker --data /var/lib/blockmetry\n\n" + SERVING_EXITS)
@config_option
@data_option
@admin_port_option(8082)
@explained
def worker(config_file: Path | None, data: str | None, admin_port: str | None) -> None:
    """Turn what is on the queue into records. Run as many as you like."""
    serve_until_stopped(serve, config_file, {"data": data, "worker.admin_port": admin_port})
