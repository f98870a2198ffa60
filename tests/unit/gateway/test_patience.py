"""Who is slow is closed in time, who is not is left alone, and a crowd shuts nobody out who has something to say."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path

import pytest

from gateway import patience
from tests.unit.gateway.beacons import BEACON, payload
from tests.unit.gateway.serving import Serving, serving, until
from tests.unit.gateway.wire import Wire, connected, request

PLAIN = request("POST", BEACON, payload())
TIMEOUT_SECONDS = 0.3


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.front.LOOK_EVERY_SECONDS", 0.02)


async def ended_after(wire: Wire) -> float:
    begun = time.monotonic()
    with suppress(ConnectionError):
        assert await wire.ended()
    return time.monotonic() - begun


CHUNKED = request("POST", BEACON, headers={"Transfer-Encoding": "chunked"}) + b"%x\r\n%b\r\n0\r\n\r\n" % (
    len(payload()),
    payload(),
)


@pytest.mark.parametrize(
    "pieces",
    [
        [PLAIN + b"POST /v1/be"],
        [PLAIN * 40 + b"P"],
        [b"\r\n" + PLAIN + b"\r\n" + PLAIN + b"POST /v1/beacon HTTP/1.1\r\n"],
        [CHUNKED + b"GET"],
        [PLAIN[:30], PLAIN[30:] + b"GET"],
        [PLAIN[: PLAIN.index(b"\r\n\r\n") + 2], PLAIN[PLAIN.index(b"\r\n\r\n") + 2 :] + b"GET"],
        [PLAIN[:-5], PLAIN[-5:] + b"GET"],
        [PLAIN[:-5], PLAIN[-5:] + PLAIN + b"GET"],
    ],
)
async def test_a_head_that_begins_behind_another_request_is_not_waited_for_either(
    tmp_path: Path, pieces: list[bytes]
) -> None:
    async with serving(tmp_path, head_timeout_seconds=TIMEOUT_SECONDS) as gateway, connected(gateway.port) as wire:
        for piece in pieces:
            wire.send(piece)
            await asyncio.sleep(0.03)
        for _ in range(b"".join(pieces).count(payload())):
            assert (await wire.reply()).status == 204
        assert await ended_after(wire) < 4
        assert gateway.counted("connections_closed_total", reason="slow") == 1


@pytest.mark.parametrize(
    "pieces", [[PLAIN], [PLAIN * 40], [CHUNKED], [PLAIN[:30], PLAIN[30:]], [PLAIN[:-5], PLAIN[-5:]]]
)
async def test_who_has_sent_whole_requests_is_idle_and_not_slow(tmp_path: Path, pieces: list[bytes]) -> None:
    async with serving(tmp_path, head_timeout_seconds=0.1) as gateway, connected(gateway.port) as wire:
        for piece in pieces:
            wire.send(piece)
            await asyncio.sleep(0.03)
        await asyncio.sleep(0.4)
        assert gateway.counted("connections") == 1


async def test_who_connects_and_leaves_without_a_word_is_gone_at_once(tmp_path: Path) -> None:
    async with serving(tmp_path) as gateway:
        for _ in range(20):
            _, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
            writer.close()
        await asyncio.sleep(0.05)
        await until(lambda: gateway.counted("connections") == 0)
        assert gateway.counted("connections_closed_total", reason="slow") == 0


@pytest.mark.parametrize("sent", [b"", b"P", b"POST /v1/beacon HTTP/1.1\r\nHost: a", PLAIN + b"GET"])
async def test_a_head_that_does_not_come_is_not_waited_for(tmp_path: Path, sent: bytes) -> None:
    async with serving(tmp_path, head_timeout_seconds=TIMEOUT_SECONDS) as gateway, connected(gateway.port) as wire:
        wire.send(sent)
        if sent.startswith(PLAIN):
            await wire.reply()
            await asyncio.sleep(0.05)
            wire.send(b" ")
        assert TIMEOUT_SECONDS * 0.5 < await ended_after(wire) < 4
        assert gateway.counted("connections_closed_total", reason="slow") == 1


async def test_a_head_in_single_bytes_buys_no_time(tmp_path: Path) -> None:
    async with serving(tmp_path, head_timeout_seconds=TIMEOUT_SECONDS) as gateway, connected(gateway.port) as wire:
        begun = time.monotonic()
        ended = asyncio.create_task(ended_after(wire))
        for byte in PLAIN[:100]:
            if ended.done():
                break
            wire.send(bytes([byte]))
            await asyncio.sleep(0.05)
        await ended
        assert time.monotonic() - begun < 4
        assert gateway.counted("connections_closed_total", reason="slow") == 1


async def test_an_idle_connection_that_has_asked_something_is_not_slow(tmp_path: Path) -> None:
    async with serving(tmp_path, head_timeout_seconds=0.1) as gateway, connected(gateway.port) as wire:
        for _ in range(2):
            wire.send(PLAIN)
            assert (await wire.reply()).status == 204
            await asyncio.sleep(0.4)
        assert gateway.counted("connections_closed_total", reason="slow") == 0


async def test_a_crowd_lets_those_go_first_that_have_asked_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.connection.FRESH_SECONDS", 0.0)
    async with serving(tmp_path, max_connections=16) as gateway, connected(gateway.port) as good:
        good.send(PLAIN)
        assert (await good.reply()).status == 204
        silent = [await asyncio.open_connection("127.0.0.1", gateway.port) for _ in range(40)]
        async with connected(gateway.port) as newcomer:
            for wire in (newcomer, good):
                wire.send(PLAIN)
                assert (await wire.reply()).status == 204
        assert gateway.counted("connections") <= 17
        assert gateway.counted("connections_closed_total", reason="crowded") >= 25
        for _, writer in silent:
            writer.close()


@pytest.mark.parametrize("sent", [PLAIN, PLAIN[:-10], PLAIN + PLAIN[:-10]], ids=["idle", "in the body", "asked before"])
async def test_a_crowd_that_has_asked_something_shuts_no_newcomer_out(tmp_path: Path, sent: bytes) -> None:
    async with serving(tmp_path, max_connections=16) as gateway:
        crowd = [await asyncio.open_connection("127.0.0.1", gateway.port) for _ in range(16)]
        for _, writer in crowd:
            writer.write(sent)
        await asyncio.sleep(0.05)
        for _ in range(10):
            async with connected(gateway.port) as newcomer:
                await asyncio.sleep(0.01)
                newcomer.send(PLAIN)
                assert (await newcomer.reply()).status == 204
        for _, writer in crowd:
            writer.close()


async def test_many_are_looked_at_in_slices_so_that_others_get_their_turn(
    gateway: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "SLICE", 1)
    async with connected(gateway.port) as one, connected(gateway.port) as other:
        for wire in (one, other):
            wire.send(PLAIN)
            assert (await wire.reply()).status == 204
        await asyncio.sleep(0.1)
        one.send(PLAIN)
        assert (await one.reply()).status == 204
