"""The baseline: an aiohttp application whose handler does nothing but answer 204."""

import sys

from aiohttp import web

from shared.http import serve_app, url_of
from shared.loop import run, settle, stop_signal


async def answer(_: web.Request) -> web.Response:
    """204"""
    return web.Response(status=204)


async def main() -> int:
    """Until it is told to stop."""
    stop = stop_signal()
    app = web.Application()
    app.router.add_post("/v1/beacon", answer)
    runner = await serve_app(app, "127.0.0.1", 0)
    print(f"gateway {url_of(runner)}", flush=True)
    settle()  # as the gateway does: the same collector for both
    await stop.wait()
    await runner.cleanup()
    return 0


if __name__ == "__main__":
    sys.exit(run(main()))
