"""The gateway as a whole: starting, shipping, leaving."""

import asyncio
import json
import socket
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from tests.unit.gateway.serving import MemoryQueue, Serving, server_of, serving, until
from tests.unit.gateway.wire import ask, connected, request

GOOD = b'{"property":"demo","url":"https://shop.example.com/"}'


def numbered(number: int) -> bytes:
    return json.dumps({"property": "demo", "url": "https://a.example/", "id": f"{number:032x}"}).encode()


def names(directory: Path, pattern: str = "journal/*/*") -> set[str]:
    return {path.name for path in directory.glob(pattern)}


async def test_everything_acknowledged_reaches_the_queue_in_its_order(gateway: Serving) -> None:
    async with connected(gateway.port) as wire:
        for number in range(200):
            wire.send(request("POST", "/v1/beacon", numbered(number)))
            assert (await wire.reply()).status == 204
    beacons = await gateway.arrived(200)
    assert [int(beacon.id.hex(), 16) for beacon in beacons] == list(range(200))
    await until(lambda: gateway.counted("journal_bytes") == 0)
    assert gateway.counted("block_beacons_count") == len(gateway.queue.bodies)


async def test_beacons_without_an_id_are_hits_of_their_own(gateway: Serving) -> None:
    for _ in range(3):
        await ask(gateway.port, request("POST", "/v1/beacon", GOOD))
    assert len({beacon.id for beacon in await gateway.arrived(3)}) == 3


async def test_stopping_ships_what_was_acknowledged(tmp_path: Path) -> None:
    async with serving(tmp_path, block_max_age_seconds=0.2) as gateway:
        for number in range(20):
            assert (await ask(gateway.port, request("POST", "/v1/beacon", numbered(number)))).status == 204
        queue = gateway.queue
    assert len(queue.beacons) == 20
    assert names(tmp_path) == {"lock", "position"}


async def test_what_cannot_be_shipped_in_time_stays_for_the_next_start(tmp_path: Path) -> None:
    blocked, registry = MemoryQueue(), CollectorRegistry()
    blocked.is_open.clear()
    server = server_of(tmp_path, blocked, registry, drain_seconds=0.05)
    url = await server.start()
    for number in range(5):
        port = int(url.rstrip("/").rpartition(":")[2])
        assert (await ask(port, request("POST", "/v1/beacon", numbered(number)))).status == 204
    await until(lambda: blocked.asked)
    await server.stop()
    assert blocked.beacons == []
    async with serving(tmp_path) as gateway:
        await gateway.arrived(5)


async def test_it_keeps_serving_while_not_ready_for_the_grace_period(tmp_path: Path) -> None:
    queue, registry = MemoryQueue(), CollectorRegistry()
    server = server_of(tmp_path, queue, registry, shutdown_grace_seconds=0.2)
    port = int((await server.start()).rstrip("/").rpartition(":")[2])
    assert server.not_ready() == ""
    stopping = asyncio.create_task(server.stop())
    await asyncio.sleep(0.01)
    assert server.not_ready() == "shutting_down"
    assert (await ask(port, request("POST", "/v1/beacon", GOOD))).status == 204
    await stopping
    assert len(queue.beacons) == 1
    with pytest.raises(ConnectionRefusedError):
        await ask(port, request("POST", "/v1/beacon", GOOD))


async def test_a_body_on_its_way_when_it_stops_is_taken_or_refused_but_not_called_slow(tmp_path: Path) -> None:
    queue, registry = MemoryQueue(), CollectorRegistry()
    server = server_of(tmp_path, queue, registry, body_timeout_seconds=0.3)
    port = int((await server.start()).rstrip("/").rpartition(":")[2])
    async with connected(port) as wire:
        wire.send(request("POST", "/v1/beacon", headers={"Content-Length": str(len(GOOD))}))
        await until(lambda: registry.get_sample_value("blockmetry_connections") == 1)
        await asyncio.sleep(0.02)
        stopping = asyncio.create_task(server.stop())
        await asyncio.sleep(0.02)
        wire.send(GOOD)
        reply = await wire.reply()
        await stopping
    assert (reply.status, reply.reject) in ((204, ""), (503, "shutting_down"))
    assert len(queue.beacons) == (reply.status == 204)


async def test_a_port_that_is_taken_is_an_error_and_the_journal_is_free_again(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = server_of(tmp_path, MemoryQueue(), CollectorRegistry(), port=taken.getsockname()[1])
        with pytest.raises(OSError, match="address already in use"):
            await server.start()
        await server.stop()
    async with serving(tmp_path) as gateway:
        assert (await ask(gateway.port, request("POST", "/v1/beacon", GOOD))).status == 204


async def test_two_gateways_of_one_machine_have_a_journal_each(tmp_path: Path) -> None:
    async with serving(tmp_path) as one, serving(tmp_path) as other:
        for gateway in (one, other):
            assert (await ask(gateway.port, request("POST", "/v1/beacon", GOOD))).status == 204
            await gateway.arrived(1)
        assert {"000", "001"} <= names(tmp_path, "journal/*")


async def test_the_metrics_are_there_from_the_start_with_every_label(gateway: Serving) -> None:
    families = {family.name for family in text_string_to_metric_families(generate_latest(gateway.registry).decode())}
    assert {"blockmetry_received", "blockmetry_rejected", "blockmetry_ack_seconds"} <= families
    assert gateway.registry.get_sample_value("blockmetry_rejected_total", {"reason": "journal_full"}) == 0
    assert (
        gateway.registry.get_sample_value("blockmetry_received_total", {"channel": "pixel", "outcome": "accepted"}) == 0
    )


async def test_the_oldest_beacon_in_the_journal_has_an_age(gateway: Serving) -> None:
    assert gateway.counted("journal_oldest_seconds") == 0
    gateway.queue.is_open.clear()
    await ask(gateway.port, request("POST", "/v1/beacon", GOOD))
    await asyncio.sleep(0.05)
    assert 0.04 < gateway.counted("journal_oldest_seconds") < 5
    assert gateway.counted("journal_bytes") > len(GOOD)
