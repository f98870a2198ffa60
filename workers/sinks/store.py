"""Store: objects under keys, created many at a time, each whole or not at all."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Iterator, Mapping
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


class Store(ABC):
    """Opened by its first use, and again where that failed."""

    attributes: "Attributes | None" = {"Content-Type": "application/json"}

    def __init__(self, concurrent_writes: int) -> None:
        self._concurrent_writes = concurrent_writes
        self._room = asyncio.Semaphore(concurrent_writes)
        self._opening = asyncio.Lock()
        self._backend: ObjectStore | None = None
        self._under_way: set[asyncio.Future[object]] = set()

    @abstractmethod
    def open_backend(self) -> ObjectStore:
        """Called in a thread. Raises `OSError` or obstore's errors."""

    async def create(self, objects: Mapping[str, bytes]) -> dict[str, Failure]:
        """Those of the keys that could not be stored; the others are stored safely, now or before."""
        try:
            backend = await self._opened()
        except (BaseError, OSError) as error:
            failures = dict.fromkeys(objects, failure_of(error))
        else:
            failures = await self.create_all(backend, objects)
        for failure in list(failures.values())[:1]:
            log.warning("%d of %d objects were not stored: %s", len(failures), len(objects), failure.detail)
        return failures

    async def close(self) -> None:
        """Waits for what is under way: abandoned at the interpreter's end, it can crash it."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=CLOSE_SECONDS)

    async def create_all(self, backend: ObjectStore, objects: Mapping[str, bytes]) -> dict[str, Failure]:
        """As `create`, on the open store."""
        failures: dict[str, Failure] = {}
        pending = iter(objects.items())
        writers = min(self._concurrent_writes, len(objects))
        await asyncio.gather(*(self._create_next(backend, pending, failures) for _ in range(writers)))
        return failures

    async def create_one(self, backend: ObjectStore, key: str, body: bytes) -> None:
        """What is there already stays. Raises obstore's errors, `OSError` or `ValueError`."""
        with suppress(AlreadyExistsError):
            await self.put(backend, key, body, "create")

    async def put(self, backend: ObjectStore, key: str, body: bytes, mode: Literal["create", "overwrite"]) -> None:
        """Raises obstore's errors, `OSError` or `ValueError`."""
        put = obstore.put_async(backend, key, body, mode=mode, attributes=self.attributes, use_multipart=False)
        await self.to_its_end(put)

    async def to_its_end(self, work: Awaitable[object]) -> None:
        """Cancelled, the work goes on, and `close` waits for it."""
        future = asyncio.ensure_future(work)
        self._under_way.add(future)
        future.add_done_callback(self._ended)
        await asyncio.shield(future)

    async def _create_next(
        self, backend: ObjectStore, pending: Iterator[tuple[str, bytes]], failures: dict[str, Failure]
    ) -> None:
        for key, body in pending:
            try:
                async with self._room:
                    await self.create_one(backend, key, body)
            except (BaseError, OSError, ValueError) as error:
                failures[key] = failure_of(error)

    async def _opened(self) -> ObjectStore:
        async with self._opening:
            if self._backend is None:
                self._backend = await asyncio.to_thread(self.open_backend)
        return self._backend

    def _ended(self, future: asyncio.Future[object]) -> None:
        self._under_way.discard(future)
        if not future.cancelled():
            future.exception()  # whoever waited has it; nobody else needs a warning
