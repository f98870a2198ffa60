"""`blockmetry gateway`"""

from pathlib import Path

import click

from blockmetry.options import (
    admin_port_option,
    announce,
    config_option,
    configure,
    data_option,
    explained,
    port_option,
    run,
)
from gateway.serve import serve
from shared import logs


@click.command(
    epilog="Example: blockmetry gateway --data /var/lib/blockmetry --port 8080\n\n"
    "Exit codes: 0 stopped by a signal, 1 a port or disk cannot be had, 2 the configuration is wrong."
)
@config_option
@data_option
@port_option
@admin_port_option(8081)
@explained
def gateway(config_file: Path | None, data: str | None, port: str | None, admin_port: str | None) -> None:
    """Collect beacons and put them on the queue."""
    overrides = {"data": data, "gateway.port": port, "gateway.admin_port": admin_port}
    config = configure(config_file, overrides)
    logs.configure()
    run(serve(config, announce))
