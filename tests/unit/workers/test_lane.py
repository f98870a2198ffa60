import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from shared import block
from shared.block import RecordBlock
from shared.errors import WriteFailed
from shared.queues.embedded import EmbeddedQueue
from shared.record import FinishedRecord
from shared.seal import SEALED, Keyring, new_key
from tests.letters import buried
from workers import breaker, lane
from workers.dead_letters import DeadLetters
from workers.lane import Lane, Surroundings
from workers.leftover import Patience
from workers.metrics import Metrics

PATIENCE = Patience(give_up_after_seconds=14 * 86_400, permanent_after_seconds=300)
UNAVAILABLE = WriteFailed(dict.fromkeys("abc", "unavailable"), {})
DENIED = WriteFailed({}, dict.fromkeys("abc", "access_denied"))


class Store:
    """A store of a customer's, with its moods: each call takes the next failure, and the last one stays."""

    kind = "objects"

    def __init__(self, *failures: WriteFailed | None) -> None:
        self.failures = list(failures)
        self.written: list[str] = []
        self.block_ids: list[str] = []

    async def write(self, records: Sequence[FinishedRecord], block_id: str) -> None:
        self.block_ids.append(block_id)
        failure = self.failures.pop(0) if len(self.failures) > 1 else next(iter(self.failures), None)
        failed = {*failure.retryable, *failure.permanent} if failure else set()
        self.written += [record.id for record in records if record.id not in failed]
        if failure:
            raise failure

    async def close(self) -> None:
        return


RECORDS = [
    FinishedRecord(name, 1_764_000_000_000, 1_764_000_000_000, b'{"RecordID":"' + name.encode() + b'"}')
    for name in "abc"
]


class Place:
    """A lane with everything around it that is real."""

    def __init__(
        self,
        directory: Path,
        store: Store,
        keyring: Keyring = block.OPEN,
        shares_objects: bool = True,
        is_alone: bool = True,
    ) -> None:
        self.directory = directory
        self.store = store
        self.registry = CollectorRegistry()
        self.ahead = 0.0
        self.queue = EmbeddedQueue(directory / "queue.sqlite3", 60, now=self.now)
        dead_letters = DeadLetters(f"file://{directory}/dead")
        around = Surroundings(
            self.queue, keyring, dead_letters, Metrics(self.registry), PATIENCE, lambda: is_alone, self.now
        )
        self.lane = Lane("demo", "objects-1", store, around, shares_objects)

    def now(self) -> float:
        return time.time() + self.ahead

    async def write(self, given: RecordBlock | None = None) -> None:
        await self.lane.write(given or RecordBlock("demo", "objects-1", 0, 0, RECORDS, "b10c"))

    async def handed_back(self, keyring: Keyring = block.OPEN) -> list[RecordBlock]:
        """Taken from the queue, whenever they were to come."""
        self.ahead += 3600
        deliveries = await self.queue.receive(100, 0)
        await self.queue.ack(deliveries)
        self.ahead -= 3600
        unpacked = [block.unpack(delivery.body, keyring) for delivery in deliveries]
        return [one for one in unpacked if isinstance(one, RecordBlock)]

    def buried(self) -> dict[str, str]:
        return buried(self.directory / "dead")

    def value(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(f"blockmetry_{name}", labels) or 0.0


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
async def place(tmp_path: Path, store: Store) -> AsyncIterator[Place]:
    made = Place(tmp_path, store)
    yield made
    await made.queue.close()


@pytest.fixture(autouse=True)
def _no_company(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane, "TOGETHER_SECONDS", 0.05)


@pytest.fixture
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane, "PATIENCE_SECONDS", 0.0)


@pytest.fixture
def _opens_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """And stays open: on a busy machine a test may take longer than the first pause."""
    monkeypatch.setattr(breaker, "OPEN_AFTER_SECONDS", 0.0)
    monkeypatch.setattr(breaker, "FIRST_PAUSE_SECONDS", 3600.0)
    monkeypatch.setattr(breaker, "LONGEST_PAUSE_SECONDS", 3600.0)


async def test_a_passing_failure_is_tried_again_with_what_is_left_only(place: Place, store: Store) -> None:
    store.failures = [WriteFailed({"b": "unavailable"}, {}), None]
    await place.write()
    assert store.written == ["a", "c", "b"]
    assert store.block_ids == ["b10c", "b10c"]
    assert place.value("delivered_total", property="demo", sink="objects") == 3
    assert await place.handed_back() == []


@pytest.mark.usefixtures("_no_patience")
async def test_a_lasting_failure_is_handed_back_with_a_delay_for_its_own_lane(place: Place, store: Store) -> None:
    store.failures = [WriteFailed({"b": "unavailable", "c": "unavailable"}, {})]
    await place.write()
    assert (await place.queue.depth()).delayed == 1
    (later,) = await place.handed_back()
    assert (later.property, later.sink, later.attempt, later.block_id) == ("demo", "objects-1", 1, "b10c")
    assert later.records == RECORDS[1:]
    assert place.value("handed_back_total") == 2


async def test_a_refusal_is_buried_only_after_its_time_with_its_reason(place: Place, store: Store) -> None:
    store.failures = [DENIED]
    await place.write()
    assert place.buried() == {}
    for _ in range(20):
        for later in await place.handed_back():
            place.ahead += 60
            await place.write(later)
    assert place.buried() == dict.fromkeys("abc", "access_denied")
    assert 290 <= place.ahead <= 420
    assert place.value("dead_letters_total", reason="access_denied") == 3


@pytest.mark.usefixtures("_opens_at_once")
async def test_a_sink_that_is_down_is_not_asked_by_everybody(place: Place, store: Store) -> None:
    store.failures = [UNAVAILABLE]
    await place.write()
    asked = len(store.block_ids)
    assert place.value("breaker_open", property="demo", lane="objects-1") == 1
    for _ in range(10):
        await place.write()
    assert len(store.block_ids) == asked
    assert len(await place.handed_back()) == 11


@pytest.mark.usefixtures("_opens_at_once")
async def test_once_it_works_again_a_trial_closes_the_breaker(
    place: Place, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "FIRST_PAUSE_SECONDS", 0.02)
    store.failures = [UNAVAILABLE]
    await place.write()
    store.failures = [None]
    await asyncio.sleep(0.03)
    await place.write()
    assert store.written == ["a", "b", "c"]
    assert place.value("breaker_open", property="demo", lane="objects-1") == 0


@pytest.mark.usefixtures("_opens_at_once")
async def test_before_records_are_given_up_they_are_really_tried_once_more(place: Place, store: Store) -> None:
    store.failures = [UNAVAILABLE]
    await place.write()
    store.failures = [None]
    now_ms = int(place.now() * 1000)
    await place.write(RecordBlock("demo", "objects-1", 99, now_ms - 15 * 86_400_000, RECORDS, "b10c"))
    assert store.written == ["a", "b", "c"]
    assert place.buried() == {}


@pytest.mark.usefixtures("_opens_at_once", "_no_patience")
async def test_a_record_that_cannot_be_taken_says_nothing_about_the_sink(place: Place, store: Store) -> None:
    store.failures = [WriteFailed({}, dict.fromkeys("abc", "refused"))]
    await place.write()
    assert place.value("breaker_open", property="demo", lane="objects-1") == 0


@pytest.mark.usefixtures("_no_patience")
async def test_after_two_weeks_of_failure_it_gives_up_and_buries(place: Place, store: Store) -> None:
    store.failures = [WriteFailed({"a": "unavailable"}, {})]
    long_ago_ms = int(place.now() * 1000) - 15 * 86_400_000
    await place.write(RecordBlock("demo", "objects-1", 99, long_ago_ms, RECORDS, "b10c"))
    assert place.buried() == {"a": "gave_up"}
    assert await place.handed_back() == []


@pytest.mark.usefixtures("_no_patience")
async def test_with_a_key_what_is_handed_back_is_sealed(tmp_path: Path) -> None:
    keyring = Keyring([new_key("k1")])
    place = Place(tmp_path, Store(UNAVAILABLE), keyring)
    await place.write()
    place.ahead += 3600
    (delivery,) = await place.queue.receive(1, 0)
    assert delivery.body.startswith(SEALED)
    unpacked = block.unpack(delivery.body, keyring)
    assert isinstance(unpacked, RecordBlock)
    await place.queue.close()


@pytest.mark.usefixtures("_no_patience")
async def test_where_records_have_objects_of_their_own_what_is_left_of_a_block_does_not_bear_its_name(
    tmp_path: Path,
) -> None:
    place = Place(tmp_path, Store(WriteFailed({"b": "unavailable"}, {})), shares_objects=False)
    await place.write()
    (later,) = await place.handed_back()
    assert later.block_id == ""
    await place.queue.close()


@pytest.mark.usefixtures("_opens_at_once")
async def test_what_many_deliveries_have_left_is_one_message_where_records_have_objects_of_their_own(
    tmp_path: Path,
) -> None:
    place = Place(tmp_path, Store(UNAVAILABLE), shares_objects=False)
    await place.write()
    await asyncio.gather(*(place.write() for _ in range(20)))
    assert sorted(len(later.records) for later in await place.handed_back()) == [3, 60]
    await place.queue.close()


@pytest.mark.usefixtures("_opens_at_once")
async def test_blocks_whose_records_share_an_object_stay_apart(place: Place, store: Store) -> None:
    store.failures = [UNAVAILABLE]
    await asyncio.gather(
        *(place.write(RecordBlock("demo", "objects-1", 0, 0, RECORDS, name)) for name in ("one", "two"))
    )
    assert {later.block_id for later in await place.handed_back()} == {"one", "two"}


class SlowStore(Store):
    """Takes everything, in its own time."""

    def __init__(self) -> None:
        super().__init__()
        self.may_end = asyncio.Event()
        self.together = 0

    async def write(self, records: Sequence[FinishedRecord], block_id: str) -> None:
        self.together += 1
        await self.may_end.wait()
        await super().write(records, block_id)


@pytest.mark.parametrize(("is_alone", "most"), [(True, 20), (False, lane.MOST_WRITING)])
async def test_a_slow_sink_keeps_only_so_many_deliveries_where_others_have_sinks_too(
    tmp_path: Path, is_alone: bool, most: int
) -> None:
    store = SlowStore()
    place = Place(tmp_path, store, is_alone=is_alone)
    writes = [asyncio.create_task(place.write()) for _ in range(20)]
    await asyncio.sleep(0.2)
    assert store.together == most
    assert sum(write.done() for write in writes) == 20 - most
    store.may_end.set()
    await asyncio.gather(*writes)
    assert len(await place.handed_back()) == 20 - most
    await place.queue.close()
