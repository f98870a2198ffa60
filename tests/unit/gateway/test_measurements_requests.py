"""The server channel's requests: keys, compression, limits, and what a whole batch waits for."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from gateway.measurements import LARGE_AT_ONCE
from shared.beacon import Channel
from tests.unit.gateway.beacons import BEACON, assert_explained, assert_refused, payload
from tests.unit.gateway.reports import KEY, KEYED, MEASUREMENTS, SHOPS_KEY, report, send, sent
from tests.unit.gateway.serving import Serving, serving, until
from tests.unit.gateway.wire import Reply, ask, connected, request


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Serving]:
    """With properties that have keys."""
    async with serving(tmp_path, KEYED) as one:
        yield one


def errors(reply: Reply) -> list[str]:
    return [result.get("error", "") for result in reply.json["results"]]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer bm_guessed"}, {"Authorization": "Basic Ym06"}])
async def test_without_a_key_nothing_is_taken_nor_read(gateway: Serving, headers: dict[str, str]) -> None:
    async with connected(gateway.port) as wire:  # a body that never comes is not waited for
        wire.send(request("POST", MEASUREMENTS, headers={"Content-Length": "1000000", **headers}))
        reply = await wire.reply()
    assert_refused(gateway, "server", reply, 401, "bad_key")
    assert_explained(reply, "bad_key")
    assert reply.headers["www-authenticate"] == "Bearer"


async def test_a_key_sends_for_its_own_properties_only(gateway: Serving) -> None:
    reply = await send(gateway.port, report(property="demo"), SHOPS_KEY)
    assert_refused(gateway, "server", reply, 403, "wrong_property")
    reply = await send(gateway.port, [report(property=name) for name in ("demo", "shop", "none")], SHOPS_KEY)
    assert (reply.status, errors(reply)) == (202, ["wrong_property", "", "unknown_property"])
    (beacon,) = await gateway.arrived(1)
    assert beacon.property == "shop"


async def test_a_new_key_counts_as_soon_as_the_properties_are_read_again(gateway: Serving) -> None:
    watched = gateway.server._properties
    watched.value = {"demo": KEYED["demo"]}
    assert (await send(gateway.port, report(), SHOPS_KEY)).status == 401
    watched.value = KEYED
    assert (await send(gateway.port, report(property="shop"), SHOPS_KEY)).status == 202


async def test_a_compressed_body_is_the_same_as_a_plain_one(gateway: Serving) -> None:
    body = gzip.compress(json.dumps([report(title="x" * 1500)] * 400).encode())
    assert len((await send(gateway.port, body, Content_Encoding="GZip")).json["results"]) == 400
    assert len(await gateway.arrived(400)) == 400


COMPRESSED = [
    (b'{"property":"demo"}', "gzip", 400, "bad_encoding"),
    (gzip.compress(b"{}", mtime=0)[:-1], "gzip", 400, "bad_encoding"),
    (gzip.compress(b"{}", mtime=0) + b"{}", "gzip", 400, "bad_encoding"),
    (gzip.compress(gzip.compress(b"{}", mtime=0), mtime=0), "gzip", 400, "bad_encoding"),
    (gzip.compress(bytes(8 << 20), mtime=0), "gzip", 413, "too_large"),
    (gzip.compress(b"[]", mtime=0), "gzip", 400, "bad_json"),
    (b"{}", "br", 415, "encoding"),
    (b"{}", "gzip, gzip", 415, "encoding"),
    (b"{}", "deflate", 415, "encoding"),
]


@pytest.mark.parametrize(("body", "encoding", "status", "reason"), COMPRESSED)
async def test_a_compressed_body_that_cannot_be_had_is_refused_whole(
    gateway: Serving, body: bytes, encoding: str, status: int, reason: str
) -> None:
    reply = await send(gateway.port, body, Content_Encoding=encoding)
    assert_refused(gateway, "server", reply, status, reason)


async def test_chunks_are_bounded_like_a_body_of_known_length(gateway: Serving) -> None:
    chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    async with connected(gateway.port) as wire:
        wire.send(
            request("POST", MEASUREMENTS, headers={"Authorization": f"Bearer {KEY}", "Transfer-Encoding": "chunked"})
        )
        wire.send(chunk * 17)
        assert (await wire.reply()).reject == "too_large"


async def test_a_body_that_does_not_come_is_given_up(tmp_path: Path) -> None:
    async with serving(tmp_path, KEYED, body_timeout_seconds=0.05) as gateway, connected(gateway.port) as wire:
        wire.send(sent(report())[:-5])
        assert_refused(gateway, "server", await wire.reply(), 408, "slow_body")
        wire.abort()


async def test_a_key_has_room_for_so_many_large_requests_at_once_and_costs_no_other_key_its_own(
    gateway: Serving,
) -> None:
    body = json.dumps([report(property="shop", title="x" * 1000)] * 70).encode()
    async with AsyncExitStack() as opened:
        slow = [await opened.enter_async_context(connected(gateway.port)) for _ in range(LARGE_AT_ONCE)]
        for wire in slow:
            wire.send(sent(body)[:-1])
        reply = await send(gateway.port, body)
        assert (reply.status, reply.reject, reply.headers["retry-after"]) == (429, "rate_limited", "1")
        assert (await send(gateway.port, report())).status == 202
        assert (await send(gateway.port, body, SHOPS_KEY)).status == 202
        for wire in slow:
            wire.send(b"]")
            assert (await wire.reply()).status == 202
    assert (await send(gateway.port, body)).status == 202


async def test_what_the_journal_has_no_room_for_is_refused_and_can_be_sent_again(tmp_path: Path) -> None:
    many = [report(id=f"{place}", title="x" * 500) for place in range(12)]
    async with serving(tmp_path, KEYED, journal_max_bytes=4_000) as gateway:
        gateway.queue.is_open.clear()
        first = await send(gateway.port, many)
        taken = errors(first).count("")
        assert (first.status, errors(first)) == (202, [""] * taken + ["journal_full"] * (12 - taken))
        assert 0 < taken < 12
        second = await send(gateway.port, many[taken:])
        assert (second.status, second.reject, second.headers["retry-after"]) == (503, "journal_full", "5")
        assert second.json["error"] == "journal_full"
        assert errors(second) == ["journal_full"] * (12 - taken)
        gateway.queue.is_open.set()
        await until(lambda: gateway.counted("journal_bytes") == 0)
        await send(gateway.port, many[taken : taken + 3])
        assert len({beacon.id for beacon in await gateway.arrived(taken + 3)}) == taken + 3


async def test_a_rate_is_kept_measurement_by_measurement_on_every_channel(gateway: Serving) -> None:
    reply = await send(gateway.port, [report(property="slow"), report(property="slow"), report()])
    assert (reply.status, errors(reply)) == (202, ["", "rate_limited", ""])
    for late in (sent(report(property="slow")), request("POST", BEACON, payload(property="slow"))):
        reply = await ask(gateway.port, late)
        assert (reply.status, reply.reject) == (429, "rate_limited")
        assert 8 <= int(reply.headers["retry-after"]) <= 10
    image = await ask(gateway.port, request("GET", "/v1/pixel.gif?property=slow&url=https://a.example/"))
    assert (image.status, image.headers["content-type"]) == (429, "image/gif")
    assert gateway.counted("rejected_total", reason="rate_limited") == 4


async def test_a_request_of_which_nothing_was_taken_is_answered_what_may_pass_where_anything_may(
    gateway: Serving,
) -> None:
    await send(gateway.port, report(property="slow"))
    reply = await send(gateway.port, [report(url="nowhere"), report(property="slow"), report(property="none")])
    assert (reply.status, reply.reject, reply.json["error"]) == (429, "rate_limited", "rate_limited")
    assert errors(reply) == ["bad_url", "rate_limited", "unknown_property"]


@pytest.mark.parametrize("acknowledge_after", ["fsync", "queue"])
async def test_a_batch_waits_once_for_all_of_it(tmp_path: Path, acknowledge_after: str) -> None:
    async with serving(tmp_path, KEYED, acknowledge_after=acknowledge_after) as gateway:
        reply = await send(gateway.port, [report(id=f"{place}") for place in range(300)])
        assert (reply.status, errors(reply)) == (202, [""] * 300)
        if acknowledge_after == "queue":
            assert len(gateway.queue.beacons) == 300
            assert gateway.queue.asked < 10


async def test_a_batch_that_the_queue_does_not_confirm_is_refused_whole(tmp_path: Path) -> None:
    async with serving(tmp_path, KEYED, acknowledge_after="queue", queue_timeout_seconds=0.05) as gateway:
        gateway.queue.is_open.clear()
        reply = await send(gateway.port, [report(url="nowhere"), report(), report()])
        assert (reply.status, reply.reject) == (503, "queue_unavailable")
        assert errors(reply) == ["bad_url", "queue_unavailable", "queue_unavailable"]
        assert gateway.counted("received_total", channel="server", outcome="accepted") == 0


async def test_others_have_their_turn_while_a_batch_is_taken_in(gateway: Serving) -> None:
    async with connected(gateway.port) as batch, connected(gateway.port) as visitor:
        batch.send(sent([report()] * 500))
        while not gateway.counted("journal_bytes"):
            await asyncio.sleep(0)  # one turn of the loop, which is theirs too
        visitor.send(request("POST", BEACON, payload(id="visitor")))
        assert (await visitor.reply()).status == 204
        assert (await batch.reply()).status == 202
        channels = [beacon.channel for beacon in await gateway.arrived(501)]
    assert 0 < channels.index(Channel.SCRIPT) < 500


async def test_a_gateway_that_leaves_takes_nothing_more(tmp_path: Path) -> None:
    async with serving(tmp_path, KEYED) as gateway:
        gateway.server._intake.is_closing = True
        reply = await send(gateway.port, [report(), report()])
        assert (reply.status, errors(reply)) == (503, ["shutting_down"] * 2)


async def test_methods_and_preflights_are_those_of_the_path(gateway: Serving) -> None:
    assert (await ask(gateway.port, request("GET", MEASUREMENTS))).headers["allow"] == "POST, OPTIONS"
    preflight = await ask(gateway.port, request("OPTIONS", MEASUREMENTS, headers={"Origin": "https://a.example"}))
    assert "uthorization" not in preflight.headers["access-control-allow-headers"]  # keys do not belong into pages
