"""`blockmetry gateway`"""

from pathlib import Path

import click

from blockmetry.options import (
    SERVING_EXITS,
    admin_port_option,
    config_option,
    data_option,
    explained,
    port_option,
    serve_until_stopped,
)
from gateway.serve import serve


@click.command(epilog="Example: blockmetry gateway --data /var/lib/blockmetry --port 8080\n\n" + SERVING_EXITS)
@config_option
@data_option
@port_option
@admin_port_option(8081)
@explained
def gateway(config_file: Path | None, data: str | None, port: str | None, admin_port: str | None) -> None:
    """Collect beacons and put them on the queue."""
    overrides = {"data": data, "gateway.port": port, "gateway.admin_port": admin_port}
    serve_until_stopped(serve, config_file, overrides)
