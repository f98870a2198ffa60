import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from shared import config
from shared.block import RecordBlock
from shared.properties import Property
from shared.queues.embedded import EmbeddedQueue
from shared.record import FinishedRecord
from shared.sinks import ObjectsSink, name_of
from tests.letters import buried
from workers import lane
from workers.dead_letters import DeadLetters
from workers.lanes import Lanes
from workers.metrics import Metrics


def record(name: str) -> FinishedRecord:
    return FinishedRecord(name, 1_764_000_000_000, 1_764_000_000_000, b'{"RecordID":"' + name.encode() + b'"}')


class House:
    """Lanes whose properties can change."""

    def __init__(self, directory: Path, *known: Property) -> None:
        self.directory = directory
        self.registry = CollectorRegistry()
        self.queue = EmbeddedQueue(directory / "queue.sqlite3", 60)
        self.known = known
        dead_letters = DeadLetters(f"file://{directory}/dead")
        configured = config.Config(data=str(directory))
        self.lanes = Lanes(
            lambda: {entry.id: entry for entry in self.known},
            configured,
            self.queue,
            dead_letters,
            Metrics(self.registry),
        )

    def written(self, root: str) -> set[str]:
        return {path.stem for path in (self.directory / root).rglob("*.json")}

    def buried(self) -> dict[str, str]:
        return buried(self.directory / "dead")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path, Property(id="shop"), Property(id="blog"))
    yield made
    await made.lanes.close()
    await made.queue.close()


def sink(house: House, name: str, **settings: str) -> ObjectsSink:
    return ObjectsSink(url=f"file://{house.directory}/{name}", **settings)  # type: ignore[arg-type]


async def test_every_sink_of_a_property_gets_its_records_and_no_other_property_s(house: House) -> None:
    house.known = Property(id="shop", sink=[sink(house, "one"), sink(house, "two")]), Property(id="blog")
    await house.lanes.deliver({"shop": [record("a")], "blog": [record("b")]}, "b10c")
    assert [house.written(root) for root in ("one", "two", "records")] == [{"a"}, {"a"}, {"b"}]


async def test_a_property_that_cannot_be_written_does_not_keep_others_from_being_written(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "PATIENCE_SECONDS", 0.0)
    (house.directory / "wall").write_text("a file where a directory should be")
    house.known = Property(id="broken", sink=[sink(house, "wall/records")]), Property(id="fine")
    await house.lanes.deliver({"broken": [record("a")], "fine": [record("b")]}, "b10c")
    assert house.written("records") == {"b"}
    assert (await house.queue.depth()).delayed == 1


async def test_records_of_a_property_that_went_away_meanwhile_are_buried_and_counted(house: House) -> None:
    await house.lanes.deliver({"gone": [record("a")], "shop": [record("b")]}, "b10c")
    assert house.buried() == {"a": "no_such_lane"}
    assert house.registry.get_sample_value("blockmetry_dead_letters_total", {"reason": "no_such_lane"}) == 1


async def test_what_was_handed_back_by_a_lane_that_is_gone_is_buried(house: House) -> None:
    await house.lanes.resume(RecordBlock("shop", "objects-gone", 3, 0, [record("a")]))
    await house.lanes.resume(RecordBlock("gone", "objects-gone", 3, 0, [record("b")]))
    assert house.buried() == {"a": "no_such_lane", "b": "no_such_lane"}


async def test_what_was_handed_back_goes_to_its_own_lane_only(house: House) -> None:
    one, two = sink(house, "one"), sink(house, "two")
    house.known = (Property(id="shop", sink=[one, two]),)
    await house.lanes.resume(RecordBlock("shop", name_of(two), 3, 0, [record("a")]))
    assert [house.written(root) for root in ("one", "two")] == [set(), {"a"}]


async def test_a_sink_whose_settings_are_changed_in_the_file_has_them_at_once(house: House) -> None:
    house.known = (Property(id="shop", sink=[sink(house, "one")]),)
    await house.lanes.deliver({"shop": [record("a")]}, "b10c")
    house.known = (Property(id="shop", sink=[sink(house, "one", layout="block", compression="gzip")]),)
    await house.lanes.deliver({"shop": [record("b")]}, "b10c")
    assert house.written("one") == {"a"}
    assert len(list((house.directory / "one").rglob("*.ndjson.gz"))) == 1


async def test_a_lane_that_is_configured_no_more_is_closed_and_forgotten(house: House) -> None:
    house.known = Property(id="shop"), Property(id="blog")
    await house.lanes.deliver({"shop": [record("a")], "blog": [record("b")]}, "b10c")
    house.known = (Property(id="blog"),)
    await house.lanes.deliver({"blog": [record("c")]}, "b10d")
    assert [property_id for property_id, _ in house.lanes._lanes] == ["blog"]
    lanes = [sample.labels["property"] for sample in next(iter(house.lanes._metrics.breaker_open.collect())).samples]
    assert lanes == ["blog"]


async def test_what_was_buried_without_a_lane_knows_its_block(house: House) -> None:
    """It may be written already, in one object, by a worker that was killed before its ack."""
    await house.lanes.deliver({"gone": [record("a")]}, "b10c")
    (letter,) = (house.directory / "dead").rglob("*.json")
    assert json.loads(letter.read_bytes())["block_id"] == "b10c"
