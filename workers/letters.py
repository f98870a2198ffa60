"""Letters: the dead letters as a replay sees them. It reads them, and removes those that are back on the queue."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress

import msgspec
import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore

from shared.errors import Retryable
from workers.dead_letters import DeadLetter, open_own_store

PAGE = 500
CALL_SECONDS = 30.0


class Letters:
    """Every method raises `Retryable` when the store cannot be used."""

    def __init__(self, url: str) -> None:
        """Raises `ConfigError`. A directory is created when it is opened."""
        self._store = open_own_store(url, concurrent_writes=1)

    async def open(self) -> None:
        """To be called once, before anything else."""
        with _told():
            self._backend: ObjectStore = await asyncio.to_thread(self._store.open_backend)

    async def keys(self, prefix: str = "") -> AsyncIterator[list[str]]:
        """Of everything below `prefix`, some at a time."""
        with _told():
            listing = obstore.list(self._backend, prefix or None, chunk_size=PAGE).__aiter__()
        while True:
            with _told():
                try:
                    async with asyncio.timeout(CALL_SECONDS):
                        page = await listing.__anext__()
                except StopAsyncIteration:
                    return
            yield [entry["path"] for entry in page]

    async def read(self, key: str) -> DeadLetter | None:
        """None for what is no dead letter, does not lie where it belongs, or is gone."""
        with _told():
            try:
                async with asyncio.timeout(CALL_SECONDS):
                    found = await obstore.get_async(self._backend, key)
                    letter = msgspec.json.decode(bytes(await found.bytes_async()), type=DeadLetter)
            except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError):
                return None
        return letter if letter.key == key else None

    async def is_there(self, key: str) -> bool:
        """Whether anything is."""
        with _told(), suppress(FileNotFoundError):
            async with asyncio.timeout(CALL_SECONDS):
                await obstore.head_async(self._backend, key)
                return True
        return False

    async def remove(self, key: str) -> None:
        """What is gone already stays gone."""
        with _told(), suppress(FileNotFoundError):
            async with asyncio.timeout(CALL_SECONDS):
                await obstore.delete_async(self._backend, key)

    async def close(self) -> None:
        """Ends what is under way."""
        await self._store.close()


@contextmanager
def _told() -> Iterator[None]:
    """What the store has to say, in one line."""
    try:
        yield
    except (BaseError, OSError) as error:  # a TimeoutError is an OSError
        raise Retryable(f"the dead letters: {str(error).partition(chr(10))[0] or 'no answer in time'}") from error
