"""Sinks: where a customer's records go."""

from collections.abc import Sequence
from typing import Protocol

from shared.properties import ObjectsSink
from shared.record import FinishedRecord
from workers.sinks.objects import Objects
from workers.sinks.stores import open_store


class Sink(Protocol):
    """Write-only, and idempotent as far as the store allows."""

    @property
    def kind(self) -> str:
        """As in `properties.toml`; a metric label."""

    async def write(self, records: Sequence[FinishedRecord]) -> None:
        """Returns when the store has all of them safely. Raises only `WriteFailed`."""

    async def close(self) -> None:
        """Ends what is under way."""


def open_sink(property_id: str, sink: ObjectsSink, concurrent_writes: int = 64) -> Sink:
    """The sink of a property. It touches nothing before the first write, so it never fails here."""
    return Objects(property_id, open_store(sink.url, concurrent_writes))
