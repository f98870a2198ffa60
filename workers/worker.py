"""Worker: receive -> enrich -> deliver -> ack. Ack is always last: what is killed before it comes again."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial

from shared import block
from shared.backoff import delays
from shared.block import BlockError, RecordBlock
from shared.config import Config
from shared.errors import Permanent, Retryable
from shared.logs import place_of
from shared.queues import Delivery, Queue
from workers.dead_letters import BUG, DeadLetters
from workers.enrichment import BugsByPlace, Enrichment, Observer
from workers.lanes import Lanes
from workers.lookups import Lookups
from workers.metrics import Metrics
from workers.settlement import Settlement

RECEIVE_WAIT_SECONDS = 5.0
PLACE_SECONDS = 0.25
"""How long a delivery takes a place once its records are there: what waits longer waits for a slow sink, or for company
on the way back, which is no reason to let others wait.
"""
MOST_UNACKED = 512
MOST_UNACKED_BYTES = 8 << 20
"""Deliveries at once, with a place or without, and their bodies: more would only fill the memory."""
UNDECODABLE_ATTEMPTS = 3

log = logging.getLogger("blockmetry.worker")


class Worker:
    """One worker process's work, inside a running event loop."""

    def __init__(
        self,
        config: Config,
        queue: Queue,
        lookups: Lookups,
        lanes: Lanes,
        dead_letters: DeadLetters,
        metrics: Metrics,
        observer: Observer | None = None,
    ) -> None:
        self._config = config
        self._queue = queue
        self._enrichment = Enrichment(lookups, metrics, observer)
        self._lanes = lanes
        self._dead_letters = dead_letters
        self._metrics = metrics
        self._keyring = config.queue.keyring()
        self._working: set[asyncio.Task[None]] = set()
        self._places: set[asyncio.Task[None]] = set()
        """Those of them that let no other begin."""
        self._unacked_bytes = 0
        self._enriching = asyncio.Lock()
        """One delivery at a time: side by side, the first would be ready as late as the last."""
        self._freed = asyncio.Event()
        self._receiving: asyncio.Task[list[Delivery]] | None = None
        self._is_leaving = False
        self._receive_error = "starting"

    async def run(self) -> None:
        """Until `leave`: receives no more than there is room for."""
        pauses = delays(0.1, 5.0, random.random)
        while room := await self._room():
            try:
                deliveries = await self._receive(room)
            except Retryable as error:
                self._receive_error = str(error)
                log.warning("the queue gave nothing: %s", error)
                await asyncio.sleep(next(pauses))
                continue
            self._receive_error = ""
            pauses = delays(0.1, 5.0, random.random)
            for delivery in deliveries:
                self._begin(delivery)

    def leave(self) -> None:
        """`run` returns; what its receive was about to bring goes back to the queue."""
        self._is_leaving = True
        self._freed.set()
        if self._receiving:
            self._receiving.cancel()

    async def drain(self) -> None:
        """Finishes what was received, as far as `drain_seconds` go; the rest is redelivered."""
        if self._working:
            await asyncio.wait(self._working, timeout=self._config.worker.drain_seconds)
        for task in self._working:
            task.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)

    def not_ready(self) -> str:
        """Why this worker does no work; empty when it does."""
        return "shutting_down" if self._is_leaving else self._receive_error

    async def process(self, delivery: Delivery) -> Settlement | None:
        """It is to be acked: everything in it is written, handed back, or a dead letter. None: it is not."""
        try:
            unpacked = block.unpack(delivery.body, self._keyring)
        except BlockError as error:
            await self._set_aside(delivery, error)
            return None
        if isinstance(unpacked, RecordBlock):
            with self._leaving_place():
                return Settlement(records=await self._lanes.resume(unpacked), resumed=len(unpacked.records))
        async with self._enriching:
            enriched = await self._enrichment.of(unpacked)
        await self._bury(enriched.bugs)
        with self._leaving_place():
            written = await self._lanes.deliver(enriched.finished, block.block_id(beacon.id for beacon in unpacked))
        self._enrichment.show(enriched.finished)
        return Settlement(enriched.account, written)

    async def _room(self) -> int:
        """How many deliveries may come: waits until there is room. 0 after `leave`."""
        while not self._is_leaving:
            free = self._config.worker.concurrent_deliveries - len(self._places)
            room = min(free, MOST_UNACKED - len(self._working))
            if room > 0 and self._unacked_bytes < MOST_UNACKED_BYTES:
                return room
            self._freed.clear()
            await self._freed.wait()
        return 0

    async def _receive(self, limit: int) -> list[Delivery]:
        """Empty when `leave` came meanwhile."""
        self._receiving = asyncio.create_task(self._queue.receive(limit, RECEIVE_WAIT_SECONDS))
        try:
            return await self._receiving
        except asyncio.CancelledError:
            if self._is_leaving and self._receiving.cancelled():
                return []
            self._receiving.cancel()
            raise

    def _begin(self, delivery: Delivery) -> None:
        task = asyncio.create_task(self._work(delivery))
        self._working.add(task)
        self._places.add(task)
        self._unacked_bytes += len(delivery.body)
        self._metrics.in_flight.set(len(self._working))
        task.add_done_callback(partial(self._end, delivery))

    def _end(self, delivery: Delivery, task: asyncio.Task[None]) -> None:
        self._working.discard(task)
        self._unacked_bytes -= len(delivery.body)
        self._metrics.in_flight.set(len(self._working))
        self._leave_place(task)

    async def _work(self, delivery: Delivery) -> None:
        """Whatever goes wrong here, the delivery is not acked and comes again."""
        outcome = "failed"
        try:
            async with self._kept_invisible(delivery):
                if settlement := await self._processed(delivery):
                    self._metrics.settle(settlement)
                    await self._queue.ack([delivery])
            outcome = "acked"
        except (Retryable, Permanent) as error:
            log.warning("a delivery will come again: %s", error)
        except Exception as error:
            log.error("a delivery will come again, this is a bug: %s", place_of(error))
        finally:
            self._metrics.deliveries.labels(outcome).inc()

    async def _processed(self, delivery: Delivery) -> Settlement | None:
        """As `process`; then its place is free for others, at the latest."""
        try:
            return await self.process(delivery)
        finally:
            self._leave_place(asyncio.current_task())

    @contextmanager
    def _leaving_place(self) -> Iterator[None]:
        """What takes long in here does not keep its place."""
        leaving = asyncio.get_running_loop().call_later(PLACE_SECONDS, self._leave_place, asyncio.current_task())
        try:
            yield
        finally:
            leaving.cancel()

    def _leave_place(self, task: asyncio.Task[None] | None) -> None:
        if task:
            self._places.discard(task)
        self._freed.set()

    @asynccontextmanager
    async def _kept_invisible(self, delivery: Delivery) -> AsyncIterator[None]:
        """Nobody else gets the delivery while we are at it, however long it takes."""
        heartbeat = asyncio.create_task(self._beat(delivery))
        try:
            yield
        finally:
            heartbeat.cancel()

    async def _beat(self, delivery: Delivery) -> None:
        while True:
            await asyncio.sleep(self._config.worker.visibility_heartbeat_seconds)
            with suppress(Retryable):
                await self._queue.extend(delivery, self._config.queue.visibility_timeout_seconds)

    async def _set_aside(self, delivery: Delivery, error: BlockError) -> None:
        """A block that nobody can read: another version may, so it gets another chance or two."""
        if delivery.attempt < UNDECODABLE_ATTEMPTS:
            await self._queue.release(delivery, self._config.queue.visibility_timeout_seconds)
            return
        log.error("a block cannot be read: %s", error)
        await self._queue.dead_letter(delivery, "undecodable")
        self._metrics.dead_letters.labels("undecodable").inc()

    async def _bury(self, bugs: BugsByPlace) -> None:
        for (property_id, step), kept in bugs.items():
            await self._dead_letters.bury(property_id, step, BUG, kept)
            self._metrics.dead_letters.labels(BUG).inc(len(kept))
