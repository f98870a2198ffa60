"""Shipper: journal -> blocks -> queue. What the queue has confirmed is committed; everything else is shipped again."""

import asyncio
import logging
import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from gateway.books import Books
from gateway.journal import Journal, JournalError, Stretch
from gateway.metrics import ADOPTED, OWN, Metrics
from gateway.shipped import Shipped
from gateway.sync import JournalSync
from shared.backoff import delays
from shared.beacon import property_of
from shared.block import OPEN, pack_beacons
from shared.errors import Permanent, Retryable
from shared.logs import place_of
from shared.queues import Queue
from shared.seal import Keyring

READ_BYTES = 512 << 10
"""What one block is made of at the most, before compression."""
FIRST_DELAY_SECONDS = 0.1
LONGEST_DELAY_SECONDS = 5.0
FAILURE_PAUSE_SECONDS = 1.0
RETIRE_EVERY_SECONDS = 60.0
"""How long client addresses may stay on disk after they were shipped, once traffic pauses."""

log = logging.getLogger("blockmetry.shipper")


class Packing(NamedTuple):
    """How beacons become blocks."""

    max_bytes: int
    keyring: Keyring = OPEN
    by_property: bool = False

    def pack(self, encoded: Sequence[bytes]) -> list[tuple[str, str]]:
        """Bodies, each with the group it belongs to."""
        if not self.by_property:
            return [(body, "") for body in pack_beacons(encoded, self.max_bytes, self.keyring)]
        groups: dict[str, list[bytes]] = defaultdict(list)
        for one in encoded:
            groups[property_of(one)].append(one)
        return [
            (body, group) for group, own in groups.items() for body in pack_beacons(own, self.max_bytes, self.keyring)
        ]


class Own(NamedTuple):
    """Of a journal that this process appends to as well."""

    shipped: Shipped
    """Is told what the queue has, and so are the books."""
    books: Books
    sync: JournalSync | None
    """What is shipped is on disk before, so that a power loss leaves all of a block or nothing of it."""


class Shipper:
    """The only reader of a journal."""

    def __init__(
        self,
        journal: Journal,
        queue: Queue,
        metrics: Metrics,
        packing: Packing,
        block_max_age_seconds: float,
        own: Own | None = None,
        random_number: Callable[[], float] = random.random,
    ) -> None:
        self._journal = journal
        self._queue = queue
        self._metrics = metrics
        self._packing = packing
        self._own = own
        self._block_max_age_seconds = block_max_age_seconds
        self._random = random_number
        self._finishing = asyncio.Event()
        self._retired_at = time.monotonic()

    async def run(self) -> None:
        """Until `finish`, and then until the journal is empty.

        A block waits for company for `block_max_age_seconds`, or until it is full.
        """
        while self._journal.unread_bytes or not self._finishing.is_set():
            if self._journal.unread_bytes < READ_BYTES:
                await self._wait_for_company()
            try:
                await self._ship_next()
                self._retire()
            except Exception as error:  # whatever it is: what was read must be sent before what follows is committed
                log.error("shipping failed and begins again where it was committed last: %s", place_of(error))
                self._journal.rewind()
                await asyncio.sleep(FAILURE_PAUSE_SECONDS)

    def finish(self) -> None:
        """`run` returns when there is nothing left to ship."""
        self._finishing.set()

    async def _wait_for_company(self) -> None:
        try:
            async with asyncio.timeout(self._block_max_age_seconds):
                await self._finishing.wait()
        except TimeoutError:
            return

    async def _ship_next(self) -> None:
        stretch = self._journal.read(READ_BYTES)
        due = self._own.books.appended if self._own and not self._journal.unread_bytes else None
        if stretch.payloads:
            packing = asyncio.to_thread(self._packing.pack, stretch.payloads)
            blocks, _ = await asyncio.gather(packing, self._remember())
            await asyncio.gather(*(self._send(body, group) for body, group in blocks))
            self._metrics.block_beacons.observe(len(stretch.payloads) / len(blocks))
        self._journal.commit(stretch.end)
        self._count(stretch, due)
        if self._own:
            self._own.shipped.reached(stretch.end)

    async def _remember(self) -> None:
        """That a block is under way, and what is in it. A disk that fails keeps nothing from being shipped."""
        if self._own and self._own.sync:
            with suppress(JournalError):
                await self._own.sync.wait()
        with suppress(OSError):
            await asyncio.to_thread(self._journal.sync_position)

    def _count(self, stretch: Stretch, due: int | None) -> None:
        count, is_own = len(stretch.payloads), stretch.end.segment >= self._journal.first_own_segment
        self._metrics.shipped.counts[OWN if is_own else ADOPTED] += count
        if self._own:
            self._own.books.ship(count if is_own else 0, due)

    def _retire(self) -> None:
        if time.monotonic() - self._retired_at > RETIRE_EVERY_SECONDS:
            self._journal.retire()
            self._retired_at = time.monotonic()

    async def _send(self, body: str, group: str) -> None:
        """Until the queue has it: an outage makes the journal longer and nothing else."""
        for delay in delays(FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS, self._random):
            try:
                with self._metrics.ship_seconds.time():
                    await self._queue.send(body, group=group)
            except (Retryable, Permanent) as error:
                self._metrics.ship_errors.inc()
                log.warning("the queue did not take a block: %s", error)
                await asyncio.sleep(delay)
            else:
                return
