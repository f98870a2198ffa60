"""A gateway as a process of its own: public port, admin port, queue; until it is told to stop."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from prometheus_client import CollectorRegistry

from gateway.server import Server
from shared import properties
from shared.config import Config
from shared.health import admin_app
from shared.http import serve_app, url_of
from shared.loop import settle, stop_signal
from shared.queues import open_queue


async def serve(config: Config, announce: Callable[[str, str], None]) -> int:
    """The exit code. `announce` is told what listens where. Raises `ConfigError`, or `OSError` for ports and disks."""
    stop = stop_signal()
    registry = CollectorRegistry()
    async with AsyncExitStack() as closing:
        queue = open_queue(config)
        closing.push_async_callback(queue.close)
        server = Server(config, properties.watch(Path(config.properties), config.sinks), queue, registry)
        closing.push_async_callback(server.stop)
        admin = await serve_app(
            admin_app(registry, server.not_ready), config.gateway.admin_host, config.gateway.admin_port
        )
        closing.push_async_callback(admin.cleanup)
        announce("gateway", await server.start())
        announce("metrics", url_of(admin, "/metrics"))
        settle()
        await stop.wait()
    return 0
