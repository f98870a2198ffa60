"""Listening on a port, with limits that hold on the open internet."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.web_runner import BaseRunner

LINE_LIMIT_BYTES = 16 << 10
HEADERS_LIMIT = 64
BACKLOG = 1024
SHUTDOWN_SECONDS = 5.0


async def serve_app(app: web.Application, host: str, port: int) -> BaseRunner:
    """An application, serving when this returns, until `cleanup()` is awaited. Raises `OSError`: no such port."""
    return await _start(web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS), host, port)


async def serve_requests(
    answer: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]], host: str, port: int, keepalive_seconds: float
) -> BaseRunner:
    """The same for one function that answers every request of the open internet."""
    server = web.Server(
        answer,
        access_log=None,
        keepalive_timeout=keepalive_seconds,
        lingering_time=1.0,
        max_line_size=LINE_LIMIT_BYTES,
        max_field_size=LINE_LIMIT_BYTES,
        max_headers=HEADERS_LIMIT,
        auto_decompress=False,
    )
    return await _start(web.ServerRunner(server, shutdown_timeout=SHUTDOWN_SECONDS), host, port)


async def _start(runner: BaseRunner, host: str, port: int) -> BaseRunner:
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=BACKLOG).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner


def url_of(runner: BaseRunner, path: str = "/") -> str:
    """Where the runner listens: `http://127.0.0.1:8080/`."""
    host, port = runner.addresses[0][:2]
    return f"http://[{host}]:{port}{path}" if ":" in host else f"http://{host}:{port}{path}"
