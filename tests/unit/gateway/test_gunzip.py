"""What is compressed is unpacked whole or refused, and costs no more than its size and the limit say."""

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.gunzip import CORRUPT, CUT_SHORT, MEMBERS_LIMIT, TOO_MANY_MEMBERS, gunzip
from gateway.reject import Reject, RejectReason

LIMIT = 1 << 20


@settings(deadline=None)
@given(st.lists(st.binary(max_size=20_000), min_size=1, max_size=5), st.integers(0, 9))
def test_one_member_or_several_are_unpacked_whole(parts: list[bytes], level: int) -> None:
    body = b"".join(gzip.compress(part, level) for part in parts)
    assert gunzip(body, LIMIT) == b"".join(parts)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_unpacked_or_refused(body: bytes) -> None:
    found = gunzip(body, LIMIT)
    assert isinstance(found, bytes) or found.reason == RejectReason.BAD_ENCODING


@pytest.mark.parametrize("size", [0, 1, 100, LIMIT - 1, LIMIT])
def test_what_is_unpacked_may_fill_the_limit_and_not_exceed_it(size: int) -> None:
    assert gunzip(gzip.compress(bytes(size), 1), LIMIT) == bytes(size)
    longer = gunzip(gzip.compress(bytes(size), 1) + gzip.compress(bytes(LIMIT + 1 - size), 1), LIMIT)
    assert isinstance(longer, Reject)
    assert longer.reason == RejectReason.TOO_LARGE


def test_a_body_cut_at_any_byte_is_refused() -> None:
    body = gzip.compress(b"measurements " * 20)
    assert {gunzip(body[:length], LIMIT) for length in range(len(body))} == {CUT_SHORT}
    assert gunzip(body + body[:-1], LIMIT) == CUT_SHORT


def test_no_turned_bit_makes_another_text() -> None:
    text = b"measurements and more measurements"
    body = gzip.compress(text, mtime=0)
    found = []
    for bit in range(80, 8 * len(body)):
        turned = bytearray(body)
        turned[bit // 8] ^= 1 << bit % 8
        found.append(gunzip(bytes(turned), LIMIT))
    assert {one for one in found if isinstance(one, bytes)} <= {text}  # a few bits mean nothing
    assert sum(isinstance(one, Reject) for one in found) > 0.95 * len(found)


@pytest.mark.parametrize("more", [b"\0", b"x", b"\x1f\x8b", bytes(5000), b'{"property":"demo"}'])
def test_what_follows_the_last_member_and_is_none_is_refused(more: bytes) -> None:
    assert gunzip(gzip.compress(b"measurements") + more, LIMIT) in (CORRUPT, CUT_SHORT)


@pytest.mark.parametrize("body", [zlib.compress(b"x"), zlib.compress(b"x")[2:-4], b"plain text", b"PK\3\4" + bytes(50)])
def test_another_compression_is_refused(body: bytes) -> None:
    assert isinstance(gunzip(body, LIMIT), Reject)


def test_a_bomb_is_refused_without_being_unpacked() -> None:
    bomb = gzip.compress(bytes(64 << 20), 1)
    assert len(bomb) < LIMIT
    tracemalloc.start()
    found = gunzip(bomb, LIMIT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(found, Reject)
    assert found.reason == RejectReason.TOO_LARGE
    assert peak < 3 * LIMIT


def test_a_bomb_in_a_bomb_is_unpacked_once() -> None:
    inner = gzip.compress(bytes(8 << 20), 9)
    assert gunzip(gzip.compress(inner), LIMIT) == inner


def test_there_is_a_member_for_every_measurement_and_an_end_to_them() -> None:
    member = gzip.compress(b"{}")
    assert gunzip(member * MEMBERS_LIMIT, LIMIT) == b"{}" * MEMBERS_LIMIT
    assert gunzip(member * (MEMBERS_LIMIT + 1), LIMIT) == TOO_MANY_MEMBERS


def test_many_members_before_a_long_rest_copy_no_more_than_the_body(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `unused_data` gives out after a member is a copy of all that was handed in behind it."""
    copied: list[int] = []
    real = zlib.decompressobj

    class Watching:
        def __init__(self, bits: int) -> None:
            self._real = real(bits)

        def decompress(self, piece: bytes, limit: int) -> bytes:
            unpacked = self._real.decompress(piece, limit)
            copied.append(len(self._real.unused_data))
            return unpacked

        @property
        def eof(self) -> bool:
            return self._real.eof

        @property
        def unused_data(self) -> bytes:
            return self._real.unused_data

    monkeypatch.setattr(zlib, "decompressobj", Watching)
    body = gzip.compress(b"") * (MEMBERS_LIMIT - 1) + gzip.compress(bytes(900_000), 0)
    assert gunzip(body, LIMIT) == bytes(900_000)
    assert sum(copied) < 4 * len(body)
