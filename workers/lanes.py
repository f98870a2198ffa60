"""Lanes: one for each property and sink. A lane that fails delays nobody else's."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from shared.block import RecordBlock
from shared.config import Config
from shared.properties import Properties, Property
from shared.queues import Queue
from shared.record import FinishedRecord
from shared.sinks import Sink, name_of, shares_objects
from workers.dead_letters import NO_SINK, DeadLetters
from workers.lane import Lane, Surroundings
from workers.leftover import Patience
from workers.metrics import Metrics
from workers.settlement import Account, Fate, total
from workers.sinks import open_sink


class Lanes:
    """The lanes of all properties, opened when their first record comes."""

    def __init__(
        self,
        properties: Callable[[], Properties],
        config: Config,
        queue: Queue,
        dead_letters: DeadLetters,
        metrics: Metrics,
    ) -> None:
        self._properties = properties
        self._config = config
        self._dead_letters = dead_letters
        self._metrics = metrics
        patience = Patience(config.worker.give_up_after_seconds, config.worker.permanent_after_seconds)
        self._surroundings = Surroundings(queue, config.queue.keyring(), dead_letters, metrics, patience, self._is_one)
        self._lanes: dict[tuple[str, str], tuple[Sink, Lane]] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._last_known: Properties = {}

    async def deliver(self, records: Mapping[str, Sequence[FinishedRecord]], block_id: str) -> Account:
        """To every sink of every property (the key). Raises `Retryable` when a lane could not even hand back."""
        known = self._known()
        writes = [
            lane.write(RecordBlock(property_id, lane.name, 0, 0, list(finished), block_id))
            for property_id, finished in records.items()
            for lane in self._lanes_of(known.get(property_id))
        ]
        writes += [
            self._bury(property_id, NO_SINK, records[property_id], block_id) for property_id in records.keys() - known
        ]
        outcomes = await asyncio.gather(*writes, return_exceptions=True)  # one lane's trouble stops no other
        accounts = []
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
            accounts.append(outcome)
        return total(accounts)

    async def resume(self, later: RecordBlock) -> Account:
        """What a lane handed back."""
        for lane in self._lanes_of(self._known().get(later.property)):
            if lane.name == later.sink:
                return await lane.write(later)
        return await self._bury(later.property, later.sink, later.records, later.block_id)

    async def close(self) -> None:
        """Of all sinks."""
        await asyncio.gather(*self._closing, *(lane.close() for _, lane in self._lanes.values()))

    async def _bury(self, property_id: str, sink: str, records: Sequence[FinishedRecord], block_id: str) -> Account:
        """The property, or its sink, went out of the configuration while its records were under way."""
        await self._dead_letters.bury(property_id, sink, "no_such_lane", records, block_id)
        self._metrics.dead_letters.labels("no_such_lane").inc(len(records))
        return Account(len(records), Counter({Fate.DEAD_LETTER: len(records)}))

    def _lanes_of(self, configured: Property | None) -> list[Lane]:
        if configured is None:
            return []
        return [self._lane(configured.id, sink) for sink in self._config.sinks_of(configured)]

    def _lane(self, property_id: str, configured: Sink) -> Lane:
        """A sink whose role or layout was changed in the file is opened anew."""
        key = property_id, name_of(configured)
        known = self._lanes.get(key)
        if known and known[0] == configured:
            return known[1]
        opened = open_sink(property_id, configured, self._config.worker.concurrent_writes)
        lane = Lane(*key, opened, self._surroundings, shares_objects(configured))
        self._lanes[key] = configured, lane
        if known:
            self._leave(known[1])
        return lane

    def _known(self) -> Properties:
        """The properties now; lanes that are not among them any more are closed."""
        known = self._properties()
        if known is not self._last_known:
            self._last_known = known
            wanted = {(entry.id, name_of(sink)) for entry in known.values() for sink in self._config.sinks_of(entry)}
            for key in self._lanes.keys() - wanted:
                self._metrics.breaker_open.remove(*key)
                self._leave(self._lanes.pop(key)[1])
        return known

    def _leave(self, lane: Lane) -> None:
        leaving = asyncio.create_task(lane.close())
        self._closing.add(leaving)
        leaving.add_done_callback(self._closing.discard)

    def _is_one(self) -> bool:
        return len(self._lanes) == 1
