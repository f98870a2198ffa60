"""Letters: the dead letters as a replay sees them. It reads them, and removes those that are back on the queue."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import blake2b
from typing import TypeVar

import msgspec
import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore

from shared.errors import Retryable
from workers.dead_letters import DeadLetter, Place, open_own_store

PAGE = 500
"""Letters in memory at a time."""
AT_ONCE = 64
CALL_SECONDS = 30.0
PARCELS = "replaying/"

Result = TypeVar("Result")


class Parcel(msgspec.Struct, frozen=True):
    """Letters on their way back to the queue. It is kept beside them until they are gone, so that a replay that is
    killed in between is finished with the very records it was begun with.
    """

    block_id: str
    sinks: list[str]
    """Names: where they go now."""
    letters: list[DeadLetter]
    """At least one, all of one place."""

    @property
    def place(self) -> Place:
        """Where the letters lie."""
        return self.letters[0].place

    @property
    def key(self) -> str:
        """Of its object."""
        return parcel_key(self.place, self.sinks, self.block_id, self.letters[0].hour)


class Letters:
    """Every method raises `Retryable` when the store cannot be used."""

    def __init__(self, url: str) -> None:
        """Raises `ConfigError`. A directory is created when it is opened."""
        self._store = open_own_store(url, AT_ONCE)
        self._room = asyncio.Semaphore(AT_ONCE)

    async def open(self) -> None:
        """To be called once, before anything else."""
        with _told():
            self._backend: ObjectStore = await asyncio.to_thread(self._store.open_backend)

    async def places(self, reason: str = "", property_id: str = "") -> list[Place]:
        """Of letters with this reason and property; empty: any."""
        found = []
        for why in [reason] if reason else await self._names("", "reason="):
            for whose in [property_id] if property_id else await self._names(f"reason={why}/", "property="):
                sinks = await self._names(f"reason={why}/property={whose}/", "sink=")
                found += [Place(why, whose, sink) for sink in sinks]
        return found

    async def keys(self, prefix: str) -> AsyncIterator[list[str]]:
        """Of everything below `prefix`, some at a time."""
        with _told():
            listing = obstore.list(self._backend, prefix, chunk_size=PAGE).__aiter__()
        while True:
            with _told():
                try:
                    async with asyncio.timeout(CALL_SECONDS):
                        page = await listing.__anext__()
                except StopAsyncIteration:
                    return
            yield [entry["path"] for entry in page]

    async def count(self, reason: str = "", property_id: str = "") -> int:
        """Letters with this reason and property; empty: any."""
        places = await self.places(reason, property_id)
        return sum([len(page) for place in places async for page in self.keys(place.prefix)])

    async def read(self, keys: Sequence[str]) -> list[DeadLetter | None]:
        """None for what is no dead letter, or not where it belongs. What is gone meanwhile is left out."""
        bodies = await self._each(self._body(key) for key in keys)
        return [_letter(key, body) for key, body in zip(keys, bodies, strict=True) if body is not None]

    async def parcels(self) -> list[Parcel | None]:
        """Those that killed replays have left, and living ones are at; None for what cannot be read."""
        keys = [key async for page in self.keys(PARCELS) for key in page]
        bodies = await self._each(self._body(key) for key in keys)
        return [_parcel(key, body) for key, body in zip(keys, bodies, strict=True) if body is not None]

    async def parcel(self, key: str) -> Parcel | None:
        """None when there is none, or none that can be read."""
        body = await self._body(key)
        return _parcel(key, body) if body else None

    async def keep(self, parcel: Parcel) -> None:
        """It is stored safely."""
        for failure in (await self._store.create({parcel.key: msgspec.json.encode(parcel)})).values():
            raise Retryable(f"the dead letters: {failure.detail}")

    async def remove(self, keys: Sequence[str]) -> None:
        """What is gone already stays gone."""
        with _told():
            try:
                async with asyncio.timeout(CALL_SECONDS):
                    await obstore.delete_async(self._backend, keys)  # one request for many, where the store knows that
            except FileNotFoundError:
                await self._each(self._remove(key) for key in keys)

    async def close(self) -> None:
        """Ends what is under way."""
        await self._store.close()

    async def _names(self, prefix: str, start: str) -> list[str]:
        """What comes after `start` in the directories of `prefix`."""
        with _told():
            async with asyncio.timeout(CALL_SECONDS):
                listing = await obstore.list_with_delimiter_async(self._backend, prefix or None)
        names = [path.rstrip("/").rpartition("/")[2] for path in listing["common_prefixes"]]
        return sorted(name.removeprefix(start) for name in names if name.startswith(start))

    async def _each(self, calls: Iterable[Coroutine[None, None, Result]]) -> list[Result]:
        """Their results; nothing is under way any more when one of their errors is raised."""
        results = await asyncio.gather(*calls, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return [result for result in results if not isinstance(result, BaseException)]

    async def _body(self, key: str) -> bytes | None:
        with _told():
            try:
                async with self._room, asyncio.timeout(CALL_SECONDS):
                    return bytes(await (await obstore.get_async(self._backend, key)).bytes_async())
            except FileNotFoundError:
                return None

    async def _remove(self, key: str) -> None:
        with _told(), suppress(FileNotFoundError):
            async with self._room, asyncio.timeout(CALL_SECONDS):
                await obstore.delete_async(self._backend, key)


def parcel_key(place: Place, sinks: Sequence[str], block_id: str, hour: int) -> str:
    """The same for the same letters of a block on the same way."""
    words = [*place, *sinks, block_id, str(hour)]
    return f"{PARCELS}{blake2b(' '.join(words).encode(), digest_size=16).hexdigest()}.json"


@contextmanager
def _told() -> Iterator[None]:
    """What the store has to say, in one line."""
    try:
        yield
    except (BaseError, OSError) as error:  # a TimeoutError is an OSError
        raise Retryable(f"the dead letters: {str(error).partition(chr(10))[0] or 'no answer in time'}") from error


def _letter(key: str, body: bytes) -> DeadLetter | None:
    try:
        letter = msgspec.json.decode(body, type=DeadLetter)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return letter if letter.key == key else None


def _parcel(key: str, body: bytes) -> Parcel | None:
    try:
        parcel = msgspec.json.decode(body, type=Parcel)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return parcel if parcel.letters and parcel.key == key else None
