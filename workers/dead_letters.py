"""Dead letters: records that will never be delivered as they stand, in the operator's own store, to be replayed."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from shared.errors import ConfigError, Retryable
from shared.record import FinishedRecord
from shared.sinks import ObjectsSink
from workers.sinks.store import Store
from workers.sinks.stores import open_store

HOUR_MS = 3_600_000
NO_SINK = "none"
"""In place of a sink's name: the property was gone before its records were divided among its sinks."""
BUG = "bug"
"""The reason of letters that hold a measurement, and no record."""


class Place(NamedTuple):
    """Where letters lie that share their lane and their reason."""

    reason: str
    property_id: str
    sink: str

    @property
    def prefix(self) -> str:
        """Of their keys."""
        return f"reason={self.reason}/property={self.property_id}/sink={self.sink}/"


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A finished record, why it is here, and what it takes to write it after all. It holds no address."""

    property_id: str = msgspec.field(name="property")
    sink: str
    reason: str
    at: str
    """When it was buried: YYYY-MM-DDTHH:MM:SSZ"""
    id: str
    at_ms: int
    received_at_ms: int
    record: msgspec.Raw
    """The BMRecord as it would have been written."""
    block_id: str = ""
    """Of the block whose records share an object; empty: each is written by itself."""
    siblings: int = 0
    """How many records of that block and hour were buried together, this one included: only whole do they go back."""

    @property
    def place(self) -> Place:
        """Where it lies."""
        return Place(self.reason, self.property_id, self.sink)

    @property
    def key(self) -> str:
        """Of its object: the same for the same record, lane and reason."""
        return f"{self.place.prefix}{self.id}.json"

    @property
    def hour(self) -> int:
        """Since the Unix epoch: a block's records of one hour share an object."""
        return self.at_ms // HOUR_MS

    @property
    def finished(self) -> FinishedRecord:
        """The very record that was buried."""
        return FinishedRecord(self.id, self.at_ms, self.received_at_ms, bytes(self.record))


class DeadLetters:
    """One object each, under `reason=REASON/property=ID/sink=NAME/RECORDID.json`."""

    def __init__(self, url: str, now: Callable[[], float] = time.time, concurrent_writes: int = 64) -> None:
        """`now` is seconds since the Unix epoch. Raises `ConfigError`."""
        self._store = open_own_store(url, concurrent_writes)
        self._now = now

    async def bury(
        self, property_id: str, sink_name: str, reason: str, records: Sequence[FinishedRecord], block_id: str = ""
    ) -> None:
        """Returns when all are stored safely; again changes nothing. Raises `Retryable` when some are not.

        With a `block_id`, these are all records of that block, or all of some of its hours.
        """
        at = datetime.fromtimestamp(self._now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        known = {record.id: record for record in records}
        hours = Counter(record.at_ms // HOUR_MS for record in known.values() if block_id)
        letters = [
            DeadLetter(
                property_id=property_id,
                sink=sink_name,
                reason=reason,
                at=at,
                id=record.id,
                at_ms=record.at_ms,
                received_at_ms=record.received_at_ms,
                record=msgspec.Raw(record.body),
                block_id=block_id,
                siblings=hours[record.at_ms // HOUR_MS],
            )
            for record in known.values()
        ]
        failures = await self._store.create({letter.key: msgspec.json.encode(letter) for letter in letters})
        for failure in failures.values():
            raise Retryable(f"{len(failures)} dead letters could not be stored: {failure.detail}")

    async def close(self) -> None:
        """Ends what is under way."""
        await self._store.close()


def open_own_store(url: str, concurrent_writes: int) -> Store:
    """Where the operator's letters lie: a directory, or a bucket, reached as the environment says: its credentials,
    region and endpoint. Raises `ConfigError`.
    """
    endpoint_url = _endpoint_url() if url.startswith("s3://") else ""
    return open_store(ObjectsSink(url=url, endpoint_url=endpoint_url), concurrent_writes)


def _endpoint_url() -> str:
    """Of S3: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, those of the profile, or Amazon's own."""
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - who writes to disk does not wait for Amazon's library
    from botocore.session import Session  # noqa: PLC0415 - the same

    try:
        return str(Session().create_client("s3").meta.endpoint_url)
    except (BotoCoreError, ValueError) as error:
        raise ConfigError(f"worker.dead_letters: {error}") from error
