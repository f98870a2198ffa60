"""The public port: which path is answered by what."""

import re
import time
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from gateway import answers
from gateway.amp_config import AmpConfigs
from gateway.answers import Answer
from gateway.collect import Collect
from gateway.metrics import Metrics
from gateway.pages import Page
from gateway.reject import Reject, RejectReason

Respond = Callable[[web.BaseRequest], Awaitable[Answer]]

AMP_CONFIG = "/v1/amp/{property}.json"
ROBOTS = Page(b"User-agent: *\nDisallow: /\n", "text/plain", max_age_seconds=86_400)


class App:
    """Answers every request; a handful of fixed paths needs no router."""

    def __init__(
        self,
        collect: Collect,
        pages: Mapping[str, Page],
        amp_configs: AmpConfigs,
        metrics: Metrics,
        path_prefix: str = "",
        now: Callable[[], float] = time.time,
    ) -> None:
        """`pages` by their path, without the prefix."""
        self._amp_configs = amp_configs
        self._metrics = metrics
        self._now = now
        self._amp_config = path_prefix + AMP_CONFIG
        self._is_amp_config = re.compile(re.escape(path_prefix) + r"/v1/amp/[^/]+\.json").fullmatch
        self._routes: dict[str, dict[str, Respond]] = {
            path_prefix + "/v1/beacon": {"POST": collect.beacon},
            path_prefix + "/v1/pixel.gif": {"GET": collect.pixel},
            path_prefix + "/v1/amp": {"GET": collect.amp_image, "POST": collect.amp},
            self._amp_config: {"GET": self._answer_amp_config, "HEAD": self._answer_amp_config},
            path_prefix + "/v1/measurements": {"POST": collect.measurements},
        }
        for path, page in {"/robots.txt": ROBOTS, **pages}.items():
            self._routes[path_prefix + path] = {"GET": page.answer, "HEAD": page.answer}

    def answer(self, request: web.BaseRequest) -> Awaitable[Answer]:
        """What `aiohttp.web.Server` calls."""
        handlers = self._routes.get(request.raw_path) or self._handlers(request.path)
        handler = handlers.get(request.method)
        return handler(request) if handler else self._answer_other(request, handlers)

    def _handlers(self, path: str) -> Mapping[str, Respond]:
        return self._routes.get(self._amp_config if self._is_amp_config(path) else path, {})

    async def _answer_amp_config(self, request: web.BaseRequest) -> Answer:
        now = self._now()
        property_id = request.path.rpartition("/")[2].removesuffix(".json")
        found = self._amp_configs.of(property_id, request.headers.getall("Host", ()))
        if isinstance(found, Reject):
            return self._refuse(request, now, found)
        return answers.document(request, now, found, self._amp_configs.cache_control)

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
        return self._refuse(request, now, reject, methods)

    def _refuse(self, request: web.BaseRequest, now: float, reject: Reject, methods: str = "") -> Answer:
        self._metrics.rejected.counts[reject.reason,] += 1
        return answers.refused(request, now, reject, methods)
