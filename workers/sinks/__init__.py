"""Sinks: where a customer's records go."""

from collections.abc import Sequence
from typing import Protocol

from shared import sinks
from shared.record import FinishedRecord
from shared.sinks import FirehoseSink, KinesisSink, ObjectsSink
from workers.sinks.objects import Objects
from workers.sinks.stores import open_store


class Sink(Protocol):
    """Write-only, and idempotent as far as the store allows."""

    @property
    def kind(self) -> str:
        """As in `properties.toml`; a metric label."""

    async def write(self, records: Sequence[FinishedRecord], block_id: str) -> None:
        """Returns when the store has all of them safely. Raises only `WriteFailed`.

        `block_id` names the block that the records came from, and is the same when they come again.
        """

    async def close(self) -> None:
        """Ends what is under way."""


def open_sink(property_id: str, sink: sinks.Sink, concurrent_writes: int = 64) -> Sink:
    """The sink of a property. It touches nothing before the first write, so it never fails here."""
    match sink:
        case ObjectsSink():
            return Objects(property_id, open_store(sink, concurrent_writes), sink)
        case KinesisSink():
            from workers.sinks.kinesis import Kinesis  # noqa: PLC0415 - who has no streams does not wait for Amazon's library

            return Kinesis(sink)
        case FirehoseSink():
            from workers.sinks.firehose import Firehose  # noqa: PLC0415 - the same

            return Firehose(sink)
