import asyncio

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

from workers.sinks.store import Failure, FailureReason, Store, failure_of


class Memory(Store):
    """The base class over obstore's own store in memory; opening fails while there is an error."""

    def __init__(self, concurrent_writes: int = 4) -> None:
        super().__init__(concurrent_writes)
        self.memory = MemoryStore()
        self.error: Exception | None = None
        self.together = 0
        self.most_together = 0

    def open_backend(self) -> ObjectStore:
        if self.error:
            raise self.error
        return self.memory

    async def create_one(self, backend: ObjectStore, key: str, body: bytes) -> None:
        self.together += 1
        self.most_together = max(self.most_together, self.together)
        await super().create_one(backend, key, body)
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
    found = store.memory.get("a.json")
    assert found.attributes["Content-Type"] == "application/json"
    assert bytes(found.bytes()) == b"{}"


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
    store = Memory()
    done = asyncio.Event()

    async def slow() -> None:
        await asyncio.sleep(0.05)
        done.set()

    caller = asyncio.create_task(store.to_its_end(slow()))
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    assert not done.is_set()
    await store.close()
    assert done.is_set()
