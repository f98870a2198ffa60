import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from shared import beacon as beacons
from shared import block, config
from shared.beacon import Beacon, Channel, Headers
from shared.properties import DEMO
from shared.queues.embedded import EmbeddedQueue
from shared.seal import Keyring
from tests.measurements import CHROME, lookups
from workers.dead_letters import DeadLetters
from workers.lanes import Lanes
from workers.metrics import Metrics
from workers.worker import Worker


class Seen:
    """What the live page would show."""

    def __init__(self) -> None:
        self.records: list[bytes] = []
        self.drops: list[str] = []

    def record(self, property_id: str, record_json: bytes) -> None:
        self.records.append(record_json)

    def drop(self, property_id: str, reason: str, detail: str) -> None:
        self.drops.append(reason)


class Bench:
    """A worker on a real queue and a real directory."""

    def __init__(self, tmp_path: Path, clock_ahead: float = 0.0) -> None:
        self.path = tmp_path
        self.registry = CollectorRegistry()
        self.clock_ahead = clock_ahead
        self.queue = EmbeddedQueue(tmp_path / "queue.sqlite3", 60, now=lambda: time.time() + self.clock_ahead)
        self.seen = Seen()
        configured = config.Config(data=str(tmp_path))
        metrics = Metrics(self.registry)
        dead_letters = DeadLetters(f"file://{tmp_path}/dead")
        lanes = Lanes(lambda: {"demo": DEMO}, configured, self.queue, dead_letters, metrics)
        self.worker = Worker(configured, self.queue, lookups(), lanes, dead_letters, metrics, self.seen)

    def written(self) -> set[str]:
        return {path.stem for path in (self.path / "records").rglob("*.json")}

    def value(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(f"blockmetry_{name}", labels) or 0.0

    async def run_until_idle(self) -> None:
        running = asyncio.create_task(self.worker.run())
        for _ in range(200):
            await asyncio.sleep(0.02)
            depth = await self.queue.depth()
            if not depth.visible and not depth.in_flight:
                break
        self.worker.leave()
        await running
        await self.worker.drain()


@pytest.fixture
async def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    monkeypatch.setattr("workers.worker.RECEIVE_WAIT_SECONDS", 0.05)
    made = Bench(tmp_path)
    yield made
    await made.queue.close()


def packed(*numbers: int, user_agent: str = CHROME, keyring: Keyring = block.OPEN) -> str:
    encoded = [
        beacons.encode(
            Beacon(
                number.to_bytes(16, "big"),
                int(time.time() * 1000),
                Channel.SCRIPT,
                "demo",
                "203.0.113.77",
                Headers(user_agent=user_agent),
                b'{"property":"demo","url":"https://shop.example.com/a"}',
            )
        )
        for number in numbers
    ]
    (body,) = block.pack_beacons(encoded, 1 << 20, keyring)
    return body


async def test_records_are_written_before_the_delivery_is_acked_and_shown_after(bench: Bench) -> None:
    await bench.queue.send(packed(1, 2, 3))
    await bench.run_until_idle()
    assert bench.written() == {f"{number:032x}" for number in (1, 2, 3)}
    assert len(bench.seen.records) == 3
    assert bench.value("deliveries_total", outcome="acked") == 1
    assert bench.value("enriched_total") == 3
    assert bench.value("end_to_end_seconds_count") == 3


async def test_a_delivery_that_comes_twice_changes_nothing(bench: Bench) -> None:
    for _ in range(2):
        await bench.queue.send(packed(1, 2))
    await bench.run_until_idle()
    assert len(bench.written()) == 2
    assert bench.value("deliveries_total", outcome="acked") == 2


async def test_drops_are_counted_by_reason_and_shown(bench: Bench) -> None:
    await bench.queue.send(packed(1, 2, user_agent="curl/8.5.0"))
    await bench.run_until_idle()
    assert bench.written() == set()
    assert bench.value("dropped_total", reason="http_library") == 2
    assert bench.seen.drops == ["http_library", "http_library"]


@pytest.mark.parametrize("body", ["nonsense", "bm1.!!!", "bm9.AAAA", "bm1.AAAA"])
async def test_a_block_that_cannot_be_read_is_dead_after_three_attempts_and_costs_no_neighbour(
    bench: Bench, body: str
) -> None:
    await bench.queue.send(body)
    await bench.queue.send(packed(1))
    for _ in range(3):
        (await bench.run_until_idle())
        bench.worker._is_leaving = False  # the same worker, later
        bench.clock_ahead += 3600
    assert bench.written() == {f"{1:032x}"}
    depth = await bench.queue.depth()
    assert (depth.dead, depth.visible, depth.delayed, depth.in_flight) == (1, 0, 0, 0)
    assert bench.value("dead_letters_total", reason="undecodable") == 1


async def test_a_bug_in_a_step_costs_one_measurement_and_leaves_no_address(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.steps.clock.tell", lambda *_: 1 // 0)
    await bench.queue.send(packed(1, 2, 3))
    await bench.run_until_idle()
    (letter,) = (bench.path / "dead" / "reason=bug").rglob("*.json")
    assert len(json.loads(letter.read_text())["records"]) == bench.value("dead_letters_total", reason="bug") == 3
    assert "203.0.113.77" not in letter.read_text()
    assert (await bench.queue.depth()).in_flight == 0


async def test_a_delivery_whose_records_cannot_be_kept_anywhere_is_not_acked(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.lane.PATIENCE_SECONDS", 0.0)
    (bench.path / "records").write_text("a file where a directory should be")
    delivered = packed(1)
    await bench.queue.send(delivered)
    (delivery,) = await bench.queue.receive(1, 1)
    await bench.queue.close()
    await bench.worker._work(delivery)
    assert bench.value("deliveries_total", outcome="failed") == 1
    again = EmbeddedQueue(bench.path / "queue.sqlite3", 60, now=lambda: time.time() + 61)
    assert [d.body for d in await again.receive(10, 1)] == [delivered]
    await again.close()


async def test_a_worker_is_not_ready_before_its_first_receive_nor_after_it_was_told_to_leave(bench: Bench) -> None:
    assert bench.worker.not_ready() == "starting"
    await bench.run_until_idle()
    assert bench.worker.not_ready() == "shutting_down"
