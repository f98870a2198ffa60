import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from shared import block, config
from shared.block import RecordBlock
from shared.errors import WriteFailed
from shared.properties import ObjectsSink, Property
from shared.queues.embedded import EmbeddedQueue
from shared.record import FinishedRecord
from workers import lanes
from workers.dead_letters import DeadLetters
from workers.lanes import Lane, Lanes, hand_back_seconds, sink_name
from workers.metrics import Metrics

DAY_MS = 86_400_000


class Store:
    """A store of a customer's, with its moods: each call takes the next failure."""

    kind = "objects"

    def __init__(self, *failures: WriteFailed | None) -> None:
        self.failures = list(failures)
        self.written: list[str] = []
        self.is_closed = False

    async def write(self, records: Sequence[FinishedRecord]) -> None:
        failure = self.failures.pop(0) if self.failures else None
        failed = {*failure.retryable, *failure.permanent} if failure else set()
        self.written += [record.id for record in records if record.id not in failed]
        if failure:
            raise failure

    async def close(self) -> None:
        self.is_closed = True


def record(name: str) -> FinishedRecord:
    return FinishedRecord(name, 1_764_000_000_000, 1_764_000_000_000, b'{"RecordID":"' + name.encode() + b'"}')


RECORDS = [record("a"), record("b"), record("c")]


@pytest.fixture
async def queue(tmp_path: Path) -> AsyncIterator[EmbeddedQueue]:
    opened = EmbeddedQueue(tmp_path / "queue.sqlite3", 60)
    yield opened
    await opened.close()


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


def lane(store: Store, queue: EmbeddedQueue, tmp_path: Path, registry: CollectorRegistry) -> Lane:
    buried = DeadLetters(f"file://{tmp_path}/dead")
    return Lane("demo", "objects-1", store, queue, buried, Metrics(registry), give_up_after_seconds=14 * 86_400)


def buried(tmp_path: Path) -> dict[str, str]:
    letters = [json.loads(path.read_text()) for path in (tmp_path / "dead").rglob("*.json")]
    return {letter["id"]: letter["reason"] for letter in letters}


async def test_a_passing_failure_is_tried_again_with_what_is_left_only(
    tmp_path: Path, queue: EmbeddedQueue, registry: CollectorRegistry
) -> None:
    store = Store(WriteFailed({"b": "unavailable"}, {}))
    await lane(store, queue, tmp_path, registry).write(RECORDS)
    assert store.written == ["a", "c", "b"]
    assert registry.get_sample_value("blockmetry_delivered_total", {"property": "demo", "sink": "objects"}) == 3
    assert (await queue.depth()).delayed == 0


async def test_a_permanent_failure_is_buried_with_its_reason_and_the_others_are_written(
    tmp_path: Path, queue: EmbeddedQueue, registry: CollectorRegistry
) -> None:
    store = Store(WriteFailed({}, {"a": "access_denied"}))
    await lane(store, queue, tmp_path, registry).write(RECORDS)
    assert store.written == ["b", "c"]
    assert buried(tmp_path) == {"a": "access_denied"}
    assert registry.get_sample_value("blockmetry_dead_letters_total", {"reason": "access_denied"}) == 1


async def test_a_lasting_failure_is_handed_back_to_the_queue_with_a_delay(
    tmp_path: Path, queue: EmbeddedQueue, registry: CollectorRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "PATIENCE_SECONDS", 0.0)
    later = EmbeddedQueue(tmp_path / "queue.sqlite3", 60, now=lambda: __import__("time").time() + 16)
    failed = WriteFailed({"b": "unavailable", "c": "unavailable"}, {})
    await lane(Store(failed), queue, tmp_path, registry).write(RECORDS)
    assert (await queue.depth()).delayed == 1
    assert await queue.receive(1, 0) == []
    (delivery,) = await later.receive(1, 0)
    unpacked = block.unpack(delivery.body)
    assert isinstance(unpacked, RecordBlock)
    assert (unpacked.property, unpacked.sink, unpacked.attempt) == ("demo", "objects-1", 1)
    assert unpacked.records == RECORDS[1:]
    assert registry.get_sample_value("blockmetry_handed_back_total") == 2
    await later.close()


async def test_after_two_weeks_of_failure_it_gives_up_and_buries(
    tmp_path: Path, queue: EmbeddedQueue, registry: CollectorRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(lanes, "_now_ms", lambda: 20 * DAY_MS)
    failed = WriteFailed({"a": "unavailable"}, {})
    await lane(Store(failed), queue, tmp_path, registry).write(RECORDS, attempt=99, first_failed_at_ms=5 * DAY_MS)
    assert buried(tmp_path) == {"a": "gave_up"}
    assert (await queue.depth()).delayed == 0


def test_the_delay_grows_from_15_seconds_to_15_minutes() -> None:
    assert [hand_back_seconds(attempt) for attempt in (1, 2, 3, 6, 7, 100_000)] == [15, 30, 60, 480, 900, 900]


def test_a_lane_keeps_its_name_wherever_its_sink_stands_in_the_file() -> None:
    assert sink_name(ObjectsSink(url="file:///a")) == sink_name(ObjectsSink(url="file:///a"))
    assert sink_name(ObjectsSink(url="file:///a")) != sink_name(ObjectsSink(url="file:///b"))


def all_lanes(tmp_path: Path, queue: EmbeddedQueue, registry: CollectorRegistry, *known: Property) -> Lanes:
    configured = config.Config(data=str(tmp_path))
    properties = {entry.id: entry for entry in known}
    return Lanes(lambda: properties, configured, queue, DeadLetters(f"file://{tmp_path}/dead"), Metrics(registry))


async def test_every_sink_of_a_property_gets_its_records_and_no_other_property_s(
    tmp_path: Path, queue: EmbeddedQueue, registry: CollectorRegistry
) -> None:
    sinks = [ObjectsSink(url=f"file://{tmp_path}/one"), ObjectsSink(url=f"file://{tmp_path}/two")]
    opened = all_lanes(tmp_path, queue, registry, Property(id="shop", sink=sinks), Property(id="blog"))
    await opened.deliver({"shop": [record("a")], "blog": [record("b")]})
    await opened.close()
    names = {root: {p.stem for p in (tmp_path / root).rglob("*.json")} for root in ("one", "two", "records")}
    assert names == {"one": {"a"}, "two": {"a"}, "records": {"b"}}


async def test_a_property_that_cannot_be_written_does_not_keep_others_from_being_written(
    tmp_path: Path, queue: EmbeddedQueue, registry: CollectorRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "PATIENCE_SECONDS", 0.0)
    (tmp_path / "wall").write_text("a file where a directory should be")
    broken = Property(id="broken", sink=[ObjectsSink(url=f"file://{tmp_path}/wall/records")])
    opened = all_lanes(tmp_path, queue, registry, broken, Property(id="fine"))
    await opened.deliver({"broken": [record("a")], "fine": [record("b")]})
    await opened.close()
    assert {path.stem for path in (tmp_path / "records").rglob("*.json")} == {"b"}
    assert (await queue.depth()).delayed == 1


async def test_records_of_a_property_that_went_away_meanwhile_are_buried_and_counted(
    tmp_path: Path, queue: EmbeddedQueue, registry: CollectorRegistry
) -> None:
    opened = all_lanes(tmp_path, queue, registry, Property(id="shop"))
    await opened.deliver({"gone": [record("a")], "shop": [record("b")]})
    assert buried(tmp_path) == {"a": "no_such_lane"}
    assert registry.get_sample_value("blockmetry_dead_letters_total", {"reason": "no_such_lane"}) == 1


async def test_what_was_handed_back_by_a_lane_that_is_gone_is_buried(
    tmp_path: Path, queue: EmbeddedQueue, registry: CollectorRegistry
) -> None:
    opened = all_lanes(tmp_path, queue, registry, Property(id="shop"))
    await opened.resume(RecordBlock("shop", "objects-gone", 3, 0, [record("a")]))
    await opened.resume(RecordBlock("gone", "objects-gone", 3, 0, [record("b")]))
    assert buried(tmp_path) == {"a": "no_such_lane", "b": "no_such_lane"}
