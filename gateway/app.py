"""The public port: which path is answered by what."""

from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Handler

from gateway import answers
from gateway.collect import BODY_LIMIT_BYTES, Collect
from gateway.metrics import Metrics
from gateway.pages import Page
from gateway.reject import Reject, RejectReason

ROBOTS = Page(b"User-agent: *\nDisallow: /\n", "text/plain", max_age_seconds=86_400)


def build_app(collect: Collect, pages: Mapping[str, Page], metrics: Metrics, path_prefix: str = "") -> web.Application:
    """`pages` by their path, without the prefix."""
    app = web.Application(client_max_size=BODY_LIMIT_BYTES)
    methods: dict[str, str] = {}

    def route(method: str, path: str, answer: Handler) -> None:
        app.router.add_route(method, path_prefix + path, answer)
        methods[path_prefix + path] = f"{method}, OPTIONS"

    async def other(request: web.Request) -> web.StreamResponse:
        return _answer_other(request, methods, metrics)

    route("POST", "/v1/beacon", collect.beacon)
    route("GET", "/v1/pixel.gif", collect.pixel)
    for path, page in {"/robots.txt": ROBOTS, **pages}.items():
        route("GET", path, page.answer)
    app.router.add_route("*", "/{path:.*}", other)
    app.on_response_prepare.append(_without_banner)
    return app


def _answer_other(request: web.Request, methods: Mapping[str, str], metrics: Metrics) -> web.StreamResponse:
    """OPTIONS, and what no route takes."""
    origin = request.headers.get("Origin", "")
    allowed = methods.get(request.path)
    if request.method == "OPTIONS":
        return answers.preflight(origin, allowed or "GET, POST, OPTIONS")
    reject = (
        Reject(RejectReason.METHOD, f"allowed here: {allowed}")
        if allowed
        else Reject(RejectReason.UNKNOWN_PATH, "nothing is served at this path")
    )
    metrics.rejected[reject.reason].inc()
    answer = answers.refused(reject, origin)
    if allowed:
        answer.headers["Allow"] = allowed
    return answer


async def _without_banner(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.pop("Server", None)
