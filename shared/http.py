"""Listening: an aiohttp application on a port, with limits that hold on the open internet."""

from aiohttp import web

LINE_LIMIT_BYTES = 16 << 10
HEADERS_LIMIT = 64
BACKLOG = 1024


async def listen(
    app: web.Application, host: str, port: int, *, keepalive_seconds: float = 75.0, shutdown_seconds: float = 5.0
) -> web.AppRunner:
    """Serving when this returns, until `cleanup()` is awaited. Raises `OSError` when the port cannot be had."""
    runner = web.AppRunner(
        app,
        access_log=None,
        handle_signals=False,
        keepalive_timeout=keepalive_seconds,
        shutdown_timeout=shutdown_seconds,
        lingering_time=1.0,
        max_line_size=LINE_LIMIT_BYTES,
        max_field_size=LINE_LIMIT_BYTES,
        max_headers=HEADERS_LIMIT,
        auto_decompress=False,
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=BACKLOG).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner


def url_of(runner: web.AppRunner, path: str = "/") -> str:
    """Where the runner listens: `http://127.0.0.1:8080/`."""
    host, port = runner.addresses[0][:2]
    return f"http://[{host}]:{port}{path}" if ":" in host else f"http://{host}:{port}{path}"
