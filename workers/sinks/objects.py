"""Objects: one object per hit, under a key made of what never changes, so that redelivery rewrites nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from shared.errors import WriteFailed
from shared.record import FinishedRecord
from shared.sinks import ObjectsSink
from workers.sinks.store import Store

HOUR_MS = 3_600_000


class Objects:
    """A `Sink` over an object store."""

    kind = "objects"

    def __init__(self, property_id: str, store: Store, configured: ObjectsSink) -> None:
        self._property_id = property_id
        self._store = store
        self._layout = configured.layout

    async def write(self, records: Sequence[FinishedRecord], block_id: str) -> None:  # noqa: ARG002
        """See `Sink`. An object that is there already is a record that is written already."""
        by_key = {key_of(self._property_id, record): record for record in records}
        failures = await self._store.create({key: record.body for key, record in by_key.items()})
        if failures:
            raise WriteFailed(
                {by_key[key].id: failure.reason for key, failure in failures.items() if not failure.is_permanent},
                {by_key[key].id: failure.reason for key, failure in failures.items() if failure.is_permanent},
            )

    async def close(self) -> None:
        """See `Sink`."""
        await self._store.close()


def key_of(property_id: str, record: FinishedRecord) -> str:
    """`property=ID/date=YYYY-MM-DD/hour=HH/RECORDID.json`, the hour in UTC."""
    return f"property={property_id}/{_hour(record.at_ms // HOUR_MS)}/{record.id}.json"


@lru_cache(maxsize=1024)
def _hour(hours_since_epoch: int) -> str:
    return datetime.fromtimestamp(hours_since_epoch * 3600, UTC).strftime("date=%Y-%m-%d/hour=%H")
