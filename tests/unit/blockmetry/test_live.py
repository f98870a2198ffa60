"""The live page's stream: everything is counted, not everything is shown, and nobody waits for a reader."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from prometheus_client import CollectorRegistry

from blockmetry.live import FRAMES_PER_HEARTBEAT, PARTS, READERS_LIMIT, ROWS_PER_FRAME, Feed, Live, event
from blockmetry.recent import KEPT, Recent
from shared.health import admin_app
from shared.http import serve_app, url_of

GATEWAY = "http://127.0.0.1:8080/"


def live_page(counters: Mapping[str, float] | None = None) -> Live:
    return Live(lambda: counters or {}, lambda: GATEWAY, now=lambda: 1_800_000_000.0)


def events(frames: bytes) -> list[tuple[str, Any]]:
    """What a browser makes of them."""
    found = []
    for block in frames.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "event" in lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


def rows_of(frames: bytes) -> list[dict[str, Any]]:
    return [row for name, content in events(frames) if name == "rows" for row in content["rows"]]


@asynccontextmanager
async def serving(live: Live) -> AsyncIterator[str]:
    """Where the admin port is, stopped at the end."""
    app = admin_app(CollectorRegistry(), lambda: "", live.routes())
    app.on_shutdown.append(live.close)
    runner = await serve_app(app, "127.0.0.1", 0)
    try:
        yield url_of(runner)
    finally:
        await runner.cleanup()


async def read_until(response: aiohttp.ClientResponse, text: bytes) -> bytes:
    """The stream so far, once `text` is in it."""
    read = b""
    async with asyncio.timeout(5):
        while text not in read:
            read += await response.content.readany()
    return read


async def test_a_reader_gets_what_was_before_and_what_comes() -> None:
    live = live_page({"received": 2.0})
    live.record("shop", b'{"PropertyType":"web"}')
    async with serving(live) as url, aiohttp.ClientSession() as session, session.get(url + "events") as response:
        assert response.content_type == "text/event-stream"
        first = await read_until(response, b'"received"')
        live.drop("shop", "bot", "known bot")
        then = await read_until(response, b"known bot")
    (hello,) = [content for name, content in events(first) if name == "hello"]
    assert hello["gateway_url"] == GATEWAY
    assert hello["drops"]["bot"]
    assert rows_of(first) == [
        {"number": 1, "at_ms": 1_800_000_000_000, "property": "shop", "record": {"PropertyType": "web"}}
    ]
    assert rows_of(then)[0]["reason"] == "bot"
    assert ("counters", {"received": 2.0}) in events(first)


async def test_a_server_with_readers_stops_at_once() -> None:
    live = live_page()
    async with serving(live) as url:
        session = aiohttp.ClientSession()
        responses = [await session.get(url + "events") for _ in range(3)]
        begun = time.monotonic()
    assert time.monotonic() - begun < 1
    for response in responses:
        response.close()
    await session.close()


async def test_a_reader_that_does_not_read_costs_nothing_and_does_not_hold_up_the_end() -> None:
    live = live_page()
    async with serving(live) as url:
        port = int(url.rsplit(":", 1)[1].strip("/"))
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
        writer.write(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
        body = b'{"Title":"%b"}' % (b"x" * 200_000)
        for _ in range(12):
            for _ in range(ROWS_PER_FRAME):
                live.record("shop", body)
            await asyncio.sleep(0.11)
        async with aiohttp.ClientSession() as session, session.get(url + "live") as answer:
            assert answer.status == 200
        begun = time.monotonic()
    assert time.monotonic() - begun < 1
    writer.close()


async def test_there_are_only_so_many_readers() -> None:
    live = live_page()
    async with serving(live) as url, aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        responses = [await session.get(url + "events") for _ in range(READERS_LIMIT)]
        async with session.get(url + "events") as refused:
            assert refused.status == 503
        for response in responses:
            response.close()


async def test_places_are_free_again_when_readers_have_gone() -> None:
    async with serving(live_page()) as url, aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        for _ in range(2):
            responses = [await session.get(url + "events") for _ in range(READERS_LIMIT)]
            assert {response.status for response in responses} == {200}
            for response in responses:
                response.close()
            await asyncio.sleep(0.4)


@pytest.mark.parametrize("path", ["", *PARTS])
async def test_every_file_comes_with_a_strict_policy(path: str) -> None:
    async with serving(live_page()) as url, aiohttp.ClientSession() as session, session.get(url + path) as answer:
        assert answer.status == 200
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_page_asks_for_nothing_that_is_not_served() -> None:
    async with serving(live_page()) as url, aiohttp.ClientSession() as session:
        async with session.get(url) as answer:
            links = set(re.findall(r' (?:src|href)="(?!data:)([^"]*)"', await answer.text()))
        assert {"live.css", "live.js"} <= links
        for link in links:
            async with session.get(url + link) as answer:
                assert answer.status == 200


def test_a_flood_is_counted_in_full_and_shown_in_part() -> None:
    recent = Recent()
    feed = Feed(recent, dict)
    feed.catch_up()
    for _ in range(500):
        recent.record(0, "shop", b"{}")
    ((_, content),) = [found for found in events(feed.next()) if found[0] == "rows"]
    assert [row["number"] for row in content["rows"]] == list(range(500 - ROWS_PER_FRAME + 1, 501))
    assert content["unshown"] == 500 - ROWS_PER_FRAME
    assert content["totals"] == [{"property": "shop", "reason": "", "count": 500}]


def test_five_thousand_hits_a_second_cost_the_pipeline_little() -> None:
    live = live_page()
    body = b'{"Title":"%b"}' % (b"x" * 2_000)
    begun = time.process_time()
    for _ in range(5_000):
        live.record("shop", body)
    assert time.process_time() - begun < 0.1


def test_a_new_reader_gets_what_is_kept_and_misses_nothing() -> None:
    recent = Recent()
    for _ in range(KEPT + 50):
        recent.record(0, "shop", b"{}")
    feed = Feed(recent, dict)
    ((_, content),) = events(feed.catch_up())
    assert len(content["rows"]) == KEPT
    assert content["unshown"] == 0
    assert rows_of(feed.next()) == []


def test_figures_are_sent_once_a_second_and_only_when_they_changed() -> None:
    figures = {"received": 1.0}
    feed = Feed(Recent(), lambda: figures)
    assert [events(feed.next()) for _ in range(30)].count([("counters", {"received": 1.0})]) == 1
    figures["received"] = 2.0
    assert [frame for frame in (events(feed.next()) for _ in range(30)) if frame] == [[("counters", {"received": 2.0})]]


def test_a_quiet_stream_has_a_heartbeat() -> None:
    feed = Feed(Recent(), dict)
    frames = [feed.next() for _ in range(2 * FRAMES_PER_HEARTBEAT + 2)]
    assert frames.count(b":\n\n") == 2


def test_a_line_break_in_a_record_does_not_end_the_event() -> None:
    frame = event("rows", json.loads('{"a": "line\\nbreak"}'))
    assert events(frame) == [("rows", {"a": "line\nbreak"})]
    recent = Recent()
    recent.record(0, "shop", b'{\r\n  "Title": "two\\nlines"\n}')
    assert rows_of(Feed(recent, dict).catch_up())[0]["record"] == {"Title": "two\nlines"}
