"""`blockmetry up`: gateway, queue and worker in one process, with a demo page and a live page."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import click
from prometheus_client import CollectorRegistry

from blockmetry.live import Live
from blockmetry.options import (
    SERVING_EXITS,
    admin_port_option,
    config_option,
    data_option,
    explained,
    port_option,
    serve_until_stopped,
)
from gateway import pages
from gateway.server import Server
from shared import properties
from shared.config import Config
from shared.health import admin_app
from shared.http import serve_app, url_of
from shared.loop import settle, stop_signal
from shared.queues import open_queue
from workers.serve import working


@click.command(epilog="Example: blockmetry up --data ./data --port 8080 --admin-port 8081\n\n" + SERVING_EXITS)
@config_option
@data_option
@port_option
@admin_port_option(8081)
@explained
def up(config_file: Path | None, data: str | None, port: str | None, admin_port: str | None) -> None:
    """Run everything on this machine, without any account."""
    overrides = {"data": data, "gateway.port": port, "gateway.admin_port": admin_port}
    serve_until_stopped(serve, config_file, overrides)


async def serve(config: Config, tell: Callable[[str, str], None]) -> int:
    """The exit code. Raises `ConfigError`, or `OSError` for ports and disks."""
    stop = stop_signal()
    registry = CollectorRegistry()
    gateway_url = ""
    live = Live(lambda: counters(registry), lambda: gateway_url)
    parts: list[Callable[[], str]] = []
    async with AsyncExitStack() as closing:
        queue = open_queue(config)
        closing.push_async_callback(queue.close)
        known = properties.watch(Path(config.properties), config.sinks)
        worker = await closing.enter_async_context(working(config, known, queue, registry, live))
        app = admin_app(registry, lambda: next(filter(None, (part() for part in parts)), ""), live.routes())
        app.on_shutdown.append(live.close)
        admin = await serve_app(app, config.gateway.admin_host, config.gateway.admin_port)
        closing.push_async_callback(admin.cleanup)
        demo = pages.demo({"live_page": url_of(admin), "prefix": config.gateway.path_prefix})
        server = Server(config, known, queue, registry, demo)
        closing.push_async_callback(server.stop)
        gateway_url = await server.start()
        parts += [server.not_ready, worker.not_ready]
        tell("demo page", gateway_url + "demo")
        tell("live page", url_of(admin))
        tell("metrics", url_of(admin, "/metrics"))
        tell("records", str(Path(config.data, "records")))
        settle()
        await stop.wait()
    return 0


SHOWN = frozenset({"received", "rejected", "delivered", "handed_back", "dead_letters", "journal_bytes", "queue_depth"})


def counters(registry: CollectorRegistry) -> dict[str, float]:
    """What the live page shows beside the records: totals by name, and `rejected.REASON`."""
    totals: dict[str, float] = defaultdict(float)
    for sample in (sample for family in registry.collect() for sample in family.samples):
        name = sample.name.removeprefix("blockmetry_").removesuffix("_total")
        if name in SHOWN and sample.labels.get("state") != "dead":
            totals[name] += sample.value
        if name == "rejected" and sample.value:
            totals[f"rejected.{sample.labels['reason']}"] = sample.value
    return totals
