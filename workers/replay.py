"""Replay: dead letters go back to the queue, as record blocks of their lanes. Done twice, it changes nothing."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from shared import block
from shared.block import RecordBlock
from shared.config import Config
from shared.errors import Retryable
from shared.properties import Properties
from shared.queues import Queue
from shared.seal import Keyring
from shared.sinks import ObjectsSink, Sink, name_of
from workers.dead_letters import BUG, NO_SINK, DeadLetter, Place
from workers.letters import PARCELS, Letters, Parcel, parcel_key
from workers.siblings import Family, Siblings

HIDDEN_SECONDS = 10.0
"""How long what is sent stays invisible. Its letters are gone by then: a worker that buries it again would else find
them there, and see them removed.
"""
MARGIN = 0.2
"""Of that time: for a removal that goes on after we gave it up."""
MESSAGE_BYTES = 768 << 10

Sinks = Mapping[str, Mapping[str, Sink]]
"""By property, then by name."""
PutBack = Callable[[Parcel], Awaitable[None]]


class Fate(StrEnum):
    """What became of a letter."""

    PUT_BACK = "put back"
    NO_SUCH_LANE = "no such sink"
    BUG = "no record"
    PART = "part of a block"
    UNREADABLE = "unreadable"


class Wanted(NamedTuple):
    """Which letters, and what to do with those that have no lane."""

    reason: str = ""
    property_id: str = ""
    since: str = ""
    """YYYY-MM-DDTHH:MM:SSZ: buried then or later."""
    sink: str = ""
    """Takes what has no lane any more."""
    parts: bool = False
    """Also what is left of a block, as an object of its own."""

    def is_met(self, at: str) -> bool:
        """By a letter that was buried then."""
        return at >= self.since


Tally = Counter[tuple[Place, Fate]]


class Replay:
    """One run over the letters."""

    def __init__(
        self,
        letters: Letters,
        sinks: Sinks,
        wanted: Wanted,
        put_back: PutBack,
        tally: Tally,
        tell: Callable[[], None] = lambda: None,
    ) -> None:
        """`tally` grows as it goes, and `tell` is called when it has."""
        self._tally = tally
        self._letters = letters
        self._sinks = sinks
        self._wanted = wanted
        self._put_back = put_back
        self._tell = tell
        self._begun: set[str] = set()

    async def run(self) -> None:
        """Raises `Retryable` or `Permanent` when it cannot go on; what is put back by then stays put back."""
        for parcel in await self._letters.parcels():
            if parcel is None:
                self._count(Place(PARCELS.strip("/"), "", ""), Fate.UNREADABLE, 1)
            else:
                self._begun.update(letter.key for letter in parcel.letters)
                await self._send(parcel)
        for place in await self._letters.places(self._wanted.reason, self._wanted.property_id):
            await self._look_through(place)

    async def _look_through(self, place: Place) -> None:
        sinks = self._sinks_of(place)
        share_objects = place.reason != BUG and any(map(writes_blocks, sinks))
        siblings = Siblings()
        async for keys in self._letters.keys(place.prefix):
            letters = await self._read(place, keys)
            alone = [letter for letter in letters if not (share_objects and siblings.take(letter))]
            await self._settle(place, sinks, [letter for letter in alone if self._wanted.is_met(letter.at)])
        for family in siblings:
            if self._wanted.is_met(family.newest):
                await self._settle_family(place, sinks, family)

    async def _read(self, place: Place, keys: Sequence[str]) -> list[DeadLetter]:
        found = await self._letters.read([key for key in keys if key not in self._begun])
        letters = [letter for letter in found if letter]
        self._count(place, Fate.UNREADABLE, len(found) - len(letters))
        return letters

    async def _settle(self, place: Place, sinks: Sequence[Sink], letters: Sequence[DeadLetter]) -> None:
        """Letters that have no siblings. The block id that they get means them, and no others."""
        if place.reason == BUG or not sinks:
            self._count(place, Fate.BUG if place.reason == BUG else Fate.NO_SUCH_LANE, len(letters))
        elif letters:
            identity = block.block_id(sorted(letter.id.encode() for letter in letters))
            await self._send(Parcel(identity, [name_of(sink) for sink in sinks], list(letters)))

    async def _settle_family(self, place: Place, sinks: Sequence[Sink], family: Family) -> None:
        names = [name_of(sink) for sink in sinks]
        key = parcel_key(place, names, family.block_id, family.hour)
        begun = None if family.is_whole else await self._letters.parcel(key)
        letters = await self._read(place, [f"{place.prefix}{name}.json" for name in family.ids])
        if len(letters) == family.size:
            await self._send(Parcel(family.block_id, names, letters))
        elif begun and letters:  # another replay is at it, or was until now
            await self._send(begun)
        elif self._wanted.parts:
            await self._settle(place, sinks, letters)
        elif not family.is_whole:  # else another replay has begun since they were counted
            self._count(place, Fate.PART, len(letters))

    async def _send(self, parcel: Parcel) -> None:
        await self._put_back(parcel)
        self._count(parcel.place, Fate.PUT_BACK, len(parcel.letters))

    def _count(self, place: Place, fate: Fate, letters: int) -> None:
        if letters:
            self._tally[place, fate] += letters
            self._tell()

    def _sinks_of(self, place: Place) -> list[Sink]:
        """Where the letters of a place go now; empty: nowhere."""
        known = self._sinks.get(place.property_id, {})
        for name in (place.sink, self._wanted.sink):
            if name in known:
                return [known[name]]
        return list(known.values()) if place.sink == NO_SINK else []


class Carrier:
    """Puts letters back on the queue, and only then removes them."""

    def __init__(
        self,
        letters: Letters,
        queue: Queue,
        keyring: Keyring,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`now` is seconds since the Unix epoch."""
        self._letters = letters
        self._queue = queue
        self._keyring = keyring
        self._now = now

    async def put_back(self, parcel: Parcel) -> None:
        """Raises `Retryable` or `Permanent` of the queue, or of the letters' store; then they stay."""
        await self._letters.keep(parcel)
        try:
            async with asyncio.timeout(HIDDEN_SECONDS * (1 - MARGIN)):
                for body in self._bodies(parcel):
                    await self._queue.send(body, HIDDEN_SECONDS, parcel.place.property_id)
                await self._letters.remove([letter.key for letter in parcel.letters])
        except TimeoutError as error:
            raise Retryable("queue and dead letters are too slow together: nothing more was removed") from error
        await self._letters.remove([parcel.key])

    def _bodies(self, parcel: Parcel) -> list[str]:
        records = [letter.finished for letter in parcel.letters]
        now_ms = int(self._now() * 1000)
        blocks = (
            RecordBlock(parcel.place.property_id, sink, 0, now_ms, records, parcel.block_id) for sink in parcel.sinks
        )
        return [body for later in blocks for body in block.pack_records(later, MESSAGE_BYTES, self._keyring)]


def sinks_of(config: Config, properties: Properties) -> Sinks:
    """As lanes have them."""
    return {
        known.id: {name_of(sink): sink for sink in known.sink or [ObjectsSink(url=config.url_of("records"))]}
        for known in properties.values()
    }


def writes_blocks(sink: Sink) -> bool:
    """Whether records share an object there."""
    return isinstance(sink, ObjectsSink) and sink.layout == "block"
