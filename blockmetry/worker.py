"""`blockmetry worker`"""

from pathlib import Path

import click

from blockmetry.options import admin_port_option, announce, config_option, configure, data_option, explained, run
from shared import logs
from workers.serve import serve


@click.command(
    epilog="Example: blockmetry worker --data /var/lib/blockmetry\n\n"
    "Exit codes: 0 stopped by a signal, 1 a port or disk cannot be had, 2 the configuration is wrong."
)
@config_option
@data_option
@admin_port_option(8082)
@explained
def worker(config_file: Path | None, data: str | None, admin_port: str | None) -> None:
    """Turn what is on the queue into records. Run as many as you like."""
    config = configure(config_file, {"data": data, "worker.admin_port": admin_port})
    logs.configure()
    run(serve(config, announce))
