"""Replay: dead letters go back to the queue, as record blocks of their lanes. Done twice, it changes nothing."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from shared import block
from shared.block import RecordBlock
from shared.config import Config
from shared.errors import Retryable
from shared.properties import Properties
from shared.queues import Queue
from shared.seal import Keyring
from shared.sinks import Sink, name_of
from workers.dead_letters import BUG, KEY, NO_SINK, DeadLetter, Place
from workers.letters import Letters

AT_ONCE = 8
"""Letters in memory, each of as many records as a block has."""
HIDDEN_SECONDS = 10.0
"""How long what is sent stays invisible. Its letter is gone by then: a worker that buries the same again would else
find it there, and see it removed.
"""
MARGIN = 0.2
"""Of that time: for a removal that goes on after we gave it up."""

Sinks = Mapping[str, Mapping[str, Sink]]
"""By property, then by name."""
PutBack = Callable[[DeadLetter, Sequence[str]], Awaitable[None]]
"""A letter, and the names of the sinks that it goes to."""


class Fate(StrEnum):
    """What became of a letter's records."""

    PUT_BACK = "put back"
    NO_SUCH_LANE = "no such sink"
    BUG = "no record"
    UNREADABLE = "unreadable"


class Wanted(NamedTuple):
    """Which letters, and what to do with those that have no lane."""

    reason: str = ""
    property_id: str = ""
    since: str = ""
    """YYYY-MM-DDTHH:MM:SSZ: buried then or later."""
    sink: str = ""
    """Takes what has no lane any more."""

    @property
    def prefix(self) -> str:
        """Of all keys that can be meant."""
        if not self.reason:
            return ""
        return f"reason={self.reason}/" + (f"property={self.property_id}/" if self.property_id else "")

    def may_mean(self, place: Place) -> bool:
        """A letter that lies there."""
        return self.reason in ("", place.reason) and self.property_id in ("", place.property_id)


Tally = Counter[tuple[Place, Fate]]
"""Records."""


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
        """`tally` grows as it goes; `tell` is called for each letter."""
        self._letters = letters
        self._sinks = sinks
        self._wanted = wanted
        self._put_back = put_back
        self._tally = tally
        self._tell = tell

    async def run(self) -> None:
        """Raises `Retryable` or `Permanent` when it cannot go on; what is put back by then stays put back."""
        async for page in self._letters.keys(self._wanted.prefix):
            keys = iter(page)
            outcomes = await asyncio.gather(*(self._settle_next(keys) for _ in range(AT_ONCE)), return_exceptions=True)
            for outcome in outcomes:
                if isinstance(outcome, BaseException):
                    raise outcome

    async def _settle_next(self, keys: Iterator[str]) -> None:
        for key in keys:
            found = KEY.fullmatch(key)
            place = Place(*found.groups()) if found else Place("", "", key)
            try:
                if self._wanted.may_mean(place):
                    await self._settle(place, key)
            except BaseException:
                deque(keys, maxlen=0)  # nobody begins another one
                raise
            self._tell()

    async def _settle(self, place: Place, key: str) -> None:
        letter = await self._letters.read(key)
        if letter is None:
            if await self._letters.is_there(key):  # else another replay was faster
                self._tally[place, Fate.UNREADABLE] += 1
        elif letter.at >= self._wanted.since:
            self._tally[place, await self._fate(letter)] += len(letter.records)

    async def _fate(self, letter: DeadLetter) -> Fate:
        if letter.reason == BUG:
            return Fate.BUG
        sinks = self._sinks_of(letter.place)
        if not sinks:
            return Fate.NO_SUCH_LANE
        await self._put_back(letter, sinks)
        return Fate.PUT_BACK

    def _sinks_of(self, place: Place) -> list[str]:
        """Where the letters of a place go now; empty: nowhere."""
        known = self._sinks.get(place.property_id, {})
        for name in (place.sink, self._wanted.sink):
            if name in known:
                return [name]
        return list(known) if place.sink == NO_SINK else []


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

    async def put_back(self, letter: DeadLetter, sinks: Sequence[str]) -> None:
        """Raises `Retryable` or `Permanent` of the queue, or of the letters' store; then it stays."""
        try:
            async with asyncio.timeout(HIDDEN_SECONDS * (1 - MARGIN)):
                for body in self._bodies(letter, sinks):
                    await self._queue.send(body, HIDDEN_SECONDS, letter.property_id)
                await self._letters.remove(letter.key)
        except TimeoutError as error:
            raise Retryable("queue and dead letters are too slow together: nothing more was removed") from error

    def _bodies(self, letter: DeadLetter, sinks: Sequence[str]) -> list[str]:
        """Without a block that named their object, the letter does."""
        block_id = letter.block_id or letter.name
        now_ms = int(self._now() * 1000)
        blocks = (RecordBlock(letter.property_id, sink, 0, now_ms, letter.finished, block_id) for sink in sinks)
        return [body for later in blocks for body in block.pack_records(later, block.RECORD_BLOCK_BYTES, self._keyring)]


def sinks_of(config: Config, properties: Properties) -> Sinks:
    """As lanes have them."""
    return {known.id: {name_of(sink): sink for sink in config.sinks_of(known)} for known in properties.values()}
