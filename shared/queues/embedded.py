"""The embedded queue: SQLite, several processes on one machine, the semantics of a hosted queue."""

import asyncio
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import ParamSpec, TypeVar

from shared.errors import Permanent, Retryable
from shared.group import Group
from shared.queues import Delivery, Depth
from shared.queues.lull import Lull
from shared.queues.messages import Claim, Messages, Unsent

MAX_BODY_BYTES = 1 << 20
"""As much as the largest message of Amazon SQS."""
GROUP = 64
"""Sends that share a commit, at the most."""
POLL_SECONDS = 0.04
SET_BACK_MS = 1_000
"""Clocks are slewed all the time; to be set back by as much is an event."""
FORGET_EVERY_SECONDS = 60.0
"""How long bodies may stay in the write-ahead log after they were acked, once traffic pauses."""

P = ParamSpec("P")
Result = TypeVar("Result")


class EmbeddedQueue:
    """A `Queue`. A send that returned is on disk; what is sent in this process is received at once,
    what another process sends, after `poll_seconds` at the most.

    Visibility follows the machine's clock, as all processes must agree on it. Set forward, it makes visible what is
    hidden; set back, as well.
    """

    def __init__(
        self,
        path: Path,
        visibility_timeout_seconds: float,
        now: Callable[[], float] = time.time,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        """Raises `ConfigError` when the file at `path` cannot be used. `now` is seconds since the Unix epoch."""
        self._messages = Messages(path)
        self._thread = ThreadPoolExecutor(1, "queue")
        self._lull = Lull(path.with_name(f"{path.name}-wal"))
        self._visibility_timeout_seconds = visibility_timeout_seconds
        self._now = now
        self._poll_seconds = poll_seconds
        self._arrived = asyncio.Event()
        self._sends = Group(self._insert, GROUP)
        self._returning: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self._has_acked = False
        self._forgot_at = time.monotonic()
        self._latest_ms = sys.maxsize
        """What the clock said, at the last look."""

    async def send(self, body: str, delay_seconds: float = 0, group: str = "") -> None:  # noqa: ARG002
        """Sends that come while the disk is busy share the next commit. There are no groups here."""
        _check(body)
        await self._sends.join(Unsent(body, self._ms_from_now(delay_seconds), self._ms_from_now(0)))

    async def receive(self, limit: int, wait_seconds: float) -> list[Delivery]:
        """Cancelled, it gives back what it may have claimed."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait_seconds
        while limit > 0:
            arrived = self._arrived
            if deliveries := await self._look(limit):
                return deliveries
            remaining = deadline - loop.time()
            if remaining <= 0:
                break
            with suppress(TimeoutError):
                async with asyncio.timeout(min(remaining, self._poll_seconds)):
                    await arrived.wait()
        await self._forget()
        return []

    async def extend(self, delivery: Delivery, seconds: float) -> None:
        """See `Queue`."""
        await self._run(self._messages.extend, delivery.receipt, self._ms_from_now(seconds))

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """See `Queue`."""
        if deliveries:
            self._has_acked = True
            await self._run(self._messages.remove, [delivery.receipt for delivery in deliveries])

    async def release(self, delivery: Delivery, delay_seconds: float = 0) -> None:
        """See `Queue`."""
        await self._run(self._messages.release, delivery.receipt, self._ms_from_now(delay_seconds))
        self._wake_receivers()

    async def dead_letter(self, delivery: Delivery, reason: str) -> None:
        """See `Queue`."""
        await self._run(self._messages.bury, delivery.receipt, reason, self._ms_from_now(0))

    async def depth(self) -> Depth:
        """Exact."""
        return await self._run(self._messages.depth, self._ms_from_now(0))

    async def close(self) -> None:
        """Ends the thread. Everything asked for afterwards is `Retryable`."""
        if self._is_closed:
            return
        await asyncio.gather(*self._returning)
        self._is_closed = True
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self._messages.close)
        finally:
            self._thread.shutdown(wait=False)

    async def _insert(self, unsent: Sequence[Unsent]) -> None:
        await self._run(self._messages.insert, unsent)
        self._wake_receivers()

    async def _forget(self) -> None:
        """In a quiet moment, and not all the time."""
        if self._has_acked and time.monotonic() - self._forgot_at > FORGET_EVERY_SECONDS:
            self._has_acked, self._forgot_at = False, time.monotonic()
            try:
                await self._run(self._messages.forget)
            except Retryable:  # a full disk has no room for what is in the log
                self._has_acked = True

    async def _look(self, limit: int) -> list[Delivery]:
        now_ms = self._ms_from_now(0)
        if self._latest_ms - now_ms > SET_BACK_MS:
            longest_ms = int(self._visibility_timeout_seconds * 1000)
            await self._run(self._messages.bring_back, now_ms, longest_ms, SET_BACK_MS)
        self._latest_ms = now_ms
        if self._lull.goes_on(now_ms):
            return []
        trace = self._lull.trace()
        hidden_until_ms = self._ms_from_now(self._visibility_timeout_seconds)
        claim = await self._given_back_when_cancelled(self._run(self._messages.claim, limit, now_ms, hidden_until_ms))
        self._lull.begin(None if claim.deliveries else trace, claim.next_visible_ms)
        return claim.deliveries

    async def _given_back_when_cancelled(self, claim: Coroutine[None, None, Claim]) -> Claim:
        claiming = asyncio.create_task(claim)
        try:
            return await asyncio.shield(claiming)
        except asyncio.CancelledError:
            returning = asyncio.create_task(self._give_back(claiming))
            self._returning.add(returning)
            returning.add_done_callback(self._returning.discard)
            raise

    async def _give_back(self, claiming: asyncio.Task[Claim]) -> None:
        with suppress(Retryable):  # then they come back when their visibility ends
            for delivery in (await claiming).deliveries:
                await self.release(delivery)

    async def _run(self, work: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
        if self._is_closed:
            raise Retryable("the embedded queue is closed")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: work(*args, **kwargs))

    def _wake_receivers(self) -> None:
        self._arrived.set()
        self._arrived = asyncio.Event()

    def _ms_from_now(self, seconds: float) -> int:
        return int((self._now() + max(0.0, seconds)) * 1000)


def _check(body: str) -> None:
    try:
        size = len(body.encode())
    except UnicodeEncodeError as error:
        raise Permanent(f"the message is no text: {error.reason}") from error
    if size > MAX_BODY_BYTES:
        raise Permanent(f"the message has {size} bytes; a queue takes {MAX_BODY_BYTES}")
