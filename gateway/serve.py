"""A gateway as a process of its own: public port, admin port, queue; until it is told to stop."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from aiohttp.web_runner import BaseRunner
from prometheus_client import CollectorRegistry

from gateway.child import Child
from gateway.server import Server
from shared import properties
from shared.config import Config
from shared.health import admin_app
from shared.http import serve_app, url_of
from shared.loop import settle, stop_signal
from shared.queues import open_queue


async def serve(config: Config, announce: Callable[[str, str], None], child: Child | None = None) -> int:
    """The exit code. `announce` is told what listens where. Raises `ConfigError`, or `OSError` for ports and disks.

    `child`: what this process has from its parent, who announces it, when it is one of several.
    """
    stop = stop_signal()
    if child:
        child.watch_line(stop)
    registry = CollectorRegistry()
    async with AsyncExitStack() as closing:
        queue = open_queue(config)
        closing.push_async_callback(queue.close)
        app = admin_app(registry, lambda: server.not_ready())  # noqa: PLW0108 - there is none yet
        admin = await serve_app(
            app, config.gateway.admin_host, config.gateway.admin_port, child.admin if child else None
        )
        closing.push_async_callback(admin.cleanup)
        server = Server(config, properties.watch(Path(config.properties), config.sinks), queue, registry)
        closing.push_async_callback(_leave, server, admin, child)
        url = await server.start(child.public if child else None)
        if child:
            child.serves()
        else:
            announce("gateway", url)
            announce("metrics", url_of(admin, "/metrics"))
        settle()
        await stop.wait()
    return 0


async def _leave(server: Server, admin: BaseRunner, child: Child | None) -> None:
    """Whoever comes after a child that is relieved needs its admin port; else all can see us leave."""
    is_relieved = child is not None and child.is_relieved
    if is_relieved:
        await admin.cleanup()
    await server.stop(is_succeeded=is_relieved)
