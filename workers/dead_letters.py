"""Dead letters: records that will never be delivered as they stand, in the operator's own store, to be replayed."""

import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from shared import block
from shared.errors import ConfigError, Retryable
from shared.record import FinishedRecord
from shared.sinks import ObjectsSink
from workers.sinks.store import Store
from workers.sinks.stores import open_store

NO_SINK = "none"
"""In place of a sink's name: the property was gone before its records were divided among its sinks."""
BUG = "bug"
"""The reason of letters that hold a measurement, and no record."""
KEY = re.compile(r"reason=([^/]+)/property=([^/]+)/sink=([^/]+)/[0-9a-f]{32}\.json")


class Place(NamedTuple):
    """Where letters lie that share their lane and their reason."""

    reason: str
    property_id: str
    sink: str


class DeadRecord(msgspec.Struct, frozen=True):
    """A finished record in a dead letter."""

    id: str
    at_ms: int
    received_at_ms: int
    record: msgspec.Raw
    """The BMRecord as it would have been written."""


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """Records of one block that met their end together, why, and what it takes to write them after all. It holds no
    address.
    """

    property_id: str = msgspec.field(name="property")
    sink: str
    reason: str
    at: str
    """When it was buried: YYYY-MM-DDTHH:MM:SSZ"""
    block_id: str
    """Where these records share an object: what names it. Else empty."""
    records: list[DeadRecord]

    @property
    def place(self) -> Place:
        """Where it lies."""
        return Place(self.reason, self.property_id, self.sink)

    @property
    def name(self) -> str:
        """32 hex digits, the same for the same records of the same block."""
        return block.block_id([self.block_id.encode(), *sorted(record.id.encode() for record in self.records)])

    @property
    def key(self) -> str:
        """Of its object."""
        return f"reason={self.reason}/property={self.property_id}/sink={self.sink}/{self.name}.json"

    @property
    def finished(self) -> list[FinishedRecord]:
        """The very records that were buried."""
        return [FinishedRecord(r.id, r.at_ms, r.received_at_ms, bytes(r.record)) for r in self.records]


class DeadLetters:
    """One object each, under `reason=REASON/property=ID/sink=NAME/LETTER.json`."""

    def __init__(self, url: str, now: Callable[[], float] = time.time, concurrent_writes: int = 64) -> None:
        """`now` is seconds since the Unix epoch. Raises `ConfigError`."""
        self._store = open_own_store(url, concurrent_writes)
        self._now = now

    async def bury(
        self, property_id: str, sink_name: str, reason: str, records: Sequence[FinishedRecord], block_id: str = ""
    ) -> None:
        """Returns when they are stored safely, in one letter; again changes nothing. Raises `Retryable`."""
        letter = DeadLetter(
            property_id=property_id,
            sink=sink_name,
            reason=reason,
            at=datetime.fromtimestamp(self._now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            block_id=block_id,
            records=[DeadRecord(r.id, r.at_ms, r.received_at_ms, msgspec.Raw(r.body)) for r in records],
        )
        failures = await self._store.create({letter.key: msgspec.json.encode(letter)})
        for failure in failures.values():
            raise Retryable(f"{len(records)} dead records could not be stored: {failure.detail}")

    async def close(self) -> None:
        """Ends what is under way."""
        await self._store.close()


def open_own_store(url: str, concurrent_writes: int) -> Store:
    """Where the operator's letters lie: a directory, or a bucket, reached as the environment says: its credentials,
    region and endpoint. Raises `ConfigError`.
    """
    endpoint_url = _endpoint_url() if url.startswith("s3://") else ""
    is_compatible = bool(endpoint_url) and "amazonaws.com" not in endpoint_url
    return open_store(ObjectsSink(url=url, endpoint_url=endpoint_url, path_style=is_compatible), concurrent_writes)


def _endpoint_url() -> str:
    """Of S3: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, those of the profile, or Amazon's own."""
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - who writes to disk does not wait for Amazon's library
    from botocore.session import Session  # noqa: PLC0415 - the same

    try:
        return str(Session().create_client("s3").meta.endpoint_url)
    except (BotoCoreError, ValueError) as error:
        raise ConfigError(f"worker.dead_letters: {error}") from error
