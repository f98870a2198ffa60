"""Queue: blocks travel from gateways to workers, at least once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from shared.config import Config


class Delivery(msgspec.Struct, frozen=True):
    """One message received from the queue: invisible to others until it is acked, released or its time runs out."""

    body: str
    receipt: str
    """Good for this receive only: with the receipt of an earlier one, nothing changes. (A hosted queue may still honour
    one that another process has spent: then a message is gone, or back, early; what was done with it counts.)
    """
    attempt: int
    """1 at the first receive."""
    sent_at_ms: int
    """Milliseconds since the Unix epoch."""


class Depth(msgspec.Struct, frozen=True):
    """What waits in the queue."""

    visible: int
    in_flight: int
    delayed: int
    dead: int
    oldest_seconds: float
    """Age of the oldest message that is not dead; 0 when there is none. Where a queue does not tell: how old the oldest
    of the last receive was when it came.
    """


class Queue(Protocol):
    """Every method raises `Retryable` when the queue cannot be reached and `Permanent` when it refuses the message."""

    async def send(self, body: str, delay_seconds: float = 0, group: str = "") -> None:
        """Returns once the queue has the message safely. It becomes visible after the delay, of at most 15 minutes.

        `group`: whose message it is. A queue that knows of groups serves each its share, however much one has waiting.
        """

    async def receive(self, limit: int, wait_seconds: float) -> list[Delivery]:
        """At most `limit` messages, about the oldest first; waits up to `wait_seconds` for one; empty when none came.

        Cancelled, it gives back what it may have claimed.
        """

    async def extend(self, delivery: Delivery, seconds: float) -> None:
        """Keeps the delivery invisible for another `seconds` from now."""

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """The work is done: the messages are gone."""

    async def release(self, delivery: Delivery, delay_seconds: float = 0) -> None:
        """Gives the message back; it becomes visible to others after the delay."""

    async def dead_letter(self, delivery: Delivery, reason: str) -> None:
        """Sets the message aside with its reason; nobody receives it again."""

    async def depth(self) -> Depth:
        """What waits, approximately where the queue is distributed."""

    async def close(self) -> None:
        """Releases what the client holds. Unacked deliveries come back when their visibility ends."""


def open_queue(config: Config) -> Queue:
    """The queue that the configuration asks for; the embedded one is `DATA/queue.sqlite3`. Raises `ConfigError`."""
    if config.queue.kind == "sqs":
        from shared.queues.sqs import SqsQueue  # noqa: PLC0415 - who does not use Amazon does not wait for its library

        return SqsQueue(config.queue)
    from shared.queues.embedded import EmbeddedQueue  # noqa: PLC0415 - it is made of the types above

    return EmbeddedQueue(Path(config.data) / "queue.sqlite3", config.queue.visibility_timeout_seconds)
