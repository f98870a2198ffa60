"""The admin port: `/live`, `/ready`, `/metrics`, and whatever else its owner serves there."""

from collections.abc import Callable, Iterable

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

Readiness = Callable[[], str]
"""Why we are not ready; empty when we are."""


def admin_app(
    registry: CollectorRegistry, not_ready: Readiness, routes: Iterable[web.AbstractRouteDef] = ()
) -> web.Application:
    """Never to be served on a public address: nothing here asks who is there."""

    async def live(_: web.Request) -> web.Response:
        return web.json_response({"live": True})

    async def ready(_: web.Request) -> web.Response:
        reason = not_ready()
        return web.json_response({"ready": not reason, "reason": reason}, status=503 if reason else 200)

    async def metrics(request: web.Request) -> web.Response:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(registry), headers={"Content-Type": content_type})

    app = web.Application()
    app.router.add_get("/live", live)
    app.router.add_get("/ready", ready)
    app.router.add_get("/metrics", metrics)
    app.router.add_routes(routes)
    return app
