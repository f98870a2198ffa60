"""Objects: records as objects of a store, one per hit or one per block."""

import asyncio
from collections.abc import Mapping, Sequence

from shared.errors import WriteFailed
from shared.record import FinishedRecord
from shared.sinks import ObjectsSink
from workers.sinks.failure import Failure, write_failed
from workers.sinks.layouts import COMPRESSIONS, NDJSON, Object, by_block, by_hit
from workers.sinks.store import JSON, Store


class Objects:
    """A `Sink` over an object store. An object that is there already is written already, with all its records."""

    kind = "objects"

    def __init__(self, property_id: str, store: Store, configured: ObjectsSink) -> None:
        self._property_id = property_id
        self._store = store
        self._is_by_block = configured.layout == "block"
        self._compression = COMPRESSIONS[configured.compression]

    async def write(self, records: Sequence[FinishedRecord], block_id: str) -> None:
        """See `Sink`. In layout `block` the records of one hour are written together, or none of them is."""
        if self._is_by_block:  # in a thread: it takes milliseconds to compress a large block
            objects = await asyncio.to_thread(self._divide, records, block_id)
        else:
            objects = list(by_hit(self._property_id, records))
        bodies = {stored.key: stored.body for stored in objects}
        failures = await self._store.create(bodies, NDJSON if self._is_by_block else JSON)
        if failures:
            raise _write_failed(objects, failures)

    async def close(self) -> None:
        """See `Sink`."""
        await self._store.close()

    def _divide(self, records: Sequence[FinishedRecord], block_id: str) -> list[Object]:
        return list(by_block(self._property_id, records, block_id, self._compression))


def _write_failed(objects: Sequence[Object], failures: Mapping[str, Failure]) -> WriteFailed:
    of_record = {
        record_id: failures[stored.key] for stored in objects if stored.key in failures for record_id in stored.ids
    }
    return write_failed(of_record)
