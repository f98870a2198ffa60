"""Shipper: journal -> blocks -> queue. What the queue has confirmed is committed; everything else is shipped again."""

import asyncio
import logging
import random
import time
from collections.abc import Callable

from gateway.journal import Journal
from gateway.metrics import Metrics
from shared import block
from shared.backoff import delays
from shared.errors import Permanent, Retryable
from shared.logs import place_of
from shared.queues import Queue

READ_BYTES = 512 << 10
"""What one block is made of at the most, before compression."""
FIRST_DELAY_SECONDS = 0.1
LONGEST_DELAY_SECONDS = 5.0
FAILURE_PAUSE_SECONDS = 1.0
RETIRE_EVERY_SECONDS = 60.0
"""How long client addresses may stay on disk after they were shipped, once traffic pauses."""

log = logging.getLogger("blockmetry.shipper")


class Shipper:
    """The only reader of a journal."""

    def __init__(
        self,
        journal: Journal,
        queue: Queue,
        metrics: Metrics,
        block_max_bytes: int,
        block_max_age_seconds: float,
        random_number: Callable[[], float] = random.random,
    ) -> None:
        self._journal = journal
        self._queue = queue
        self._metrics = metrics
        self._block_max_bytes = block_max_bytes
        self._block_max_age_seconds = block_max_age_seconds
        self._random = random_number
        self._is_finishing = False
        self._retired_at = time.monotonic()

    async def run(self) -> None:
        """Until `finish`, and then until the journal is empty.

        A block waits for company for `block_max_age_seconds`, or until it is full.
        """
        while self._journal.unread_bytes or not self._is_finishing:
            if self._journal.unread_bytes < READ_BYTES and not self._is_finishing:
                await asyncio.sleep(self._block_max_age_seconds)
            try:
                await self._ship_next()
                self._retire()
            except Exception as error:  # whatever it is: what was read must be sent before what follows is committed
                log.error("shipping failed and begins again where it was committed last: %s", place_of(error))
                self._journal.rewind()
                await asyncio.sleep(FAILURE_PAUSE_SECONDS)

    def finish(self) -> None:
        """`run` returns when there is nothing left to ship."""
        self._is_finishing = True

    async def _ship_next(self) -> None:
        stretch = self._journal.read(READ_BYTES)
        if stretch.payloads:
            bodies = await asyncio.to_thread(block.pack_beacons, stretch.payloads, self._block_max_bytes)
            await asyncio.gather(*map(self._send, bodies))
            self._metrics.block_beacons.observe(len(stretch.payloads) / len(bodies))
        self._journal.commit(stretch.end)

    def _retire(self) -> None:
        if time.monotonic() - self._retired_at > RETIRE_EVERY_SECONDS:
            self._journal.retire()
            self._retired_at = time.monotonic()

    async def _send(self, body: str) -> None:
        """Until the queue has it: an outage makes the journal longer and nothing else."""
        for delay in delays(FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS, self._random):
            try:
                with self._metrics.ship_seconds.time():
                    await self._queue.send(body)
            except (Retryable, Permanent) as error:
                self._metrics.ship_errors.inc()
                log.warning("the queue did not take a block: %s", error)
                await asyncio.sleep(delay)
            else:
                return
