"""Store: objects under keys, created many at a time, each whole or not at all."""

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    InvalidPathError,
    NotSupportedError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import ObjectStore

from workers.sinks.failure import Failure, FailureReason

if TYPE_CHECKING:
    from obstore import Attributes

JSON = "application/json"
CLOSE_SECONDS = 5.0

log = logging.getLogger("blockmetry.stores")


def failure_of(error: Exception) -> Failure:
    """obstore's errors in our words. What it does not name (a full disk, a timeout, a 503) may work later."""
    detail = str(error).partition("\n")[0]
    match error:
        case PermissionDeniedError() | UnauthenticatedError():
            return Failure(FailureReason.ACCESS_DENIED, detail)
        case FileNotFoundError():
            return Failure(FailureReason.NOT_FOUND, detail)
        case InvalidPathError() | NotSupportedError() | ValueError():
            return Failure(FailureReason.REFUSED, detail)
    return Failure(FailureReason.UNAVAILABLE, detail)


class Batch:
    """Objects that are created together, and what has become of them."""

    def __init__(self, objects: Mapping[str, bytes], attributes: "Attributes | None") -> None:
        self.attributes = attributes
        self.pending = deque(objects.items())
        """Not begun."""
        self.left = set(objects)
        """Without an outcome."""
        self.failures: dict[str, Failure] = {}
        self.has_stored = False

    def note(self, key: str, failure: Failure | None) -> None:
        """What became of an object. Where nothing gets through, no other is begun."""
        self.left.discard(key)
        if failure is None:
            self.has_stored = True
            return
        self.failures[key] = failure
        if not self.has_stored and failure.reason is not FailureReason.REFUSED:
            self.failures |= dict.fromkeys((waiting for waiting, _ in self.pending), failure)
            self.left.difference_update(waiting for waiting, _ in self.pending)
            self.pending.clear()

    def fail(self, failure: Failure) -> None:
        """Of all that have no outcome."""
        self.failures |= dict.fromkeys(self.left, failure)
        self.left.clear()
        self.pending.clear()


class Store(ABC):
    """Opened by its first use, and again where that failed."""

    deadline_seconds: float | None = None
    """How long `create` goes on while the store stores nothing at all; None: until it has told of each object."""

    def __init__(self, concurrent_writes: int) -> None:
        self._concurrent_writes = concurrent_writes
        self._room = asyncio.Semaphore(concurrent_writes)
        self._opening = asyncio.Lock()
        self._backend: ObjectStore | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self._stored_at = 0.0

    @abstractmethod
    def open_backend(self) -> ObjectStore:
        """Called in a thread. Raises `OSError`, `ValueError` or obstore's errors."""

    async def create(self, objects: Mapping[str, bytes], content_type: str = JSON) -> dict[str, Failure]:
        """Those of the keys that could not be stored; the others are stored safely, now or before.

        It returns when the store has stored nothing for `deadline_seconds`, and at the latest after thrice as long.
        Cancelled, it begins no more of them, and what is under way goes on: `close` waits for it.
        """
        batch = Batch(objects, self.attributes_of(content_type))
        work = asyncio.create_task(self._work(batch))
        self._under_way.add(work)
        work.add_done_callback(self._under_way.discard)
        try:
            await self._ended(work)
        finally:
            batch.pending.clear()
        self._end(work, batch)
        for failure in list(batch.failures.values())[:1]:
            log.warning("%d of %d objects were not stored: %s", len(batch.failures), len(objects), failure.detail)
        return batch.failures

    async def close(self) -> None:
        """Waits for what is under way, and ends what takes too long: left to the interpreter's end, it can crash it."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=CLOSE_SECONDS)
            for work in late:
                work.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._backend = None  # who comes after all opens it anew

    def reopen(self) -> None:
        """Before the next use."""
        self._backend = None

    def attributes_of(self, content_type: str) -> "Attributes | None":
        """What is stored beside the bytes."""
        return {"Content-Type": content_type}

    def failure_of(self, error: Exception) -> Failure:
        """Of an object."""
        return failure_of(error)

    async def create_all(self, backend: ObjectStore, batch: Batch) -> None:
        """Gives each object its outcome."""
        writers = min(self._concurrent_writes, len(batch.pending))
        await asyncio.gather(*(self._create_next(backend, batch) for _ in range(writers)))

    async def create_one(self, backend: ObjectStore, key: str, body: bytes, attributes: "Attributes | None") -> None:
        """What is there already stays. Raises obstore's errors, `OSError` or `ValueError`."""
        with suppress(AlreadyExistsError):
            await self.put(backend, key, body, attributes)

    async def put(
        self,
        backend: ObjectStore,
        key: str,
        body: bytes,
        attributes: "Attributes | None",
        mode: Literal["create", "overwrite"] = "create",
    ) -> None:
        """In one request. Raises obstore's errors, `OSError` or `ValueError`."""
        await obstore.put_async(backend, key, body, mode=mode, attributes=attributes, use_multipart=False)

    async def _work(self, batch: Batch) -> None:
        try:
            backend = await self._opened()
        except (BaseError, OSError, ValueError) as error:
            batch.fail(failure_of(error))
        else:
            await self.create_all(backend, batch)

    async def _ended(self, work: asyncio.Task[None]) -> None:
        """Or it is no use to wait any longer. A large batch takes its time, as long as the store takes the objects."""
        if self.deadline_seconds is None:
            await asyncio.wait([work])
            return
        begun = time.monotonic()
        while not work.done():
            ends = min(max(begun, self._stored_at) + self.deadline_seconds, begun + 3 * self.deadline_seconds)
            if (left := ends - time.monotonic()) <= 0:
                return
            await asyncio.wait([work], timeout=left)

    def _end(self, work: asyncio.Task[None], batch: Batch) -> None:
        if work.done() and not work.cancelled():
            work.result()
        else:
            work.cancel()
            batch.fail(Failure(FailureReason.UNAVAILABLE, "not stored in time"))

    async def _create_next(self, backend: ObjectStore, batch: Batch) -> None:
        while batch.pending:
            async with self._room:
                if batch.pending:  # while it waited for room, another may have taken the last one
                    key, body = batch.pending.popleft()
                    batch.note(key, await self._outcome(backend, key, body, batch.attributes))

    async def _outcome(
        self, backend: ObjectStore, key: str, body: bytes, attributes: "Attributes | None"
    ) -> Failure | None:
        try:
            await self.create_one(backend, key, body, attributes)
        except (BaseError, OSError, ValueError) as error:
            return self.failure_of(error)
        self._stored_at = time.monotonic()
        return None

    async def _opened(self) -> ObjectStore:
        async with self._opening:
            if self._backend is None:
                self._backend = await asyncio.to_thread(self.open_backend)
        return self._backend
