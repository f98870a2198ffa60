"""A plain beacon is answered where it is parsed, and nobody can tell the difference."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.app import App
from tests.unit.gateway.beacons import BEACON, payload
from tests.unit.gateway.serving import Serving, serving, until
from tests.unit.gateway.wire import Wire, connected, request

ORIGIN = {"Origin": "https://shop.example.com"}
PLAIN = request("POST", BEACON, payload(), ORIGIN)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that went the ordinary way, of gateways made after this."""
    paths: list[str] = []
    ordinary = App.answer

    def answer(app: App, asked: object) -> object:
        paths.append(asked.raw_path)  # type: ignore[attr-defined]
        return ordinary(app, asked)  # type: ignore[arg-type]

    monkeypatch.setattr(App, "answer", answer)
    return paths


async def warmed(wire: Wire, asked: list[str]) -> None:
    """The first request may come before aiohttp's task has begun, and then goes the ordinary way."""
    wire.send(request("GET", "/robots.txt"))
    assert (await wire.reply()).status == 200
    assert asked == ["/robots.txt"]
    asked.clear()


async def test_a_plain_beacon_takes_the_shortcut(asked: list[str], gateway: Serving) -> None:
    async with connected(gateway.port) as wire:
        await warmed(wire, asked)
        for _ in range(3):
            wire.send(PLAIN)
            reply = await wire.reply()
            assert (reply.status, reply.headers["access-control-allow-origin"]) == (204, ORIGIN["Origin"])
    assert asked == []
    assert gateway.counted("received_total", channel="script", outcome="accepted") == 3
    assert gateway.counted("ack_seconds_count") == 3
    assert len(await gateway.arrived(3)) == 3


async def test_both_ways_answer_alike(asked: list[str], gateway: Serving) -> None:
    """The same beacon at once and, with a header that needs a second look, the ordinary way."""
    slow = request("POST", BEACON, payload(), {**ORIGIN, "Content-Encoding": "identity"})
    bad = request("POST", BEACON, b'{"property":"nobody","url":"https://a.example/"}', ORIGIN)
    slow_bad = bad.replace(b"\r\n\r\n", b"\r\nContent-Encoding: identity\r\n\r\n", 1)
    async with connected(gateway.port) as wire:
        await warmed(wire, asked)
        for at_once, ordinary in ((PLAIN, slow), (bad, slow_bad)):
            wire.send(at_once)
            one = await wire.reply()
            assert asked == []
            wire.send(ordinary)
            other = await wire.reply()
            assert asked == [BEACON]
            asked.clear()
            assert one._replace(headers={**one.headers, "date": ""}) == other._replace(
                headers={**other.headers, "date": ""}
            )
    one_beacon, other_beacon = await gateway.arrived(2)
    assert (one_beacon.payload, one_beacon.client_address) == (other_beacon.payload, other_beacon.client_address)


@pytest.mark.parametrize(
    "change",
    [
        lambda sent: sent.replace(b"/v1/beacon", b"/v1/beacon?x=1"),
        lambda sent: sent.replace(b"HTTP/1.1", b"HTTP/1.0"),
        lambda sent: sent.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1),
        lambda sent: sent.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n", 1),
        lambda sent: sent.replace(b"\r\n\r\n", b"\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n", 1),
        lambda sent: sent.replace(b"POST", b"PUT"),
    ],
)
async def test_what_is_not_plain_goes_the_ordinary_way(
    asked: list[str], gateway: Serving, change: Callable[[bytes], bytes]
) -> None:
    async with connected(gateway.port) as wire:
        await warmed(wire, asked)
        wire.send(change(PLAIN))
        await wire.reply()
    assert len(asked) == 1


async def test_pipelined_requests_of_both_kinds_are_answered_in_their_order(gateway: Serving) -> None:
    kinds = [PLAIN, request("GET", "/robots.txt"), request("POST", BEACON, b"{"), request("GET", "/nowhere")]
    sent = [kinds[number % 7 % 4] for number in range(300)]
    status = dict(zip(kinds, (204, 200, 400, 404), strict=True))
    async with connected(gateway.port) as wire:
        wire.send(b"".join(sent))
        assert [(await wire.reply()).status for _ in sent] == [status[one] for one in sent]


async def test_a_thousand_plain_beacons_in_one_piece_are_answered_though_the_parser_stops_in_between(
    asked: list[str], gateway: Serving
) -> None:
    async with connected(gateway.port) as wire:
        await warmed(wire, asked)
        wire.send(PLAIN * 1000)
        for _ in range(1000):
            assert (await wire.reply()).status == 204
    assert len(await gateway.arrived(1000)) == 1000


@pytest.mark.parametrize("wanted", ["websocket", "h2c"])
@pytest.mark.parametrize("before", [0, 1, 40])
async def test_who_wants_to_speak_something_else_is_answered_and_not_listened_to_any_more(
    gateway: Serving, wanted: str, before: int
) -> None:
    upgrade = request("GET", "/robots.txt", headers={"Upgrade": wanted, "Connection": "upgrade"})
    async with connected(gateway.port) as wire:
        wire.send(PLAIN * before + upgrade + PLAIN)
        assert [(await wire.reply()).status for _ in range(before + 1)] == [204] * before + [200]
        assert await wire.ended()


async def test_chunks_in_http_1_0_are_refused(gateway: Serving) -> None:
    sent = request("POST", BEACON, headers={"Transfer-Encoding": "chunked"}).replace(b"HTTP/1.1", b"HTTP/1.0")
    async with connected(gateway.port) as wire:
        wire.send(sent + b"2\r\n{}\r\n0\r\n\r\n")
        assert (await wire.reply()).reject == "bad_request"


@pytest.mark.parametrize("coding", ["", " ", "identity", "gzip, chunked"])
async def test_a_request_whose_end_is_in_doubt_is_refused_and_nothing_after_it_is_read(
    gateway: Serving, coding: str
) -> None:
    async with connected(gateway.port) as wire:
        doubtful = request("POST", BEACON, headers={"Transfer-Encoding": coding})
        wire.send(doubtful + PLAIN)
        assert (await wire.reply()).reject == "bad_request"
        assert await wire.ended()
    assert gateway.counted("received_total", channel="script", outcome="accepted") == 0


@pytest.mark.parametrize("cut", [1, 17, 60, len(PLAIN) - 40, len(PLAIN) - 1])
async def test_a_beacon_in_two_pieces_is_one_beacon(gateway: Serving, cut: int) -> None:
    async with connected(gateway.port) as wire:
        for piece in (PLAIN[:cut], PLAIN[cut:]):
            wire.send(piece)
            await asyncio.sleep(0.01)
        assert (await wire.reply()).status == 204
        wire.send(PLAIN)
        assert (await wire.reply()).status == 204
    assert len(await gateway.arrived(2)) == 2


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        ([PLAIN], [204]),
        ([request("GET", "/robots.txt")], [200]),
        ([PLAIN] * 40, [204] * 40),
        ([PLAIN, request("GET", "/nowhere"), PLAIN, PLAIN], [204, 404, 204, 204]),
        ([b"POST /v1/beacon HTTP/9.9\r\n\r\n"], [400]),
    ],
)
async def test_a_client_that_has_sent_its_last_still_gets_its_answers_and_then_the_end(
    gateway: Serving, sent: list[bytes], statuses: list[int]
) -> None:
    begun = time.monotonic()
    async with connected(gateway.port) as wire:
        wire.finish(b"".join(sent))
        assert [(await wire.reply()).status for _ in statuses] == statuses
        assert await wire.ended()
    assert time.monotonic() - begun < 4  # and not when the connection has been idle for long


async def test_while_leaving_every_answer_is_the_last_of_its_connection(tmp_path: Path) -> None:
    async with serving(tmp_path, shutdown_grace_seconds=0.3) as gateway, connected(gateway.port) as wire:
        wire.send(PLAIN)
        assert "connection" not in (await wire.reply()).headers
        stopping = asyncio.create_task(gateway.server.stop())
        await until(gateway.server.not_ready)
        async with connected(gateway.port) as other:
            for one in (wire, other):
                one.send(PLAIN)
                reply = await one.reply()
                assert (reply.status, reply.headers["connection"]) == (204, "close")
                assert await one.ended()
        await stopping
        assert len(gateway.queue.beacons) == 3


async def test_a_successor_lets_the_predecessor_finish_its_connections(tmp_path: Path) -> None:
    async with serving(tmp_path) as gateway, connected(gateway.port) as wire:
        wire.send(PLAIN)
        await wire.reply()
        stopping = asyncio.create_task(gateway.server.stop(is_succeeded=True))
        await until(gateway.server.not_ready)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", gateway.port)
        wire.send(PLAIN)
        reply = await wire.reply()
        assert (reply.status, reply.headers["connection"]) == (204, "close")
        await stopping


async def test_with_fsync_every_beacon_goes_the_ordinary_way(asked: list[str], tmp_path: Path) -> None:
    async with serving(tmp_path, acknowledge_after="fsync") as gateway, connected(gateway.port) as wire:
        await warmed(wire, asked)
        wire.send(PLAIN)
        assert (await wire.reply()).status == 204
    assert asked == [BEACON]
