from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse

from shared.health import admin_app
from shared.http import serve_app, url_of
from shared.metrics import BatchHistogram

reasons: list[str] = []


async def extra(_: web.Request) -> web.Response:
    return web.Response(text="extra")


@pytest.fixture
async def url() -> AsyncIterator[str]:
    reasons.clear()
    registry = CollectorRegistry()
    Counter("blockmetry_test", "A test", registry=registry).inc()
    BatchHistogram("blockmetry_ack_seconds", "Acks", (0.5, 1), registry).observe(0.7)
    app = admin_app(registry, lambda: "".join(reasons), [web.get("/extra", extra)])
    runner = await serve_app(app, "127.0.0.1", 0)
    yield url_of(runner)
    await runner.cleanup()


async def get(url: str, **headers: str) -> tuple[int, str, str]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, answer.headers["Content-Type"], await answer.text()


async def test_who_lives_says_so(url: str) -> None:
    status, _, body = await get(url + "live")
    assert (status, body) == (200, '{"live": true}')


async def test_ready_means_that_nothing_speaks_against_it(url: str) -> None:
    assert (await get(url + "ready"))[::2] == (200, '{"ready": true, "reason": ""}')
    reasons.append("shutting_down")
    assert (await get(url + "ready"))[::2] == (503, '{"ready": false, "reason": "shutting_down"}')
    assert (await get(url + "live"))[0] == 200


async def test_the_metrics_can_be_read_in_both_formats(url: str) -> None:
    status, kind, body = await get(url + "metrics")
    assert (status, kind.split(";")[0]) == (200, "text/plain")
    assert {family.name for family in parse(body)} >= {"blockmetry_test", "blockmetry_ack_seconds"}
    status, kind, body = await get(url + "metrics", Accept="application/openmetrics-text;version=1.0.0")
    assert (status, kind.split(";")[0]) == (200, "application/openmetrics-text")
    families = parse_openmetrics(body)
    assert {family.name for family in families} == {"blockmetry_test", "blockmetry_ack_seconds"}


async def test_its_owner_may_serve_more_there(url: str) -> None:
    assert (await get(url + "extra"))[2] == "extra"
    assert (await get(url + "nowhere"))[0] == 404
