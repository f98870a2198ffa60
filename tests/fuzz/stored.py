"""Targets on the way: journal files, and messages that come back from a queue."""

import base64
from hashlib import blake2b
from zlib import crc32

import zstandard

from gateway.position import BEGINNING, CHECKSUM, FORM, PositionFile, Progress
from gateway.segment import HEAD, MARKER, MASK, find_frames
from shared import beacon as beacons
from shared import block
from shared.beacon import Beacon, Channel, Headers
from shared.block import BlockError, RecordBlock
from shared.record import FinishedRecord
from shared.seal import SEALED, Keyring, new_key
from tests.fuzz.target import Target, file

KEYRING = Keyring([new_key("fuzz")])
POSITION = FORM.pack(1, 2, 3, 4) + CHECKSUM.pack(crc32(FORM.pack(1, 2, 3, 4)))
COMPRESSOR = zstandard.ZstdCompressor(level=1)
SENT = beacons.encode(Beacon(bytes(16), 1, Channel.SCRIPT, "demo", "192.0.2.1", Headers("agent"), b"{}"))
RECORDS = RecordBlock("demo", "here", 1, 2, [FinishedRecord("00", 1, 2, b"{}")])


def message(sent: bytes) -> None:
    """Any text in a queue."""
    _unpack(sent.decode("latin-1"), block.OPEN)


def unpacked(sent: bytes) -> None:
    """The same where the wrapping is sound: the first byte says which."""
    kind, raw = sent[:1], sent[1:]
    prefix = block.BEACONS if kind < b"\x80" else block.RECORDS
    _unpack(prefix + base64.b64encode(COMPRESSOR.compress(raw)).decode(), block.OPEN)


def sealed(sent: bytes) -> None:
    """What only a key opens: text that says it is sealed, and what somebody with the key has sealed."""
    _unpack(SEALED + sent.decode("latin-1"), KEYRING)
    _unpack(KEYRING.seal(sent), KEYRING)


def frames(sent: bytes) -> None:
    """Frames with damage between them: pieces of the input take turns. What is damaged costs itself only."""
    salt = int.from_bytes(blake2b(sent, digest_size=4).digest(), "big")
    pieces = sent.split(b"\n")
    written = b"".join(piece if place % 2 else _frame(piece, salt) for place, piece in enumerate(pieces))
    found = find_frames(written, salt, is_last=True)
    assert (found.payloads, found.consumed) == (pieces[::2], len(written))
    assert found.damaged == sum(map(len, pieces[1::2]))
    partial = find_frames(written, salt, is_last=False)
    assert partial.payloads == found.payloads[: len(partial.payloads)]
    assert partial.consumed <= len(written)


def position(sent: bytes) -> None:
    """The file that says up to where a journal was shipped; written again, it reads the same."""
    file().write_bytes(sent)
    kept = PositionFile(file())
    try:
        found = kept.read()
        kept.write(found)
        assert kept.read() == found
        assert found == Progress(BEGINNING, BEGINNING) or len(sent) >= len(POSITION)
    finally:
        kept.close()


def _unpack(body: str, keyring: Keyring) -> None:
    try:
        block.unpack(body, keyring)
    except BlockError:
        return


def _frame(payload: bytes, salt: int) -> bytes:
    length = len(payload)
    return HEAD.pack(MARKER, length, crc32(payload, (salt + length) & MASK)) + payload


def _raw(packed: str) -> bytes:
    """What a block's text holds."""
    compressed = base64.b64decode(packed.partition(".")[2])
    return zstandard.ZstdDecompressor().decompress(compressed)


_beacons, _records = block.pack_beacons([SENT, SENT], 1 << 20)[0], block.pack_records(RECORDS, 1 << 20)[0]
_bomb = block.BEACONS + base64.b64encode(COMPRESSOR.compress(bytes(32 << 20))).decode()
_plain = _beacons.partition(".")[2]
TARGETS = {
    "message": Target(
        message, [_beacons.encode(), _records.encode(), b"bm1.", b"bm2." + _plain.encode(), _bomb.encode()]
    ),
    "unpacked": Target(unpacked, [b"\0" + _raw(_beacons), b"\xff" + _raw(_records), b"\0" + b"\x91" * 5_000]),
    "sealed": Target(
        sealed, [b"fuzz." + _plain.encode(), b"bm1." + base64.b64decode(_plain), b"none.AAAA", b"fuzz.AAAA"]
    ),
    "frames": Target(frames, [b"one\ndamage\ntwo", b"\n" + MARKER + b"\n\n" + HEAD.pack(MARKER, 3, 7), b"a\n\xff\nb"]),
    "position": Target(position, [b"", POSITION, POSITION[:-1], bytes(len(POSITION))]),
}
