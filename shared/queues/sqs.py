"""Amazon SQS, or a server that speaks its language."""

import asyncio
import re
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from math import ceil
from typing import TypeVar

from shared.config import Queue as Config
from shared.errors import Permanent, Retryable
from shared.group import Group
from shared.queues import Delivery, Depth
from shared.queues.receipts import Receipts
from shared.queues.sqs_answers import counts, dead_letter_arn, delivery_of
from shared.queues.sqs_calls import Calls, Change, Unsent

MAX_BODY_BYTES = 1 << 20
"""Of one message, and of all messages of a batch together."""
BATCH = 10
CONCURRENT_SENDS = 4
"""One slow call does not hold up everybody."""
CONCURRENT_CHANGES = 2
CALL_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 20
LONGEST_DELAY_SECONDS = 900
LONGEST_VISIBILITY_SECONDS = 43_200
ACK_LINGER_SECONDS = 0.5
"""A call costs the same for one receipt and for ten, and an ack is in no hurry."""
RECEIVE_EVERY_SECONDS = 0.4
"""While messages trickle in: what comes meanwhile is received together, instead of a call for each."""
CLOSE_SECONDS = 5.0
NOT_TEXT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""SQS takes the characters of XML."""

Part = TypeVar("Part")


class SqsQueue:
    """A `Queue`. Sends, acks and changes that come together share a call."""

    def __init__(
        self, config: Config, now: Callable[[], float] = time.time, call_seconds: float = CALL_SECONDS
    ) -> None:
        """Nothing is called before the first use. `now` is seconds since the Unix epoch."""
        self._calls = Calls(config, call_seconds)
        self._call_seconds = call_seconds
        self._has_groups = config.group_by_property
        self._now = now
        self._sends = Group(
            self._calls.send, BATCH, calls=CONCURRENT_SENDS, size_of=_size_of, size_limit=MAX_BODY_BYTES
        )
        self._acks = Group(self._calls.delete, BATCH, calls=CONCURRENT_CHANGES, linger_seconds=ACK_LINGER_SECONDS)
        self._changes = Group(self._calls.change, BATCH, calls=CONCURRENT_CHANGES)
        self._receipts = Receipts()
        self._returning: set[asyncio.Task[None]] = set()
        self._receive_again_at = 0.0
        self._oldest_seconds = 0.0
        self._is_closed = False

    async def send(self, body: str, delay_seconds: float = 0, group: str = "") -> None:
        """The delay is rounded up to whole seconds. `group` is the message group of a fair queue, where it is one: not
        every server takes groups.
        """
        size_bytes = _checked_size(body)
        delay = min(max(0, ceil(delay_seconds)), LONGEST_DELAY_SECONDS)
        await self._join(self._sends, Unsent(body, size_bytes, delay, group if self._has_groups else ""))

    async def receive(self, limit: int, wait_seconds: float) -> list[Delivery]:
        """At most 10. The wait is rounded up to whole seconds, of which SQS knows 20.

        After a receive that brought some, but not as many as it could, this one begins a little later. Cancelled, it
        goes on in the background, and gives back what it brings.
        """
        if limit <= 0:
            return []
        await asyncio.sleep(min(wait_seconds, max(0.0, self._receive_again_at - time.monotonic())))
        wait = min(max(0, ceil(wait_seconds)), LONGEST_WAIT_SECONDS)
        return await self._given_back_when_cancelled(self._receive(min(limit, BATCH), wait))

    async def extend(self, delivery: Delivery, seconds: float) -> None:
        """Rounded up to whole seconds. SQS hides a message for 12 hours at the most."""
        await self._change(delivery, seconds)

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Waits for company for half a second. Cancelled, the messages are gone all the same."""
        good = dict.fromkeys(delivery.receipt for delivery in deliveries if self._receipts.is_good(delivery.receipt))
        joining = asyncio.gather(*(self._join(self._acks, receipt) for receipt in good), return_exceptions=True)
        for outcome in await asyncio.shield(joining):
            if outcome:
                raise outcome

    async def release(self, delivery: Delivery, delay_seconds: float = 0) -> None:
        """The delay is rounded up to whole seconds."""
        await self._change(delivery, delay_seconds)
        self._receipts.spend(delivery.receipt)

    async def dead_letter(self, delivery: Delivery, reason: str) -> None:
        """To the queue that the redrive policy names, with its reason as an attribute; `Retryable` while it names none.

        Interrupted, it may be there twice.
        """
        if not self._receipts.is_good(delivery.receipt):
            return
        arn = dead_letter_arn(await self._calls.attributes())
        if not arn:
            raise Retryable("the queue has no redrive policy that says where dead letters go")
        await self._calls.send_dead_letter(arn, delivery.body, reason)
        if error := (await self._calls.delete([delivery.receipt]))[0]:
            raise error
        self._receipts.spend(delivery.receipt)

    async def depth(self) -> Depth:
        """Approximate, as SQS counts; `dead` is what waits in the queue that the redrive policy names, if any.

        SQS does not say how old its oldest message is. `oldest_seconds` is the age, when it came, of the oldest message
        of this process's last receive: 0 after a receive that brought none, and where nobody receives.
        """
        attributes = await self._calls.attributes()
        visible, in_flight, delayed = counts(attributes)
        arn = dead_letter_arn(attributes)
        dead = sum(counts(await self._calls.dead_letter_attributes(arn))) if arn else 0
        return Depth(visible, in_flight, delayed, dead, self._oldest_seconds if visible + in_flight + delayed else 0.0)

    async def close(self) -> None:
        """Waits a few seconds for what is under way. Everything asked for afterwards is `Retryable`."""
        if self._is_closed:
            return
        self._is_closed = True
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await asyncio.gather(*self._returning, return_exceptions=True)
                for group in (self._sends, self._acks, self._changes):
                    await group.drain()
        await self._calls.close()

    async def _join(self, group: Group[Part], part: Part) -> None:
        """Also what waits for others to be served has the deadline of one call."""
        try:
            async with asyncio.timeout(self._call_seconds + ACK_LINGER_SECONDS):
                await group.join(part)
        except TimeoutError:
            raise Retryable(f"the queue: no answer within {self._call_seconds:g} s") from None

    async def _change(self, delivery: Delivery, seconds: float) -> None:
        if self._receipts.is_good(delivery.receipt):
            after_seconds = min(max(0, ceil(seconds)), LONGEST_VISIBILITY_SECONDS)
            await self._join(self._changes, Change(delivery.receipt, after_seconds))

    async def _receive(self, count: int, wait_seconds: int) -> list[Delivery]:
        began = time.monotonic()
        now_ms = int(self._now() * 1000)
        received: list[Delivery] = []
        for message in await self._calls.receive(count, wait_seconds):
            if delivery := delivery_of(message, now_ms):
                received.append(delivery)
                self._receipts.hold(str(message.get("MessageId") or delivery.receipt), delivery.receipt)
        self._receive_again_at = began + RECEIVE_EVERY_SECONDS if 0 < len(received) < count else 0.0
        ages = (self._now() - delivery.sent_at_ms / 1000 for delivery in received)
        self._oldest_seconds = max(0.0, *ages) if received else 0.0
        return received

    async def _given_back_when_cancelled(self, receive: Coroutine[None, None, list[Delivery]]) -> list[Delivery]:
        receiving = asyncio.create_task(receive)
        try:
            return await asyncio.shield(receiving)
        except asyncio.CancelledError:
            returning = asyncio.create_task(self._give_back(receiving))
            self._returning.add(returning)
            returning.add_done_callback(self._returning.discard)
            raise

    async def _give_back(self, receiving: asyncio.Task[list[Delivery]]) -> None:
        with suppress(Retryable):  # then they come back when their visibility ends
            await asyncio.gather(*map(self.release, await receiving))


def _checked_size(body: str) -> int:
    """Bytes. Raises `Permanent` for what no queue takes."""
    if not body or (not (body.isascii() and body.isprintable()) and NOT_TEXT.search(body)):
        raise Permanent("the message is empty, or no text")
    size = len(body.encode())
    if size > MAX_BODY_BYTES:
        raise Permanent(f"the message has {size} bytes; a queue takes {MAX_BODY_BYTES}")
    return size


def _size_of(unsent: Unsent) -> int:
    return unsent.size_bytes
