"""Lane: the path of one property's records to one sink, with its own retries and its own breaker."""

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from shared import block
from shared.backoff import delays
from shared.block import RecordBlock
from shared.errors import WriteFailed
from shared.group import Group
from shared.queues import Queue
from shared.record import FinishedRecord
from shared.seal import Keyring
from workers.breaker import Breaker
from workers.dead_letters import DeadLetters
from workers.leftover import Leftover, Patience, is_last_try, leftovers, merged
from workers.metrics import Metrics
from workers.settlement import Account, Fate
from workers.sinks import Sink
from workers.sinks.failure import FailureReason

FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 2.0
PATIENCE_SECONDS = 4.0
"""How long a lane tries again by itself, before it hands back."""
TOGETHER = 64
TOGETHER_BYTES = 4 << 20
TOGETHER_SECONDS = 1.0
"""How long what is handed back waits for company: who is down must not fill the queue with crumbs of every block."""
MOST_WRITING = 16
"""Deliveries that wait for one sink, where others have sinks too: a slow one must not keep all that a worker holds."""

log = logging.getLogger("blockmetry.lanes")


class Surroundings(NamedTuple):
    """What the lanes of a worker share."""

    queue: Queue
    keyring: Keyring
    dead_letters: DeadLetters
    metrics: Metrics
    patience: Patience
    is_alone: Callable[[], bool] = lambda: True
    """Whether there is no other lane: then to be slow is to push back, and costs nobody else."""
    now: Callable[[], float] = time.time
    """Seconds since the Unix epoch."""


class Lane:
    """Every record given to `write` is written, handed back to the queue, or buried as a dead letter."""

    def __init__(
        self, property_id: str, name: str, sink: Sink, around: Surroundings, shares_objects: bool = False
    ) -> None:
        """`shares_objects`: the sink writes the records of a block together, under its id."""
        self._property_id = property_id
        self.name = name
        self._sink = sink
        self._around = around
        self._shares_objects = shares_objects
        self._handing_back = Group(
            self._send_back, TOGETHER, linger_seconds=TOGETHER_SECONDS, size_of=_size_of, size_limit=TOGETHER_BYTES
        )
        self._breaker = Breaker()
        self._random = random.random
        self._writing = 0
        self._refusal = ""
        """Why the last try failed, when no retry mends it."""
        self._delivered = around.metrics.delivered.labels(property_id, sink.kind)
        self._seconds = around.metrics.sink_seconds.labels(sink.kind)
        around.metrics.breaker_open.labels(property_id, name).set_function(lambda: float(self._breaker.is_open))

    async def write(self, given: RecordBlock) -> Account:
        """What became of its records.

        Raises `Retryable` when not even the queue or the dead letters can take what is left; nothing is lost.
        """
        if not self._shares_objects:  # what is left of a block may come to a sink that takes a part for the whole
            given = replace(given, block_id="")
        now_ms = self._now_ms()
        if is_last_try(given, now_ms, self._around.patience) or (self._has_room() and self._breaker.admits()):
            failed = await self._try_for_a_while(given)
            now_ms = self._now_ms()
        else:
            failed = self._untried(given.records)
        became = Counter({Fate.DELIVERED: len(_written(given.records, failed))})
        for left in leftovers(given, failed, now_ms, self._around.patience, self._random()):
            await (self._bury(left) if left.dead_reason else self._hand_back(left))
            became[Fate.DEAD_LETTER if left.dead_reason else Fate.HANDED_BACK] += len(left.block.records)
        return Account(len(given.records), became)

    async def close(self) -> None:
        """Of the sink."""
        await self._sink.close()

    def _has_room(self) -> bool:
        return self._writing < MOST_WRITING or self._around.is_alone()

    async def _try_for_a_while(self, given: RecordBlock) -> WriteFailed:
        self._writing += 1
        try:
            return await self._try_until_patience_ends(given)
        finally:
            self._writing -= 1

    async def _try_until_patience_ends(self, given: RecordBlock) -> WriteFailed:
        """What is left, with the reasons of its last try."""
        patience_ends = time.monotonic() + PATIENCE_SECONDS
        failed = await self._try(given.records, given.block_id)
        for delay in delays(FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS, self._random):
            if not failed.retryable or self._breaker.is_open or time.monotonic() + delay > patience_ends:
                break
            await asyncio.sleep(delay)
            left = [record for record in given.records if record.id in failed.retryable]
            again = await self._try(left, given.block_id)
            failed = WriteFailed(again.retryable, {**failed.permanent, **again.permanent})
        return failed

    async def _try(self, records: Sequence[FinishedRecord], block_id: str) -> WriteFailed:
        began = time.monotonic()
        failed = WriteFailed({}, {})
        with self._seconds.time():
            try:
                await self._sink.write(records, block_id)
            except WriteFailed as failure:
                failed = failure
        self._count(records, failed)
        self._notice(records, failed, began)
        return failed

    def _notice(self, records: Sequence[FinishedRecord], failed: WriteFailed, began: float) -> None:
        """A sink that wrote something, or could tell what is wrong with a record, is not down."""
        reasons = {**failed.retryable, **failed.permanent}
        if len(reasons) < len(records) or FailureReason.REFUSED in reasons.values():
            self._breaker.succeeded()
            self._refusal = ""
        else:
            self._breaker.failed(began)
            self._refusal = next(iter(failed.permanent.values()), "")

    def _untried(self, records: Sequence[FinishedRecord]) -> WriteFailed:
        """They share the fate of those that were tried last."""
        ids = [record.id for record in records]
        if self._refusal:
            return WriteFailed({}, dict.fromkeys(ids, self._refusal))
        return WriteFailed(dict.fromkeys(ids, FailureReason.UNAVAILABLE), {})

    async def _bury(self, left: Leftover) -> None:
        records = left.block.records
        await self._around.dead_letters.bury(
            self._property_id, self.name, left.dead_reason, records, left.block.block_id
        )
        self._around.metrics.dead_letters.labels(left.dead_reason).inc(len(records))
        log.error("%d records of %s are dead letters: %s", len(records), self._property_id, left.dead_reason)

    async def _hand_back(self, left: Leftover) -> None:
        await self._handing_back.join(left)
        count = len(left.block.records)
        self._around.metrics.handed_back.inc(count)
        log.warning("%d records of %s are handed back for %.0f s", count, self._property_id, left.delay_seconds)

    async def _send_back(self, lefts: Sequence[Leftover]) -> None:
        for left in lefts if self._shares_objects else merged(lefts):
            for body in await asyncio.to_thread(
                block.pack_records, left.block, block.RECORD_BLOCK_BYTES, self._around.keyring
            ):
                await self._around.queue.send(body, left.delay_seconds, self._property_id)

    def _count(self, records: Sequence[FinishedRecord], failed: WriteFailed) -> None:
        now_ms = self._now_ms()
        written = _written(records, failed)
        self._delivered.inc(len(written))
        for record in written:
            self._around.metrics.end_to_end_seconds.observe(max(0, now_ms - record.received_at_ms) / 1000)
        for kind, reasons in (("retryable", failed.retryable), ("permanent", failed.permanent)):
            if reasons:
                self._around.metrics.sink_errors.labels(self._property_id, self._sink.kind, kind).inc(len(reasons))

    def _now_ms(self) -> int:
        return int(self._around.now() * 1000)


def _written(records: Sequence[FinishedRecord], failed: WriteFailed) -> list[FinishedRecord]:
    return [record for record in records if record.id not in failed.retryable and record.id not in failed.permanent]


def _size_of(left: Leftover) -> int:
    return sum(len(record.body) for record in left.block.records)
