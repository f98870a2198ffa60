"""`blockmetry gateway`"""

import sys
from collections.abc import Callable
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
from gateway import processes
from gateway.child import Child
from gateway.serve import serve
from shared.config import Config

ABOUT = """Example: blockmetry gateway --data /var/lib/blockmetry --port 8080

With several processes, SIGHUP renews them one after the other, without a refused connection.

"""


@click.command(epilog=ABOUT + SERVING_EXITS)
@config_option
@data_option
@port_option
@admin_port_option(8081)
@click.option("--child", hidden=True)
@explained
def gateway(
    config_file: Path | None, data: str | None, port: str | None, admin_port: str | None, child: str | None
) -> None:
    """Collect beacons and put them on the queue."""
    overrides = {"data": data, "gateway.port": port, "gateway.admin_port": admin_port}
    ours = Child(child) if child else None

    async def run(config: Config, announce: Callable[[str, str], None]) -> int:
        if ours:
            return await serve(config, announce, ours)
        if config.gateway.processes > 1:
            return await processes.serve(config, announce, [sys.executable, *sys.orig_argv[1:]])
        return await serve(config, announce)

    serve_until_stopped(run, config_file, overrides, ours.place if ours else None)
