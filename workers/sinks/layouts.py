"""Layouts: which records share an object, under a key of what never changes, so that redelivery rewrites nothing."""

import gzip
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

import zstandard

from shared import block
from shared.record import FinishedRecord

HOUR_MS = 3_600_000
NDJSON = "application/x-ndjson"


class Object(NamedTuple):
    """What is stored under a key, and whose records are in it."""

    key: str
    body: bytes
    ids: Sequence[str]


class Compression(NamedTuple):
    """Of whole objects: equal bytes make equal bytes. Readers go by the ending of the name, and there is no
    Content-Encoding on top of it: whoever heeds that would unpack what the reader then unpacks again.
    """

    ending: str
    compress: Callable[[bytes], bytes]


def _zstd(body: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=3, write_checksum=True).compress(body)


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, 6, mtime=0)


COMPRESSIONS: Mapping[str, Compression] = {"zstd": Compression("zst", _zstd), "gzip": Compression("gz", _gzip)}


def by_hit(property_id: str, records: Sequence[FinishedRecord]) -> Iterator[Object]:
    """One object each."""
    for record in records:
        yield Object(key_of(property_id, record), record.body, (record.id,))


def by_block(
    property_id: str, records: Sequence[FinishedRecord], block_id: str, compression: Compression
) -> Iterator[Object]:
    """One object per hour: `property=ID/date=YYYY-MM-DD/hour=HH/BLOCKID.ndjson.zst`, in it a line for each record.

    Without a block id, one is made from the records: two blocks must never take each other's place.
    """
    known = {record.id: record for record in records}
    name = block_id or block.block_id(sorted(record_id.encode() for record_id in known))
    hours: dict[int, list[FinishedRecord]] = defaultdict(list)
    for record in sorted(known.values(), key=lambda record: (record.at_ms, record.id)):
        hours[record.at_ms // HOUR_MS].append(record)
    for hour, together in hours.items():
        lines = b"".join(record.body + b"\n" for record in together)
        key = f"property={property_id}/{_hour(hour)}/{name}.ndjson.{compression.ending}"
        yield Object(key, compression.compress(lines), [record.id for record in together])


def key_of(property_id: str, record: FinishedRecord) -> str:
    """`property=ID/date=YYYY-MM-DD/hour=HH/RECORDID.json`, the hour in UTC."""
    return f"property={property_id}/{_hour(record.at_ms // HOUR_MS)}/{record.id}.json"


@lru_cache(maxsize=1024)
def _hour(hours_since_epoch: int) -> str:
    return datetime.fromtimestamp(hours_since_epoch * 3600, UTC).strftime("date=%Y-%m-%d/hour=%H")
