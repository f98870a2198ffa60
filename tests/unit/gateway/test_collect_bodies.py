"""Bodies: large, slow, in chunks, compressed, broken off."""

import asyncio
import logging
from pathlib import Path

import pytest

from tests.unit.gateway.beacons import BEACON, assert_explained, assert_refused, payload
from tests.unit.gateway.serving import Serving, serving, until
from tests.unit.gateway.wire import ask, connected, request

CHUNKED = {"Transfer-Encoding": "chunked"}


async def test_the_body_may_have_exactly_the_limit(gateway: Serving) -> None:
    most = payload(title="x" * (65_536 - len(payload(title=""))))
    assert len(most) == 65_536
    assert (await ask(gateway.port, request("POST", BEACON, most))).status == 204
    assert (await ask(gateway.port, request("POST", BEACON, most + b" "))).reject == "too_large"


def chunks(body: bytes, size: int) -> bytes:
    parts = [body[place : place + size] for place in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


async def test_a_chunked_body_is_taken(gateway: Serving) -> None:
    async with connected(gateway.port) as wire:
        wire.send(request("POST", BEACON, headers=CHUNKED) + chunks(payload(title="in parts"), 7))
        assert (await wire.reply()).status == 204
    (beacon,) = await gateway.arrived(1)
    assert beacon.payload == payload(title="in parts")


@pytest.mark.parametrize("size", [1_000, 65_536, 200_000])
async def test_a_chunked_body_over_the_limit_is_refused(gateway: Serving, size: int) -> None:
    async with connected(gateway.port) as wire:
        wire.send(request("POST", BEACON, headers=CHUNKED) + chunks(payload(title="x" * 150_000), size))
        assert_refused(gateway, "script", await wire.reply(), 413, "too_large")


async def test_a_chunked_body_that_breaks_off_into_nonsense_is_refused(tmp_path: Path) -> None:
    async with serving(tmp_path, body_timeout_seconds=0.1) as gateway, connected(gateway.port) as wire:
        wire.send(request("POST", BEACON, headers=CHUNKED) + b"5\r\n{    \r\n")
        await asyncio.sleep(0.02)
        wire.send(b"nonsense\r\n")
        reply = await wire.reply()
        assert (reply.status, reply.reject) in ((400, "bad_encoding"), (408, "slow_body"))
        assert await wire.ended()


async def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_sent(gateway: Serving) -> None:
    async with connected(gateway.port) as wire:
        wire.send(request("POST", BEACON, headers={"Content-Length": "65537"}))
        assert_refused(gateway, "script", await wire.reply(), 413, "too_large")
        assert await wire.ended()


async def test_a_slow_body_is_refused_in_time_and_its_connection_closed(tmp_path: Path) -> None:
    async with serving(tmp_path, body_timeout_seconds=0.05) as gateway, connected(gateway.port) as wire:
        wire.send(request("POST", BEACON, headers={"Content-Length": "100"}) + b"{")
        reply = await wire.reply()
        assert_refused(gateway, "script", reply, 408, "slow_body")
        assert_explained(reply, "slow_body")
        assert await wire.ended()


async def test_a_body_that_comes_in_pieces_within_its_time_is_taken(gateway: Serving) -> None:
    async with connected(gateway.port) as wire:
        whole = request("POST", BEACON, payload())
        for place in range(0, len(whole), 40):
            wire.send(whole[place : place + 40])
            await asyncio.sleep(0.002)
        assert (await wire.reply()).status == 204
    assert len(await gateway.arrived(1)) == 1


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "GZIP", "identity, gzip"])
async def test_a_compressed_beacon_is_refused(gateway: Serving, encoding: str) -> None:
    reply = await ask(gateway.port, request("POST", BEACON, payload(), {"Content-Encoding": encoding}))
    assert_refused(gateway, "script", reply, 415, "encoding")
    assert_explained(reply, "encoding")


async def test_identity_is_no_compression(gateway: Serving) -> None:
    assert (await ask(gateway.port, request("POST", BEACON, payload(), {"Content-Encoding": "Identity"}))).status == 204


async def test_a_client_that_asks_before_it_sends_its_body_is_told_to_go_on(gateway: Serving) -> None:
    body = payload()
    asking = {"Expect": "100-Continue", "Content-Length": str(len(body))}
    async with connected(gateway.port) as wire:
        wire.send(request("POST", BEACON, headers=asking))
        told = await wire.reply("HEAD")
        assert (told.status, told.headers) == (100, {})
        wire.send(body)
        assert (await wire.reply()).status == 204
        wire.send(request("POST", BEACON, body, asking))
        assert (await wire.reply()).status == 204, "who did not wait need not be told"
        wire.send(request("POST", BEACON, headers={**asking, "Content-Length": "65537"}))
        assert (await wire.reply()).reject == "too_large"


@pytest.mark.parametrize("expect", ["nonsense", "", "200-ok"])
async def test_who_expects_something_else_is_served_as_anybody(gateway: Serving, expect: str) -> None:
    assert (await ask(gateway.port, request("POST", BEACON, payload(), {"Expect": expect}))).status == 204


async def test_a_visitor_who_leaves_in_the_middle_of_a_body_is_no_error(
    gateway: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(gateway.port) as wire:
        wire.send(request("POST", BEACON, headers={"Content-Length": "100"}) + b"{")
        await until(lambda: gateway.counted("connections") == 1)
        await asyncio.sleep(0.02)
        wire.abort()
        await until(lambda: gateway.counted("connections") == 0)
        await asyncio.sleep(0.02)
    assert [line for line in caplog.records if line.levelno >= logging.WARNING] == []
