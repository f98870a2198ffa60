"""Block: many beacons, or the finished records of one lane, packed into one queue message of plain text.

`bm1.` + base64(zstd(msgpack array of Beacon)), and `bm1r.` + base64(zstd(msgpack RecordBlock)). Either can be sealed:
`bm1s.KEYID.` + base64(AES-256-GCM of the prefix and the zstd).
"""

import base64
import struct
from collections.abc import Iterable, Sequence
from hashlib import blake2b

import msgspec
import zstandard

from shared.beacon import Beacon
from shared.record import FinishedRecord
from shared.seal import SEALED, Keyring

BEACONS = "bm1."
RECORDS = "bm1r."
OPEN = Keyring()
"""No keys: nothing is sealed, and nothing has to be."""
RECORD_BLOCK_BYTES = 768 << 10
"""As much as a queue takes, and some room: what is divided makes two objects where records share one."""
UNPACKED_LIMIT_BYTES = 16 << 20
"""A block is never allowed to unpack to more: what we pack stays far below, so more is damage or malice."""


class BlockError(ValueError):
    """The message is no block of ours, or damaged."""


class RecordBlock(msgspec.Struct, frozen=True, array_like=True):
    """Finished records of one lane that could not be written yet. New fields are only ever added at the end."""

    property: str
    sink: str
    attempt: int
    """How often this lane has handed them back."""
    first_failed_at_ms: int
    records: list[FinishedRecord]
    block_id: str = ""
    """Of the block that they came from: see `block_id`."""
    permanent_since_ms: int = 0
    """Since when the sink has refused them for a reason that no retry mends; 0: the last reason may pass."""


def block_id(ids: Iterable[bytes]) -> str:
    """32 hex digits from the ids of a block's beacons: the same whenever the same beacons travel together again."""
    return blake2b(b"".join(ids), digest_size=16).hexdigest()


def pack_beacons(encoded: Sequence[bytes], max_bytes: int, keyring: Keyring = OPEN) -> list[str]:
    """Blocks of at most `max_bytes` characters that hold the encoded beacons in their order.

    A single beacon larger than that makes a block of its own.
    """
    body = _wrap(BEACONS, _array_head(len(encoded)) + b"".join(encoded), keyring)
    if len(body) <= max_bytes or len(encoded) == 1:
        return [body]
    half = len(encoded) // 2
    return pack_beacons(encoded[:half], max_bytes, keyring) + pack_beacons(encoded[half:], max_bytes, keyring)


def pack_records(block: RecordBlock, max_bytes: int, keyring: Keyring = OPEN) -> list[str]:
    """The same for a lane's records. What is divided gets block ids of its own, so that no part passes for another."""
    body = _wrap(RECORDS, msgspec.msgpack.encode(block), keyring)
    if len(body) <= max_bytes or len(block.records) == 1:
        return [body]
    half = len(block.records) // 2
    parts = (block.records[:half], block.records[half:])
    return [
        packed
        for number, records in enumerate(parts)
        for packed in pack_records(_part(block, records, number), max_bytes, keyring)
    ]


def unpack(body: str, keyring: Keyring = OPEN) -> list[Beacon] | RecordBlock:
    """What `pack_beacons` or `pack_records` packed. Raises `BlockError`."""
    try:
        if body.startswith(SEALED):
            prefix, compressed = _unsealed(body, keyring)
        elif keyring.is_required:
            raise BlockError("not sealed, and sealed blocks are required")
        else:
            prefix, compressed = _bare(body)
        raw = _decompress(compressed)
        return _beacons.decode(raw) if prefix == BEACONS else _records.decode(raw)
    except (msgspec.MsgspecError, RecursionError) as error:  # its text may quote what is there
        raise BlockError("no beacons or records that this version knows") from error
    except (zstandard.ZstdError, ValueError) as error:
        raise BlockError(str(error)) from error


_beacons = msgspec.msgpack.Decoder(list[Beacon])
_records = msgspec.msgpack.Decoder(RecordBlock)


def _part(block: RecordBlock, records: list[FinishedRecord], number: int) -> RecordBlock:
    block_id = f"{block.block_id}-{number}" if block.block_id else ""
    return msgspec.structs.replace(block, records=records, block_id=block_id)


def _array_head(length: int) -> bytes:
    """msgpack's array 32: already encoded elements can follow as they are."""
    return struct.pack(">BI", 0xDD, length)


def _wrap(prefix: str, raw: bytes, keyring: Keyring) -> str:
    compressed = zstandard.ZstdCompressor(level=1).compress(raw)
    if keyring:
        return keyring.seal(prefix.encode() + compressed)
    return prefix + base64.b64encode(compressed).decode("ascii")


def _bare(body: str) -> tuple[str, bytes]:
    """The prefix and what it stands before."""
    prefix = _prefix_of(body[: len(RECORDS)].encode())
    return prefix, base64.b64decode(body[len(prefix) :], validate=True)


def _unsealed(body: str, keyring: Keyring) -> tuple[str, bytes]:
    """The same of a sealed body. Raises `SealError`, or `BlockError` for what is unknown."""
    plain = keyring.open(body)
    prefix = _prefix_of(plain)
    return prefix, plain[len(prefix) :]


def _prefix_of(plain: bytes) -> str:
    for prefix in (BEACONS, RECORDS):
        if plain.startswith(prefix.encode()):
            return prefix
    raise BlockError("unknown kind or version")


def _decompress(compressed: bytes) -> bytes:
    if not 0 <= zstandard.frame_content_size(compressed) <= UNPACKED_LIMIT_BYTES:
        raise BlockError("unpacks to more than a block may hold")
    return zstandard.ZstdDecompressor().decompress(compressed)
