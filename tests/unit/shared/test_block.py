"""Packing and unpacking, and everything that is no block."""

import base64
import random
import tracemalloc

import msgspec
import pytest
import zstandard

from shared import beacon as beacons
from shared import block
from shared.beacon import Beacon, Channel, Headers
from shared.block import BlockError, RecordBlock
from shared.record import FinishedRecord
from shared.seal import Keyring, new_key

HEADERS = Headers("Browser/1", "de", "1", "", "prefetch", '"Browser"', "?0", '"Linux"')


def beacon(number: int, payload: bytes = b'{"property":"demo"}') -> Beacon:
    return Beacon(number.to_bytes(16, "big"), number, Channel.PIXEL, "demo", "2001:db8::1", HEADERS, payload)


def noise(length: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(length)


def pack(sent: list[Beacon], max_bytes: int = 196_608) -> list[str]:
    return block.pack_beacons([beacons.encode(one) for one in sent], max_bytes)


def unpacked(bodies: list[str]) -> list[Beacon]:
    found: list[Beacon] = []
    for body in bodies:
        some = block.unpack(body)
        assert isinstance(some, list)
        found += some
    return found


def wrapped(raw: bytes, prefix: str = "bm1.") -> str:
    return prefix + base64.b64encode(zstandard.ZstdCompressor().compress(raw)).decode()


def test_beacons_come_back_as_they_went_in() -> None:
    sent = [beacon(number) for number in range(1_000)]
    (body,) = pack(sent)
    assert body.startswith("bm1.")
    assert body.isascii()
    assert unpacked([body]) == sent


def test_many_alike_take_little_room() -> None:
    (body,) = pack([beacon(number) for number in range(1_000)])
    assert len(body) < 1_000 * 20


def test_a_block_that_would_be_too_large_is_halved_until_it_fits() -> None:
    sent = [beacon(number, noise(1_000, number)) for number in range(100)]
    bodies = pack(sent, 20_000)
    assert max(map(len, bodies)) <= 20_000
    assert len(bodies) == 8
    assert unpacked(bodies) == sent


def test_one_beacon_larger_than_a_block_makes_one_of_its_own() -> None:
    sent = [beacon(0), beacon(1, noise(40_000, 1)), beacon(2)]
    bodies = pack(sent, 20_000)
    assert unpacked(bodies) == sent
    assert sum(len(body) > 20_000 for body in bodies) == 1


def test_the_largest_beacon_that_a_gateway_takes_fits_into_a_queue_message() -> None:
    text = "".join(map(chr, random.Random(3).choices(range(33, 127), k=16_384)))
    biggest = Beacon(bytes(16), 0, Channel.SCRIPT, "a" * 63, "", Headers(text), noise(65_536, 4))
    (body,) = pack([biggest])
    assert len(body) < 1 << 20


def test_records_come_back_as_they_went_in() -> None:
    records = [FinishedRecord(f"{number:032x}", number, number + 1, b'{"a":1}') for number in range(50)]
    sent = RecordBlock("demo", "0", 3, 1_700_000_000_000, records)
    (body,) = block.pack_records(sent, 196_608)
    assert body.startswith("bm1r.")
    assert block.unpack(body) == sent


def test_a_record_block_that_would_be_too_large_is_halved_with_its_head_kept() -> None:
    records = [FinishedRecord(f"{number:032x}", 0, 0, noise(1_000, number)) for number in range(30)]
    bodies = block.pack_records(RecordBlock("demo", "0", 3, 7, records), 10_000)
    blocks = [block.unpack(body) for body in bodies]
    assert max(map(len, bodies)) <= 10_000
    found: list[FinishedRecord] = []
    for one in blocks:
        assert isinstance(one, RecordBlock)
        assert (one.property, one.sink, one.attempt, one.first_failed_at_ms) == ("demo", "0", 3, 7)
        found += one.records
    assert found == records


def test_fields_that_a_later_version_adds_at_the_end_are_passed_over() -> None:
    longer = [*msgspec.structs.astuple(beacon(1)), "new", {"and": "newer"}]
    assert block.unpack(wrapped(msgspec.msgpack.encode([longer]))) == [beacon(1)]


def test_fields_that_an_earlier_version_did_not_have_are_empty() -> None:
    shorter = [*msgspec.structs.astuple(beacon(1))]
    shorter[5] = ["Browser/1", "de"]
    found = block.unpack(wrapped(msgspec.msgpack.encode([shorter])))
    assert isinstance(found, list)
    assert found[0].headers == Headers("Browser/1", "de")


(GOOD,) = pack([beacon(1)])
DEEP = b"\x91" * 200_000 + b"\xc0"
LONGER = msgspec.msgpack.encode([*msgspec.structs.astuple(beacon(1)), None])[:-1]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "bm1",
        "bm1.",
        "bm1r.",
        "bm2." + GOOD[4:],
        "bm1s.KEY." + GOOD[4:],
        GOOD[4:],
        GOOD.replace("bm1.", "bm1r."),
        GOOD[:-8],
        "bm1." + GOOD[14:],
        "bm1.not base64!",
        "bm1.ümlaut",
        "bm1." + base64.b64encode(b"not zstandard").decode(),
        wrapped(b""),
        wrapped(b"\xc1"),
        wrapped(b"\xdd\xff\xff\xff\xff"),
        wrapped(msgspec.msgpack.encode({"a": 1})),
        wrapped(msgspec.msgpack.encode([{"a": 1}])),
        wrapped(msgspec.msgpack.encode([[b"id", 1, "carrier pigeon", "demo", "", [], b""]])),
        wrapped(msgspec.msgpack.encode([["id", "now", "script", "demo", "", [], b""]])),
        wrapped(b"\x91" + DEEP),
        wrapped(b"\x91" + LONGER + DEEP),
    ],
    ids=range(22),
)
def test_what_is_no_block_is_refused_and_nothing_else_is_raised(body: str) -> None:
    with pytest.raises(BlockError):
        block.unpack(body)


def test_why_a_block_is_refused_is_told_without_a_word_of_it() -> None:
    """It goes into a log."""
    body = wrapped(msgspec.msgpack.encode([[b"id", 1, "203.0.113.77", "demo", "", [], b""]]))
    with pytest.raises(BlockError, match="no beacons or records that this version knows") as refused:
        block.unpack(body)
    assert "203" not in str(refused.value)


def test_a_block_that_would_unpack_to_too_much_is_refused_before_it_does() -> None:
    bomb = wrapped(bytes(block.UNPACKED_LIMIT_BYTES + 1))
    assert len(bomb) < 1 << 20
    tracemalloc.start()
    with pytest.raises(BlockError, match="more than a block may hold"):
        block.unpack(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


def test_a_block_that_does_not_say_how_much_it_holds_is_refused() -> None:
    stream = zstandard.ZstdCompressor().compressobj()
    hidden = stream.compress(bytes(1 << 20)) + stream.flush()
    with pytest.raises(BlockError):
        block.unpack("bm1." + base64.b64encode(hidden).decode())


KEYRING = Keyring([new_key("2026-11")])


def handed_back(count: int, block_id: str = "b10c") -> RecordBlock:
    records = [FinishedRecord(f"{number:032x}", number, number, noise(1_000, number)) for number in range(count)]
    return RecordBlock("shop", "objects-1", 2, 1_764_000_000_000, records, block_id, 5)


@pytest.mark.parametrize("keyring", [block.OPEN, KEYRING], ids=["open", "sealed"])
def test_beacons_and_records_travel_open_or_sealed(keyring: Keyring) -> None:
    sent = [beacon(number) for number in range(10)]
    (body,) = block.pack_beacons([beacons.encode(one) for one in sent], 196_608, keyring)
    assert block.unpack(body, keyring) == sent
    (body,) = block.pack_records(handed_back(3), 196_608, keyring)
    assert block.unpack(body, keyring) == handed_back(3)
    assert body.startswith("bm1s.2026-11." if keyring else "bm1r.")


def test_sealed_blocks_are_halved_too() -> None:
    encoded = [beacons.encode(beacon(number, noise(1_000, number))) for number in range(100)]
    bodies = block.pack_beacons(encoded, 20_000, KEYRING)
    assert max(map(len, bodies)) <= 20_000
    unsealed = [block.unpack(body, KEYRING) for body in bodies]
    assert sum(len(some) for some in unsealed if isinstance(some, list)) == 100


def test_a_sealed_block_is_nothing_without_its_key() -> None:
    (body,) = block.pack_records(handed_back(1), 196_608, KEYRING)
    for keyring in (block.OPEN, Keyring([new_key("2026-11")]), Keyring([new_key("other")])):
        with pytest.raises(BlockError):
            block.unpack(body, keyring)


def test_where_sealed_blocks_are_required_others_are_refused() -> None:
    demanding = Keyring([new_key("a")], is_required=True)
    for body in [*pack([beacon(1)]), *block.pack_records(handed_back(1), 196_608)]:
        assert block.unpack(body, Keyring([new_key("a")]))
        with pytest.raises(BlockError, match="sealed blocks are required"):
            block.unpack(body, demanding)


@pytest.mark.parametrize("plain", [b"", b"bm1.", b"bm9.xx", b"bm1r.xx", b"nonsense"])
def test_what_was_sealed_and_is_no_block_is_a_block_error(plain: bytes) -> None:
    with pytest.raises(BlockError):
        block.unpack(KEYRING.seal(plain), KEYRING)


def test_divided_records_get_block_ids_of_their_own_that_are_always_the_same() -> None:
    parts = [block.unpack(body) for body in block.pack_records(handed_back(40), 20_000)]
    names = [part.block_id for part in parts if isinstance(part, RecordBlock)]
    assert len(set(names)) == len(parts) > 1
    again = [block.unpack(body) for body in block.pack_records(handed_back(40), 20_000)]
    assert parts == again


def test_a_block_id_is_made_of_the_beacons_and_their_order_alone() -> None:
    ids = [bytes([number]) * 16 for number in range(3)]
    assert block.block_id(ids) == block.block_id(iter(ids))
    assert len(block.block_id(ids)) == 32
    assert len({block.block_id(ids), block.block_id(ids[:2]), block.block_id(ids[::-1])}) == 3


def test_a_record_block_of_an_earlier_version_is_read() -> None:
    old = ["shop", "objects-1", 2, 5, [["a" * 32, 1, 1, b"{}"]]]
    unpacked_block = block.unpack(wrapped(msgspec.msgpack.encode(old), "bm1r."))
    assert isinstance(unpacked_block, RecordBlock)
    assert (unpacked_block.block_id, unpacked_block.permanent_since_ms) == ("", 0)
