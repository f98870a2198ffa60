"""Intake: where captured beacons go: into the journal, and as much further as the operator asked for."""

import time
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from gateway.books import Books
from gateway.journal import Journal, JournalError
from gateway.metrics import Metrics
from gateway.rates import Rates
from gateway.reject import Reject, RejectReason
from gateway.sender import cleaned
from gateway.shipped import Shipped
from gateway.sync import JournalSync
from shared import beacon as beacons
from shared.beacon import Beacon, Channel
from shared.config import Gateway

SHUTTING_DOWN = Reject(RejectReason.SHUTTING_DOWN, "this gateway is shutting down")


class Intake:
    """The one way into the journal, for every channel."""

    def __init__(
        self,
        config: Gateway,
        rates: Rates,
        journal: Journal,
        sync: JournalSync,
        shipped: Shipped,
        books: Books,
        metrics: Metrics,
    ) -> None:
        self._config = config
        self._rates = rates
        self._journal = journal
        self._sync = sync
        self._shipped = shipped
        self._books = books
        self._metrics = metrics
        ways: dict[str, Callable[[], Awaitable[Reject | None]]] = {"fsync": self._synced, "queue": self._queued}
        self.secured = ways.get(config.acknowledge_after)
        """What to wait for beyond `append`, for everything appended so far; None: nothing."""
        self.is_closing = False
        """Set while shutting down: new measurements are refused, so that the client can try another gateway."""

    async def take(self, channel: Channel, captured: Beacon | Reject, started: float) -> Reject | None:
        """None once it may be acknowledged. `started`: `time.perf_counter()` when the request was begun with."""
        refused = self.append(captured) or (await self.secured() if self.secured else None)
        return self.count(channel, refused, started)

    def append(self, captured: Beacon | Reject) -> Reject | None:
        """None once the journal has it."""
        admitted = self.admit(captured)
        return admitted if isinstance(admitted, Reject) else self.write([admitted])

    def admit(self, captured: Beacon | Reject) -> Beacon | Reject:
        """Whether it may be written."""
        if isinstance(captured, Reject):
            return captured
        if self.is_closing:
            return SHUTTING_DOWN
        return self._rates.refuse(captured.property) or captured

    def write(self, admitted: Sequence[Beacon]) -> Reject | None:
        """None once the journal has them all, one or more; else it has none of them."""
        try:
            self._journal.append(*map(_encode, admitted))
        except JournalError as error:
            return Reject(error.reason, str(error))
        self._books.append(len(admitted))
        return None

    def count(self, channel: Channel, refused: Reject | None, started: float) -> Reject | None:
        """`refused`, once the books know of it."""
        if refused:
            self._metrics.received.counts[channel, "rejected"] += 1
            self._metrics.rejected.counts[refused.reason,] += 1
        else:
            self.count_accepted(channel, [started])
        return refused

    def count_accepted(self, channel: Channel, started: Sequence[float]) -> None:
        """When each was begun with."""
        now = time.perf_counter()
        self._metrics.received.counts[channel, "accepted"] += len(started)
        self._metrics.ack_seconds.observe_all([now - one for one in started])

    def blame(self, refused: Reject) -> Reject:
        """A body that a gateway on its way out does not wait for is not its client's fault."""
        is_cut_off = self.is_closing and refused.reason == RejectReason.SLOW_BODY
        return SHUTTING_DOWN if is_cut_off else refused

    async def _synced(self) -> Reject | None:
        """None once the disk has it."""
        try:
            await self._sync.wait()
        except JournalError as error:
            return Reject(error.reason, str(error))
        return None

    async def _queued(self) -> Reject | None:
        """None once the queue has it."""
        try:
            await self._shipped.wait(self._journal.end, self._config.queue_timeout_seconds)
        except TimeoutError:
            return Reject(RejectReason.QUEUE_UNAVAILABLE, "the queue did not confirm in time")
        return None


def _encode(beacon: Beacon) -> bytes:
    try:
        return beacons.encode(beacon)
    except UnicodeEncodeError:
        return beacons.encode(msgspec.structs.replace(beacon, headers=cleaned(beacon.headers)))
