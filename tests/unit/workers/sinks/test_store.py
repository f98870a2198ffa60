import asyncio
from typing import TYPE_CHECKING

import pytest
from obstore.exceptions import (
    BaseError,
    GenericError,
    InvalidPathError,
    NotSupportedError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import MemoryStore, ObjectStore

from workers.sinks import store as store_module
from workers.sinks.failure import Failure, FailureReason
from workers.sinks.store import Store, failure_of

if TYPE_CHECKING:
    from obstore import Attributes


class Memory(Store):
    """The base class over obstore's own store in memory; opening fails while there is an error."""

    def __init__(self, concurrent_writes: int = 4) -> None:
        super().__init__(concurrent_writes)
        self.memory = MemoryStore()
        self.error: Exception | None = None
        self.together = 0
        self.most_together = 0
        self.pause_seconds = 0.0

    @property
    def names(self) -> set[str]:
        return {found["path"] for found in self.memory.list().collect()}

    def open_backend(self) -> ObjectStore:
        if self.error:
            raise self.error
        return self.memory

    async def create_one(self, backend: ObjectStore, key: str, body: bytes, attributes: "Attributes | None") -> None:
        self.together += 1
        self.most_together = max(self.most_together, self.together)
        await asyncio.sleep(self.pause_seconds)
        await super().create_one(backend, key, body, attributes)
        self.together -= 1


@pytest.mark.parametrize(
    ("error", "reason", "is_permanent"),
    [
        (GenericError("No space left on device"), FailureReason.UNAVAILABLE, False),
        (TimeoutError("slow"), FailureReason.UNAVAILABLE, False),
        (OSError(28, "No space left on device"), FailureReason.UNAVAILABLE, False),
        (PermissionDeniedError("403"), FailureReason.ACCESS_DENIED, True),
        (UnauthenticatedError("401"), FailureReason.ACCESS_DENIED, True),
        (FileNotFoundError("no such bucket"), FailureReason.NOT_FOUND, True),
        (InvalidPathError("a//b"), FailureReason.REFUSED, True),
        (NotSupportedError("create"), FailureReason.REFUSED, True),
        (ValueError("a//b"), FailureReason.REFUSED, True),
    ],
)
def test_each_error_has_its_reason(error: Exception, reason: FailureReason, is_permanent: bool) -> None:
    failure = failure_of(error)
    assert (failure.reason, failure.is_permanent) == (reason, is_permanent)


def test_the_detail_is_one_line() -> None:
    assert failure_of(BaseError("first\n\nDebug source:")) == Failure(FailureReason.UNAVAILABLE, "first")


async def test_objects_are_created_with_their_content_type() -> None:
    store = Memory()
    assert await store.create({"a.json": b"{}"}) == {}
    assert await store.create({"a.ndjson.gz": b"..."}, "application/x-ndjson") == {}
    found = [store.memory.get(name) for name in ("a.json", "a.ndjson.gz")]
    assert [dict(each.attributes) for each in found] == [
        {"Content-Type": "application/json"},
        {"Content-Type": "application/x-ndjson"},
    ]
    assert bytes(found[0].bytes()) == b"{}"


async def test_no_more_are_written_at_once_than_allowed_in_however_many_calls() -> None:
    store = Memory(concurrent_writes=4)
    await asyncio.gather(*(store.create({f"{call}-{n}": b"{}" for n in range(20)}) for call in range(3)))
    assert 1 < store.most_together <= 4


async def test_a_store_that_could_not_be_opened_is_opened_by_the_next_call() -> None:
    store = Memory()
    store.error = OSError(5, "I/O error")
    failures = await store.create({"a.json": b"{}", "b.json": b"{}"})
    assert {key: failure.reason for key, failure in failures.items()} == {
        "a.json": FailureReason.UNAVAILABLE,
        "b.json": FailureReason.UNAVAILABLE,
    }
    store.error = None
    assert await store.create({"a.json": b"{}", "b.json": b"{}"}) == {}


async def test_closing_waits_for_what_a_cancelled_caller_has_left_under_way() -> None:
    store = Memory(concurrent_writes=2)
    store.pause_seconds = 0.05
    caller = asyncio.create_task(store.create({f"{n}.json": b"{}" for n in range(10)}))
    await asyncio.sleep(0.02)
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    assert store.names == set()
    await store.close()
    assert store.names == {"0.json", "1.json"}


async def test_closing_ends_what_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "CLOSE_SECONDS", 0.05)
    store = Memory()
    store.pause_seconds = 60
    caller = asyncio.create_task(store.create({"a.json": b"{}"}))
    await asyncio.sleep(0.02)
    await store.close()
    assert (await caller)["a.json"].reason is FailureReason.UNAVAILABLE
    assert store.names == set()


async def test_a_store_that_stores_nothing_has_failed_by_the_deadline() -> None:
    store = Memory(concurrent_writes=2)
    store.deadline_seconds = 0.1
    store.pause_seconds = 60
    async with asyncio.timeout(10):
        failures = await store.create({f"{n}.json": b"{}" for n in range(10)})
    assert set(failures) == {f"{n}.json" for n in range(10)}
    assert set(failures.values()) == {Failure(FailureReason.UNAVAILABLE, "not stored in time")}


async def test_while_a_store_goes_on_storing_it_gets_more_time_but_not_for_ever() -> None:
    store = Memory(concurrent_writes=2)
    store.deadline_seconds = 0.2
    store.pause_seconds = 0.1
    assert await store.create({f"{n}.json": b"{}" for n in range(8)}) == {}
    failures = await store.create({f"late-{n}.json": b"{}" for n in range(20)})
    assert set(failures) >= {f"late-{n}.json" for n in range(12, 20)}
    assert {f"late-{n}.json" for n in range(6)} <= store.names


async def test_an_error_that_nobody_foresaw_is_nobodys_failure() -> None:
    store = Memory()
    store.error = RuntimeError("a bug")
    with pytest.raises(RuntimeError, match="a bug"):
        await store.create({"a.json": b"{}"})


class Denying(Memory):
    """Takes the keys that it knows, and says why it takes no others."""

    def __init__(self, known: set[str], error: Exception) -> None:
        super().__init__(concurrent_writes=4)
        self.known = known
        self.why = error
        self.asked = 0

    async def create_one(self, backend: ObjectStore, key: str, body: bytes, attributes: object) -> None:
        self.asked += 1
        await asyncio.sleep(0)
        if key not in self.known:
            raise self.why


async def test_where_nothing_gets_through_no_other_object_is_begun() -> None:
    store = Denying(set(), PermissionDeniedError("403"))
    failures = await store.create({f"{number}": b"{}" for number in range(100)})
    assert {failure.reason for failure in failures.values()} == {FailureReason.ACCESS_DENIED}
    assert len(failures) == 100
    assert store.asked == 4


async def test_where_something_gets_through_each_is_tried() -> None:
    known = {f"{number}" for number in range(0, 100, 2)}
    store = Denying(known, GenericError("503"))
    failures = await store.create({f"{number}": b"{}" for number in range(100)})
    assert failures.keys() == {f"{number}" for number in range(1, 100, 2)}
    assert store.asked == 100


async def test_an_object_that_cannot_be_taken_says_nothing_about_the_others() -> None:
    store = Denying({"99"}, InvalidPathError("a//b"))
    assert len(await store.create({f"{number}": b"{}" for number in range(100)})) == 99
    assert store.asked == 100
