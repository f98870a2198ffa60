"""Lanes: the path of one property's records to one sink. A lane that fails delays nobody else's."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b

from shared import block
from shared.backoff import delays
from shared.block import RecordBlock
from shared.config import Config
from shared.errors import WriteFailed
from shared.properties import ObjectsSink, Properties, Property
from shared.queues import Queue
from shared.record import FinishedRecord
from workers.dead_letters import DeadLetters
from workers.metrics import Metrics
from workers.sinks import Sink, open_sink

FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 2.0
PATIENCE_SECONDS = 4.0
"""How long a lane tries before it hands back: until then the delivery keeps its place in the worker."""
FIRST_HAND_BACK_SECONDS = 15.0
LONGEST_HAND_BACK_SECONDS = 900.0
HAND_BACK_BYTES = 192 << 10

log = logging.getLogger("blockmetry.lanes")


class Lane:
    """Every record given to `write` is written, handed back to the queue, or buried as a dead letter."""

    def __init__(
        self,
        property_id: str,
        name: str,
        sink: Sink,
        queue: Queue,
        dead_letters: DeadLetters,
        metrics: Metrics,
        give_up_after_seconds: float,
    ) -> None:
        self._property_id = property_id
        self.name = name
        self._sink = sink
        self._queue = queue
        self._dead_letters = dead_letters
        self._metrics = metrics
        self._give_up_after_seconds = give_up_after_seconds
        self._delivered = metrics.delivered.labels(property_id, sink.kind)
        self._seconds = metrics.sink_seconds.labels(sink.kind)

    async def write(self, records: Sequence[FinishedRecord], attempt: int = 0, first_failed_at_ms: int = 0) -> None:
        """Raises `Retryable` when not even the queue or the dead letters can take what is left; nothing is lost."""
        patience_ends = time.monotonic() + PATIENCE_SECONDS
        left = await self._try(records)
        for delay in delays(FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS, random.random):
            if not left or time.monotonic() + delay > patience_ends:
                break
            await asyncio.sleep(delay)
            left = await self._try(left)
        if left:
            await self._hand_back(left, attempt + 1, first_failed_at_ms or _now_ms())

    async def close(self) -> None:
        """Of the sink."""
        await self._sink.close()

    async def _try(self, records: Sequence[FinishedRecord]) -> list[FinishedRecord]:
        """What is left to try again."""
        failed = WriteFailed({}, {})
        with self._seconds.time():
            try:
                await self._sink.write(records)
            except WriteFailed as failure:
                failed = failure
        self._count(records, failed)
        await self._bury(records, failed.permanent)
        return [record for record in records if record.id in failed.retryable]

    async def _bury(self, records: Sequence[FinishedRecord], reasons: Mapping[str, str]) -> None:
        for reason in sorted(set(reasons.values())):
            dead = [record for record in records if reasons.get(record.id) == reason]
            await self._dead_letters.bury(self._property_id, self.name, reason, dead)
            self._metrics.dead_letters.labels(reason).inc(len(dead))

    async def _hand_back(self, records: list[FinishedRecord], attempt: int, first_failed_at_ms: int) -> None:
        if _now_ms() - first_failed_at_ms > self._give_up_after_seconds * 1000:
            await self._bury(records, {record.id: "gave_up" for record in records})
            return
        later = RecordBlock(self._property_id, self.name, attempt, first_failed_at_ms, records)
        delay = hand_back_seconds(attempt)
        for body in block.pack_records(later, HAND_BACK_BYTES):
            await self._queue.send(body, delay)
        self._metrics.handed_back.inc(len(records))
        log.warning("%d records of %s are handed back for %.0f s", len(records), self._property_id, delay)

    def _count(self, records: Sequence[FinishedRecord], failed: WriteFailed) -> None:
        now_ms = _now_ms()
        for record in records:
            if record.id not in failed.retryable and record.id not in failed.permanent:
                self._delivered.inc()
                self._metrics.end_to_end_seconds.observe(max(0, now_ms - record.received_at_ms) / 1000)
        for kind, reasons in (("retryable", failed.retryable), ("permanent", failed.permanent)):
            if reasons:
                self._metrics.sink_errors.labels(self._property_id, self._sink.kind, kind).inc(len(reasons))


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
        self._queue = queue
        self._dead_letters = dead_letters
        self._metrics = metrics
        self._lanes: dict[tuple[str, str], Lane] = {}

    async def deliver(self, records: Mapping[str, Sequence[FinishedRecord]]) -> None:
        """To every sink of every property (the key). Raises `Retryable` when a lane could not even hand back."""
        known = self._properties()
        writes = [
            lane.write(finished)
            for property_id, finished in records.items()
            for lane in self._lanes_of(known.get(property_id))
        ]
        writes += [self._bury(property_id, "none", records[property_id]) for property_id in records.keys() - known]
        outcomes = await asyncio.gather(*writes, return_exceptions=True)  # one lane's trouble stops no other
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def resume(self, later: RecordBlock) -> None:
        """What a lane handed back."""
        for lane in self._lanes_of(self._properties().get(later.property)):
            if lane.name == later.sink:
                await lane.write(later.records, later.attempt, later.first_failed_at_ms)
                return
        await self._bury(later.property, later.sink, later.records)

    async def close(self) -> None:
        """Of all sinks."""
        for lane in self._lanes.values():
            await lane.close()

    async def _bury(self, property_id: str, sink: str, records: Sequence[FinishedRecord]) -> None:
        """The property, or its sink, went out of the configuration while its records were under way."""
        await self._dead_letters.bury(property_id, sink, "no_such_lane", records)
        self._metrics.dead_letters.labels("no_such_lane").inc(len(records))

    def _lanes_of(self, configured: Property | None) -> list[Lane]:
        if configured is None:
            return []
        sinks = configured.sink or [ObjectsSink(url=self._config.url_of("records"))]
        return [self._lane(configured.id, sink) for sink in sinks]

    def _lane(self, property_id: str, configured: ObjectsSink) -> Lane:
        key = property_id, sink_name(configured)
        if key not in self._lanes:
            self._lanes[key] = Lane(
                *key,
                open_sink(property_id, configured, self._config.worker.concurrent_writes),
                self._queue,
                self._dead_letters,
                self._metrics,
                self._config.worker.give_up_after_seconds,
            )
        return self._lanes[key]


def sink_name(configured: ObjectsSink) -> str:
    """The same as long as the sink's place is, wherever it stands in the file: `objects-1f2e3d4c`."""
    return f"objects-{blake2b(configured.url.encode(), digest_size=4).hexdigest()}"


def hand_back_seconds(attempt: int) -> float:
    """15 s growing to 15 min. `attempt`: 1 at the first time."""
    return float(min(FIRST_HAND_BACK_SECONDS * 2 ** min(attempt - 1, 10), LONGEST_HAND_BACK_SECONDS))


def _now_ms() -> int:
    return int(time.time() * 1000)
