"""Listening on a port."""

import socket
from typing import Any

from aiohttp import web
from aiohttp.web_runner import BaseRunner

BACKLOG = 1024
SHUTDOWN_SECONDS = 5.0


async def serve_app(app: web.Application, host: str, port: int, inherited: socket.socket | None = None) -> BaseRunner:
    """An application, serving when this returns, until `cleanup()` is awaited. Raises `OSError`: no such port.

    `inherited` listens already, instead of `host` and `port`.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        await _site(runner, host, port, inherited).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner


def url_of(runner: BaseRunner, path: str = "/") -> str:
    """Where the runner listens: `http://127.0.0.1:8080/`."""
    return url_at(runner.addresses[0], path)


def url_at(address: Any, path: str = "/", scheme: str = "http") -> str:
    """The same for a socket's own address."""
    host, port = address[:2]
    return f"{scheme}://[{host}]:{port}{path}" if ":" in host else f"{scheme}://{host}:{port}{path}"


def _site(runner: BaseRunner, host: str, port: int, inherited: socket.socket | None) -> web.BaseSite:
    if inherited:
        return web.SockSite(runner, inherited, backlog=BACKLOG)
    return web.TCPSite(runner, host, port, backlog=BACKLOG)
