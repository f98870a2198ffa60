"""The requests that carry measurements, over real sockets: what is taken, and what is told when it cannot be."""

import errno
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from gateway.amp_config import AmpConfigs
from gateway.answers import PIXEL
from gateway.app import App
from gateway.books import Books
from gateway.collect import Collect
from gateway.front import Front
from gateway.intake import Intake
from gateway.journal import Journal
from gateway.metrics import Metrics
from gateway.rates import Rates
from gateway.shipped import Shipped
from gateway.sync import JournalSync
from shared.beacon import Channel, Headers
from shared.config import Gateway
from shared.watch import Watched
from tests.running import address
from tests.unit.gateway.beacons import BEACON, GOOD, assert_explained, payload, pixel_of
from tests.unit.gateway.serving import PROPERTIES, Serving, serving, until
from tests.unit.gateway.wire import ask, request


@asynccontextmanager
async def collecting(directory: Path) -> AsyncIterator[tuple[Intake, int, CollectorRegistry]]:
    """Only the public port and the journal: nothing ships, nothing shuts down by itself."""
    registry = CollectorRegistry()
    metrics, journal = Metrics(registry), Journal(directory, 1 << 20)
    rates = Rates(Watched([], lambda: PROPERTIES))
    intake = Intake(Gateway(), rates, journal, JournalSync(journal), Shipped(), Books(metrics), metrics)
    collect = Collect(Gateway(), Watched([], lambda: PROPERTIES), intake, lambda: bytes(16))
    amp_configs = AmpConfigs(Gateway(), Watched([], lambda: PROPERTIES))
    front = Front(Gateway(port=0), App(collect, {}, amp_configs, metrics).answer, metrics)
    url = await front.listen()
    try:
        yield intake, address(url)[1], registry
    finally:
        await front.close()
        journal.close()


async def test_an_accepted_beacon_is_answered_204_and_arrives_as_it_was_sent(gateway: Serving) -> None:
    body = payload(id="0f" * 16, title="Schuhe für Ärzte", unlisted=[1])
    sent = {
        "User-Agent": "Browser/1",
        "Accept-Language": "de",
        "DNT": "1",
        "Sec-GPC": "1",
        "Sec-Purpose": "prefetch",
        "Sec-CH-UA": '"Browser";v="1"',
        "Sec-CH-UA-Mobile": "?0",
        "Sec-CH-UA-Platform": '"Linux"',
        "Sec-CH-UA-Platform-Version": '"6.8.0"',
        "Sec-CH-UA-Model": '"Pixel"',
        "Sec-CH-UA-Form-Factors": '"Mobile"',
        "X-Requested-With": "com.example.app",
        "Cookie": "never=kept",
    }
    reply = await ask(gateway.port, request("POST", BEACON, body, sent))
    assert (reply.status, reply.phrase, reply.body) == (204, "No Content", b"")
    (beacon,) = await gateway.arrived(1)
    assert (beacon.id.hex(), beacon.channel, beacon.property) == ("0f" * 16, Channel.SCRIPT, "demo")
    assert (beacon.payload, beacon.client_address) == (body, "127.0.0.1")
    low = ('"Browser";v="1"', "?0", '"Linux"')
    handed_on = ('"6.8.0"', '"Pixel"', '"Mobile"', "com.example.app")
    assert beacon.headers == Headers("Browser/1", "de", "1", "1", "prefetch", *low, *handed_on)
    assert gateway.counted("received_total", channel="script", outcome="accepted") == 1
    assert gateway.counted("ack_seconds_count") == 1


@pytest.mark.parametrize("kind", ["text/plain;charset=UTF-8", "application/json", "application/x-www-form-urlencoded"])
async def test_the_content_type_of_a_beacon_does_not_matter(gateway: Serving, kind: str) -> None:
    assert (await ask(gateway.port, request("POST", BEACON, payload(), {"Content-Type": kind}))).status == 204


async def test_an_accepted_pixel_is_a_gif_that_nobody_keeps(gateway: Serving) -> None:
    reply = await ask(gateway.port, pixel_of(title="A title"))
    assert (reply.status, reply.body) == (200, PIXEL)
    assert (reply.headers["content-type"], reply.headers["cache-control"]) == ("image/gif", "no-store")
    (beacon,) = await gateway.arrived(1)
    assert beacon.channel == Channel.PIXEL
    assert json.loads(beacon.payload) == {**GOOD, "title": "A title"}


async def test_a_pixel_without_url_measures_the_page_that_shows_it(gateway: Serving) -> None:
    sent = {"Referer": "https://shop.example.com/page"}
    assert (await ask(gateway.port, request("GET", "/v1/pixel.gif?property=demo", headers=sent))).status == 200
    (beacon,) = await gateway.arrived(1)
    assert json.loads(beacon.payload)["url"] == "https://shop.example.com/page"


async def test_the_older_purpose_header_counts_where_there_is_no_newer(gateway: Serving) -> None:
    await ask(gateway.port, request("POST", BEACON, payload(), {"Purpose": "prefetch"}))
    (beacon,) = await gateway.arrived(1)
    assert beacon.headers.purpose == "prefetch"


async def test_headers_that_are_not_utf8_are_taken_with_their_bad_bytes_replaced(gateway: Serving) -> None:
    sent = {"User-Agent": "Br\xffwser", "Accept-Language": "\xc3\xa4", "Origin": "https://\xff.example"}
    reply = await ask(gateway.port, request("POST", BEACON, payload(), sent))
    assert reply.status == 204
    assert reply.headers["access-control-allow-origin"].encode("utf-8", "surrogateescape") == b"https://\xff.example"
    (beacon,) = await gateway.arrived(1)
    assert beacon.headers == Headers("Br?wser", "ä")


async def test_a_full_journal_refuses_until_the_queue_has_taken_what_waits(tmp_path: Path) -> None:
    async with serving(tmp_path, journal_max_bytes=4_000) as gateway:
        gateway.queue.is_open.clear()
        replies = [await ask(gateway.port, request("POST", BEACON, payload(title="x" * 500))) for _ in range(12)]
        accepted = sum(reply.status == 204 for reply in replies)
        assert 0 < accepted < 12
        last = replies[-1]
        assert (last.status, last.reject, last.headers["retry-after"]) == (503, "journal_full", "5")
        assert_explained(last, "journal_full")
        assert (await ask(gateway.port, pixel_of(title="x" * 500))).body == PIXEL
        assert gateway.counted("rejected_total", reason="journal_full") == 12 - accepted + 1
        gateway.queue.is_open.set()
        await gateway.arrived(accepted)
        await until(lambda: gateway.counted("journal_bytes") == 0)
        assert (await ask(gateway.port, request("POST", BEACON, payload()))).status == 204


async def test_a_full_journal_is_not_ready(tmp_path: Path) -> None:
    async with serving(tmp_path, journal_max_bytes=4_000) as gateway:
        gateway.queue.is_open.clear()
        while (await ask(gateway.port, request("POST", BEACON, payload(title="x" * 500)))).status == 204:
            assert gateway.server.not_ready() == ""
        assert gateway.server.not_ready() == "journal_full"


async def test_a_disk_that_fails_refuses_and_the_next_beacon_finds_it_working(
    gateway: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "pwrite", full)
        reply = await ask(gateway.port, request("POST", BEACON, payload()))
        image = await ask(gateway.port, pixel_of())
    assert (reply.status, reply.reject, reply.headers["retry-after"]) == (503, "journal_failed", "5")
    assert reply.json == {"error": "journal_failed", "detail": "No space left on device"}
    assert (image.status, image.reject, image.headers["retry-after"]) == (503, "journal_failed", "5")
    assert image.body == PIXEL
    assert gateway.counted("rejected_total", reason="journal_failed") == 2
    assert (await ask(gateway.port, request("POST", BEACON, payload(title="after")))).status == 204
    (beacon,) = await gateway.arrived(1)
    assert beacon.payload == payload(title="after")


async def test_while_it_shuts_down_a_beacon_is_refused_so_that_the_client_can_go_elsewhere(tmp_path: Path) -> None:
    async with collecting(tmp_path) as (intake, port, registry):
        assert (await ask(port, request("POST", BEACON, payload()))).status == 204
        intake.is_closing = True
        reply, image = await ask(port, request("POST", BEACON, payload())), await ask(port, pixel_of())
    assert (reply.status, reply.reject, reply.headers["retry-after"]) == (503, "shutting_down", "5")
    assert_explained(reply, "shutting_down")
    assert (image.status, image.reject, image.headers["retry-after"]) == (503, "shutting_down", "5")
    assert image.body == PIXEL
    assert registry.get_sample_value("blockmetry_rejected_total", {"reason": "shutting_down"}) == 2


async def test_with_fsync_a_beacon_is_acknowledged_once_the_disk_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    async with serving(tmp_path, acknowledge_after="fsync") as gateway:
        assert (await ask(gateway.port, request("POST", BEACON, payload()))).status == 204
        assert synced
        assert (await ask(gateway.port, pixel_of())).status == 200


async def test_with_fsync_a_disk_that_fails_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    async with serving(tmp_path, acknowledge_after="fsync") as gateway:
        with monkeypatch.context() as failing:
            failing.setattr(os, "fsync", broken)
            reply = await ask(gateway.port, request("POST", BEACON, payload()))
            assert (reply.status, reply.reject) == (503, "journal_failed")
            assert gateway.server.not_ready() == "journal_failed"
            assert (await ask(gateway.port, pixel_of())).reject == "journal_failed"
        await until(lambda: gateway.server.not_ready() == "")
        assert (await ask(gateway.port, request("POST", BEACON, payload()))).status == 204


async def test_a_forwarded_address_counts_only_behind_a_trusted_proxy(tmp_path: Path) -> None:
    sent = request("POST", BEACON, payload(), {"X-Forwarded-For": "192.0.2.66, 203.0.113.9"})
    async with serving(tmp_path / "open") as gateway:
        await ask(gateway.port, sent)
        assert [beacon.client_address for beacon in await gateway.arrived(1)] == ["127.0.0.1"]
    async with serving(tmp_path / "behind", trusted_proxies=["127.0.0.0/8"]) as gateway:
        await ask(gateway.port, sent)
        assert [beacon.client_address for beacon in await gateway.arrived(1)] == ["203.0.113.9"]
