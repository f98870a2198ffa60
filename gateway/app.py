"""The public port: which path is answered by what."""

import time
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from gateway import answers
from gateway.answers import Answer
from gateway.collect import Collect
from gateway.metrics import Metrics
from gateway.pages import Page
from gateway.reject import Reject, RejectReason

Respond = Callable[[web.BaseRequest], Awaitable[Answer]]

ROBOTS = Page(b"User-agent: *\nDisallow: /\n", "text/plain", max_age_seconds=86_400)


class App:
    """Answers every request; a handful of fixed paths needs no router."""

    def __init__(
        self,
        collect: Collect,
        pages: Mapping[str, Page],
        metrics: Metrics,
        path_prefix: str = "",
        now: Callable[[], float] = time.time,
    ) -> None:
        """`pages` by their path, without the prefix."""
        self._metrics = metrics
        self._now = now
        self._routes: dict[str, dict[str, Respond]] = {
            path_prefix + "/v1/beacon": {"POST": collect.beacon},
            path_prefix + "/v1/pixel.gif": {"GET": collect.pixel},
        }
        for path, page in {"/robots.txt": ROBOTS, **pages}.items():
            self._routes[path_prefix + path] = {"GET": page.answer, "HEAD": page.answer}

    def answer(self, request: web.BaseRequest) -> Awaitable[Answer]:
        """What `aiohttp.web.Server` calls."""
        handlers = self._routes.get(request.raw_path) or self._routes.get(request.path, {})
        handler = handlers.get(request.method)
        return handler(request) if handler else self._answer_other(request, handlers)

    async def _answer_other(self, request: web.BaseRequest, handlers: Mapping[str, Respond]) -> Answer:
        now = self._now()
        if request.method == "OPTIONS":
            return answers.preflight(request, now, ", ".join([*(handlers or ("GET", "POST")), "OPTIONS"]))
        methods = ", ".join([*handlers, "OPTIONS"]) if handlers else ""
        reject = (
            Reject(RejectReason.METHOD, f"allowed here: {methods}")
            if handlers
            else Reject(RejectReason.UNKNOWN_PATH, "nothing is served at this path")
        )
        self._metrics.rejected.counts[reject.reason,] += 1
        return answers.refused(request, now, reject, methods)
