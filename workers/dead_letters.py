"""Dead letters: records that will never be delivered as they stand, in the operator's own store, to be replayed."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec

from shared.errors import Retryable
from shared.record import FinishedRecord
from shared.sinks import ObjectsSink
from workers.sinks.stores import open_store


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A finished record, why it is here, and what it takes to write it after all. It holds no address."""

    property: str
    sink: str
    reason: str
    at: str
    """When it was buried: YYYY-MM-DDTHH:MM:SSZ"""
    id: str
    at_ms: int
    received_at_ms: int
    record: msgspec.Raw
    """The BMRecord as it would have been written."""


class DeadLetters:
    """One object each, under `reason=REASON/property=ID/sink=NAME/RECORDID.json`."""

    def __init__(self, url: str, now: Callable[[], float] = time.time, concurrent_writes: int = 64) -> None:
        """`now` is seconds since the Unix epoch. Raises `ValueError` for a URL that means no store."""
        self._store = open_store(ObjectsSink(url=url), concurrent_writes)
        self._now = now

    async def bury(self, property_id: str, sink_name: str, reason: str, records: Sequence[FinishedRecord]) -> None:
        """Returns when all are stored safely; again changes nothing. Raises `Retryable` when some are not."""
        at = datetime.fromtimestamp(self._now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        place = f"reason={reason}/property={property_id}/sink={sink_name}"
        letters = [_letter(property_id, sink_name, reason, at, record) for record in records]
        failures = await self._store.create(
            {f"{place}/{letter.id}.json": msgspec.json.encode(letter) for letter in letters}
        )
        for failure in failures.values():
            raise Retryable(f"{len(failures)} dead letters could not be stored: {failure.detail}")

    async def close(self) -> None:
        """Ends what is under way."""
        await self._store.close()


def _letter(property_id: str, sink_name: str, reason: str, at: str, record: FinishedRecord) -> DeadLetter:
    return DeadLetter(
        property=property_id,
        sink=sink_name,
        reason=reason,
        at=at,
        id=record.id,
        at_ms=record.at_ms,
        received_at_ms=record.received_at_ms,
        record=msgspec.Raw(record.body),
    )
