"""Which path is answered by what, and what holds for every answer."""

import asyncio
import logging
from pathlib import Path

import pytest

from tests.unit.gateway.serving import Serving, serving
from tests.unit.gateway.wire import ask, connected, request

GOOD = b'{"property":"demo","url":"https://shop.example.com/"}'
ROUTES = ["/v1/beacon", "/v1/pixel.gif", "/v1/tag.js", "/robots.txt"]


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/beacon/", "/v2/beacon", "/v1/../robots.txt", "/favicon.ico?x=1"])
async def test_an_unknown_path_is_refused(gateway: Serving, path: str) -> None:
    reply = await ask(gateway.port, request("GET", path))
    assert (reply.status, reply.reject, reply.json["error"]) == (404, "unknown_path", "unknown_path")
    assert gateway.counted("rejected_total", reason="unknown_path") == 1


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/beacon", {"POST", "OPTIONS"}),
        ("PUT", "/v1/beacon", {"POST", "OPTIONS"}),
        ("POST", "/v1/pixel.gif?property=demo", {"GET", "OPTIONS"}),
        ("DELETE", "/v1/tag.js", {"GET", "HEAD", "OPTIONS"}),
        ("POST", "/robots.txt", {"GET", "HEAD", "OPTIONS"}),
    ],
)
async def test_a_method_that_is_not_served_is_refused_with_those_that_are(
    gateway: Serving, method: str, path: str, allowed: set[str]
) -> None:
    reply = await ask(gateway.port, request(method, path))
    assert (reply.status, reply.reject, reply.json["error"]) == (405, "method", "method")
    assert gateway.counted("rejected_total", reason="method") == 1
    assert allowed - {"OPTIONS"} <= set(reply.headers.get("allow", "").split(", ")) <= allowed


@pytest.mark.parametrize("path", [*ROUTES, "/anything"])
async def test_options_is_answered_everywhere(gateway: Serving, path: str) -> None:
    reply = await ask(gateway.port, request("OPTIONS", path))
    assert (reply.status, reply.body) == (204, b"")
    assert gateway.counted("rejected_total", reason="method") == 0


async def test_a_preflight_gives_the_page_leave_for_a_day(gateway: Serving) -> None:
    asked = {
        "Origin": "https://shop.example.com",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    reply = await ask(gateway.port, request("OPTIONS", "/v1/beacon", headers=asked))
    assert reply.status == 204
    assert reply.headers["access-control-allow-origin"] == "https://shop.example.com"
    assert reply.headers["access-control-allow-credentials"] == "true"
    assert "POST" in reply.headers["access-control-allow-methods"].split(", ")
    assert reply.headers["access-control-allow-headers"] == "Content-Type"
    assert reply.headers["access-control-max-age"] == "86400"
    assert "Origin" in reply.headers["vary"]


@pytest.mark.parametrize(
    "sent",
    [
        ("POST", "/v1/beacon", GOOD, 204),
        ("POST", "/v1/beacon", b"{", 400),
        ("GET", "/v1/pixel.gif?property=demo&url=https://a.example/", b"", 200),
        ("GET", "/v1/pixel.gif", b"", 400),
        ("GET", "/nowhere", b"", 404),
        ("PATCH", "/v1/beacon", b"", 405),
    ],
)
async def test_the_origin_is_reflected_with_credentials(gateway: Serving, sent: tuple[str, str, bytes, int]) -> None:
    method, path, body, status = sent
    reply = await ask(gateway.port, request(method, path, body, {"Origin": "https://shop.example.com"}))
    assert reply.status == status
    assert reply.headers["access-control-allow-origin"] == "https://shop.example.com"
    assert reply.headers["access-control-allow-credentials"] == "true"
    assert "Origin" in reply.headers["vary"]


async def test_two_origins_are_not_mixed_up(gateway: Serving) -> None:
    for origin in ("https://a.example", "https://b.example", "null", "https://a.example"):
        reply = await ask(gateway.port, request("POST", "/v1/beacon", GOOD, {"Origin": origin}))
        assert reply.headers["access-control-allow-origin"] == origin


async def test_who_is_no_browser_gets_no_cors_headers(gateway: Serving) -> None:
    reply = await ask(gateway.port, request("POST", "/v1/beacon", GOOD))
    assert set(reply.headers) == {"date"}


async def test_robots_are_kept_out(gateway: Serving) -> None:
    reply = await ask(gateway.port, request("GET", "/robots.txt"))
    assert (reply.status, reply.body) == (200, b"User-agent: *\nDisallow: /\n")
    assert reply.headers["content-type"].startswith("text/plain")


async def test_everything_is_below_the_path_prefix(tmp_path: Path) -> None:
    async with serving(tmp_path, path_prefix="/stats/x") as gateway:
        assert (await ask(gateway.port, request("POST", "/stats/x/v1/beacon", GOOD))).status == 204
        assert (await ask(gateway.port, request("GET", "/stats/x/v1/tag.js"))).status == 200
        assert (await ask(gateway.port, request("GET", "/stats/x/robots.txt"))).status == 200
        for path in ("/v1/beacon", "/stats/xv1/beacon", "/stats/v1/beacon"):
            assert (await ask(gateway.port, request("POST", path, GOOD))).reject == "unknown_path"


async def test_an_absolute_target_is_its_path_whatever_host_it_names(gateway: Serving) -> None:
    assert (await ask(gateway.port, request("POST", "http://elsewhere.example/v1/beacon", GOOD))).status == 204
    target = "https://elsewhere.example/v1/pixel.gif?property=demo&url=https://a.example/"
    assert (await ask(gateway.port, request("GET", target))).status == 200
    (_, pixel) = await gateway.arrived(2)
    assert pixel.payload == b'{"property":"demo","url":"https://a.example/"}'


async def test_a_connection_is_kept_for_the_next_request(gateway: Serving) -> None:
    async with connected(gateway.port) as wire:
        for _ in range(3):
            wire.send(request("POST", "/v1/beacon", GOOD))
            assert "connection" not in (await wire.reply()).headers
        wire.send(request("POST", "/v1/beacon", b"{"))
        assert (await wire.reply()).status == 400
        wire.send(request("GET", "/nowhere"))
        assert (await wire.reply()).status == 404
        assert gateway.counted("connections") == 1


async def test_pipelined_requests_are_answered_in_their_order(gateway: Serving) -> None:
    async with connected(gateway.port) as wire:
        first, second = GOOD, b"{"
        wire.send(request("POST", "/v1/beacon", first) + request("POST", "/v1/beacon", second) + request("GET", "/x"))
        assert [(await wire.reply()).status for _ in range(3)] == [204, 400, 404]


async def test_a_client_that_asks_for_it_gets_its_connection_closed(gateway: Serving) -> None:
    for sent in (
        request("POST", "/v1/beacon", GOOD, {"Connection": "close"}),
        request("GET", "/robots.txt", headers={"Connection": "close"}),
    ):
        async with connected(gateway.port) as wire:
            wire.send(sent)
            reply = await wire.reply()
            assert reply.status in (200, 204)
            assert reply.headers["connection"] == "close"
            assert await wire.ended()


@pytest.mark.parametrize("header", [b"", b"Connection: keep-alive\r\n"])
async def test_a_client_of_http_1_0_is_answered_and_its_connection_closed(gateway: Serving, header: bytes) -> None:
    async with connected(gateway.port) as wire:
        wire.send(b"POST /v1/beacon HTTP/1.0\r\n%sContent-Length: %d\r\n\r\n%s" % (header, len(GOOD), GOOD))
        reply = await wire.reply()
        assert (reply.status, reply.headers["connection"]) == (204, "close")
        assert await wire.ended()


async def test_a_connection_that_stays_idle_is_closed(tmp_path: Path) -> None:
    async with serving(tmp_path, keepalive_seconds=0.05) as gateway, connected(gateway.port) as wire:
        wire.send(request("POST", "/v1/beacon", GOOD))
        assert (await wire.reply()).status == 204
        assert await wire.ended()


async def test_head_has_the_headers_of_get_and_no_body(gateway: Serving) -> None:
    for path in ("/v1/tag.js", "/robots.txt"):
        whole = await ask(gateway.port, request("GET", path))
        async with connected(gateway.port) as wire:
            wire.send(request("HEAD", path) + request("GET", "/robots.txt"))
            head = await wire.reply("HEAD")
            assert (await wire.reply()).body.startswith(b"User-agent")
        assert {**head.headers, "date": ""} == {**whole.headers, "date": ""}
    assert (await ask(gateway.port, request("HEAD", "/nowhere"))).status == 404


HOST = b"Host: a\r\n"
MALFORMED = [
    b"\x00\x01\x02\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /" + b"a" * 17_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 17_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"".join(b"X-%d: a\r\n" % number for number in range(64)) + b"\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"X: a\x00b\r\n\r\n",
    b"GET /v1/pixel.gif?title=\xff HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET http://[::1/ HTTP/1.1\r\n" + HOST + b"\r\n",
    b"POST /v1/beacon HTTP/1.1\r\n" + HOST + b"Content-Length: many\r\n\r\n",
    b"POST /v1/beacon HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /v1/beacon HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
]


@pytest.mark.parametrize("sent", MALFORMED, ids=range(len(MALFORMED)))
async def test_what_is_no_http_is_refused_without_a_word_about_us(gateway: Serving, sent: bytes) -> None:
    reply = await ask(gateway.port, sent)
    assert 400 <= reply.status < 500
    assert "server" not in reply.headers
    assert b"aiohttp" not in reply.body


async def test_what_is_no_http_leaves_neither_address_nor_traceback_in_the_log(
    gateway: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    for sent in MALFORMED:
        await ask(gateway.port, sent)
    await asyncio.sleep(0.01)
    told = [line for line in caplog.records if line.levelno >= logging.INFO]
    assert not any("127.0.0.1" in line.getMessage() for line in told)
    assert not any(line.exc_info for line in told)


@pytest.mark.parametrize("path", [*ROUTES, "/nowhere"])
async def test_no_answer_says_what_software_this_is(gateway: Serving, path: str) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        reply = await ask(gateway.port, request(method, path))
        assert not {"server", "x-powered-by", "via"} & set(reply.headers)
        assert reply.version == "HTTP/1.1"
        assert reply.headers["date"].endswith(" GMT")


@pytest.mark.parametrize("sent", MALFORMED, ids=range(len(MALFORMED)))
async def test_one_bad_client_costs_the_others_nothing(gateway: Serving, sent: bytes) -> None:
    await ask(gateway.port, sent)
    assert (await ask(gateway.port, request("POST", "/v1/beacon", GOOD))).status == 204
