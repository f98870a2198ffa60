"""Listening on a port."""

from aiohttp import web
from aiohttp.web_runner import BaseRunner

BACKLOG = 1024
SHUTDOWN_SECONDS = 5.0


async def serve_app(app: web.Application, host: str, port: int) -> BaseRunner:
    """An application, serving when this returns, until `cleanup()` is awaited. Raises `OSError`: no such port."""
    return await start(web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS), host, port)


async def start(runner: BaseRunner, host: str, port: int) -> BaseRunner:
    """The same for a runner of any kind."""
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
