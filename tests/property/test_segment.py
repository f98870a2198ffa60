"""Frames are read as they were written, and nothing else is ever read as a frame."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from gateway.segment import HEAD, MARKER, Segment, find_frames

nasty = st.one_of(
    st.binary(max_size=120),
    st.lists(st.sampled_from([MARKER, MARKER[:2], b"\0", b"\xff", HEAD.pack(MARKER, 3, 7) + b"abc"])).map(b"".join),
)
salts = st.integers(0, 2**32 - 1)


@given(st.binary(max_size=400), salts)
def test_what_was_never_written_as_a_frame_is_never_read_as_one(written: bytes, salt: int) -> None:
    assert find_frames(written, salt, is_last=True) == ([], len(written), len(written))


@given(st.lists(nasty, max_size=6), salts, st.data())
def test_in_stretches_of_any_size_the_same_is_read_as_at_once(
    payloads: list[bytes], salt: int, data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        segment = Segment.create(Path(directory), 1, salt)
        for payload in payloads:
            segment.append(payload)
        if segment.size and data.draw(st.booleans()):
            place = data.draw(st.integers(0, segment.size - 1))
            written = bytearray(segment.path.read_bytes())
            written[place] ^= data.draw(st.integers(1, 255))
            segment.path.write_bytes(written)
        at_once = segment.read(0, 1 << 20)
        found: list[bytes] = []
        place = damaged = 0
        while place < segment.size:
            frames = segment.read(place, data.draw(st.integers(1, 300)))
            assert frames.consumed > 0
            found += frames.payloads
            place += frames.consumed
            damaged += frames.damaged
        segment.delete()
    assert (found, damaged) == (at_once.payloads, at_once.damaged)
    assert len(payloads) - len(found) <= 1


@given(nasty, salts, salts)
def test_a_frame_inside_a_payload_comes_back_only_as_part_of_it(payload: bytes, salt: int, other: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        foreign, own = (Segment.create(Path(directory), number, seed) for number, seed in ((1, other), (2, salt)))
        foreign.append(payload)
        planted = foreign.path.read_bytes()
        own.append(planted)
        written = bytearray(own.path.read_bytes())
        assert find_frames(bytes(written), salt, is_last=True).payloads == [planted]
        written[0] ^= 0xFF
        expected = [payload] if salt == other else []
        assert find_frames(bytes(written), salt, is_last=True).payloads == expected
        for segment in (foreign, own):
            with suppress(OSError):
                os.close(segment.duplicate())
            segment.delete()
