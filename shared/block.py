"""Block: many beacons, or the finished records of one lane, packed into one queue message of plain text.

`bm1.` + base64(zstd(msgpack array of Beacon)), and `bm1r.` + base64(zstd(msgpack RecordBlock)).
"""

import base64
import struct
from collections.abc import Sequence

import msgspec
import zstandard

from shared.beacon import Beacon
from shared.record import FinishedRecord

BEACONS = "bm1."
RECORDS = "bm1r."
UNPACKED_LIMIT_BYTES = 64 << 20
"""A block is never allowed to unpack to more: what we pack stays far below, so more is damage or malice."""


class BlockError(ValueError):
    """The message is no block of ours, or damaged."""


class RecordBlock(msgspec.Struct, frozen=True, array_like=True):
    """Finished records of one lane that could not be written yet."""

    property: str
    sink: str
    attempt: int
    """How often this lane has handed them back."""
    first_failed_at_ms: int
    records: list[FinishedRecord]


def pack_beacons(encoded: Sequence[bytes], max_bytes: int) -> list[str]:
    """Blocks of at most `max_bytes` characters that hold the encoded beacons in their order.

    A single beacon larger than that makes a block of its own.
    """
    body = _wrap(BEACONS, _array_head(len(encoded)) + b"".join(encoded))
    if len(body) <= max_bytes or len(encoded) == 1:
        return [body]
    half = len(encoded) // 2
    return pack_beacons(encoded[:half], max_bytes) + pack_beacons(encoded[half:], max_bytes)


def pack_records(block: RecordBlock, max_bytes: int) -> list[str]:
    """The same for a lane's records."""
    body = _wrap(RECORDS, msgspec.msgpack.encode(block))
    if len(body) <= max_bytes or len(block.records) == 1:
        return [body]
    half = len(block.records) // 2
    first = msgspec.structs.replace(block, records=block.records[:half])
    second = msgspec.structs.replace(block, records=block.records[half:])
    return pack_records(first, max_bytes) + pack_records(second, max_bytes)


def unpack(body: str) -> list[Beacon] | RecordBlock:
    """What `pack_beacons` or `pack_records` packed. Raises `BlockError`."""
    try:
        if body.startswith(BEACONS):
            return _beacons.decode(_unwrap(BEACONS, body))
        if body.startswith(RECORDS):
            return _records.decode(_unwrap(RECORDS, body))
    except (msgspec.MsgspecError, zstandard.ZstdError, ValueError, RecursionError) as error:
        raise BlockError(str(error)) from error
    raise BlockError("unknown kind or version")


_beacons = msgspec.msgpack.Decoder(list[Beacon])
_records = msgspec.msgpack.Decoder(RecordBlock)


def _array_head(length: int) -> bytes:
    """msgpack's array 32: already encoded elements can follow as they are."""
    return struct.pack(">BI", 0xDD, length)


def _wrap(prefix: str, raw: bytes) -> str:
    return prefix + base64.b64encode(zstandard.ZstdCompressor(level=1).compress(raw)).decode("ascii")


def _unwrap(prefix: str, body: str) -> bytes:
    compressed = base64.b64decode(body[len(prefix) :], validate=True)
    if not 0 <= zstandard.frame_content_size(compressed) <= UNPACKED_LIMIT_BYTES:
        raise BlockError("unpacks to more than a block may hold")
    return zstandard.ZstdDecompressor().decompress(compressed)
