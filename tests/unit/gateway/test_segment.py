"""One file of the journal: what is written is read, what is damaged costs itself only."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from gateway.segment import HEAD, MARKER, Segment, find_frames

SALT = 0x1234ABCD
PAYLOADS = [b"first", b"", b"second, which is longer", MARKER * 3, b"last"]


@pytest.fixture
def segment(tmp_path: Path) -> Segment:
    return Segment.create(tmp_path, 7, SALT)


def filled(segment: Segment, payloads: list[bytes]) -> bytes:
    """The file's bytes."""
    for payload in payloads:
        segment.append(payload)
    return segment.path.read_bytes()


def frame(directory: Path, payload: bytes, salt: int) -> bytes:
    """As a segment of that salt would write it."""
    other = Segment.create(directory, 1_000 + salt % 1_000, salt)
    written = filled(other, [payload])
    other.delete()
    return written


def test_a_segment_read_again_by_another_process_has_its_frames_in_their_order(segment: Segment) -> None:
    written = filled(segment, PAYLOADS)
    again = Segment.open(segment.path)
    assert (again.number, again.size) == (7, len(written))
    assert again.read(0, 1 << 20) == (PAYLOADS, len(written), 0)


def test_the_salt_is_in_the_name_and_not_in_the_bytes(segment: Segment) -> None:
    written = filled(segment, [payload for payload in PAYLOADS if payload])
    assert segment.path.name == "000000000007-1234abcd.segment"
    assert SALT.to_bytes(4, "little") not in written
    assert SALT.to_bytes(4, "big") not in written


def test_the_file_is_for_its_owner_only(segment: Segment) -> None:
    assert segment.path.stat().st_mode & 0o777 == 0o600


def test_it_never_writes_over_a_file_that_is_there(segment: Segment, tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        Segment.create(tmp_path, segment.number, SALT)


@pytest.mark.parametrize("limit", [1, 2, 11, 12, 13, 17, 40, 1 << 20])
def test_reading_in_stretches_of_any_size_gives_every_frame_once(segment: Segment, limit: int) -> None:
    written = filled(segment, PAYLOADS)
    found: list[bytes] = []
    place = 0
    while place < segment.size:
        frames = segment.read(place, limit)
        assert frames.consumed > 0
        assert frames.damaged == 0
        found += frames.payloads
        place += frames.consumed
    assert (found, place) == (PAYLOADS, len(written))


def test_a_tail_torn_at_any_byte_costs_the_frame_it_tears(segment: Segment) -> None:
    written = filled(segment, PAYLOADS)
    ends = [sum(HEAD.size + len(payload) for payload in PAYLOADS[:count]) for count in range(len(PAYLOADS) + 1)]
    for length in range(len(written) + 1):
        whole = max(count for count, end in enumerate(ends) if end <= length)
        frames = find_frames(written[:length], SALT, is_last=True)
        assert frames == (PAYLOADS[:whole], length, length - ends[whole])


@pytest.mark.parametrize("flip", [0x01, 0x10, 0x80, 0xFF])
def test_any_byte_that_changes_costs_the_frame_it_is_in_and_nothing_else(segment: Segment, flip: int) -> None:
    written = filled(segment, PAYLOADS)
    owners = [place for place, payload in enumerate(PAYLOADS) for _ in range(HEAD.size + len(payload))]
    for place, owner in enumerate(owners):
        damaged = bytearray(written)
        damaged[place] ^= flip
        frames = find_frames(bytes(damaged), SALT, is_last=True)
        assert frames.payloads == PAYLOADS[:owner] + PAYLOADS[owner + 1 :]
        assert frames.consumed == len(written)
        assert frames.damaged == HEAD.size + len(PAYLOADS[owner])


@pytest.mark.parametrize("limit", [1, 16, 64])
def test_damage_does_not_stop_who_reads_in_small_stretches(segment: Segment, limit: int) -> None:
    written = bytearray(filled(segment, PAYLOADS))
    written[HEAD.size + 1] ^= 0xFF
    segment.path.write_bytes(written)
    found: list[bytes] = []
    place = damaged = 0
    while place < segment.size:
        frames = segment.read(place, limit)
        found += frames.payloads
        place += frames.consumed
        damaged += frames.damaged
        assert frames.consumed > 0
    assert (found, damaged) == (PAYLOADS[1:], HEAD.size + len(PAYLOADS[0]))


def test_a_frame_of_another_segment_inside_a_payload_is_never_taken_for_one(tmp_path: Path, segment: Segment) -> None:
    planted = b"before " + frame(tmp_path, b"planted by a visitor", SALT ^ 0x5555) + b" after"
    written = bytearray(filled(segment, [planted, b"honest"]))
    assert find_frames(bytes(written), SALT, is_last=True).payloads == [planted, b"honest"]
    written[0] ^= 0xFF
    assert find_frames(bytes(written), SALT, is_last=True).payloads == [b"honest"]


def test_a_length_that_damage_made_huge_does_not_hide_what_follows(segment: Segment) -> None:
    written = bytearray(filled(segment, [b"first", b"second"]))
    written[4:8] = (3 << 20).to_bytes(4, "little")
    segment.path.write_bytes(written)
    first = segment.read(0, 20)
    assert first.payloads == [b"second"]


@pytest.mark.parametrize("kept", [0, 1, 11, 15])
def test_what_a_failed_write_left_behind_is_overwritten(
    segment: Segment, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    write = os.pwrite

    def short(descriptor: int, sent: bytes, offset: int) -> int:
        return write(descriptor, sent[:kept], offset)

    segment.append(b"first")
    with monkeypatch.context() as failing:
        failing.setattr(os, "pwrite", short)
        with pytest.raises(OSError, match="bytes were written"):
            segment.append(b"refused, and longer than the next")
    segment.append(b"next")
    assert segment.read(0, 1 << 20).payloads == [b"first", b"next"]
    assert Segment.open(segment.path).read(0, 1 << 20).payloads == [b"first", b"next"]


def test_a_write_that_fails_appends_nothing(segment: Segment, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as failing:
        failing.setattr(os, "pwrite", full)
        with pytest.raises(OSError, match="No space left"):
            segment.append(b"refused")
    assert segment.size == 0
    assert segment.read(0, 100) == ([], 0, 0)


def test_a_disk_that_gives_a_part_before_it_fails_has_damaged_nothing(
    segment: Segment, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = filled(segment, PAYLOADS)
    pread, calls = os.pread, 0

    def fails_at_the_second(descriptor: int, size: int, offset: int) -> bytes:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise OSError(errno.EIO, "Input/output error")
        return pread(descriptor, size // 2, offset)

    with monkeypatch.context() as failing:
        failing.setattr(os, "pread", fails_at_the_second)
        with pytest.raises(OSError, match="Input/output"):
            segment.read(0, 1 << 20)
    assert segment.read(0, 1 << 20) == (PAYLOADS, len(written), 0)


def test_what_comes_in_pieces_is_read_whole(segment: Segment, monkeypatch: pytest.MonkeyPatch) -> None:
    written = filled(segment, PAYLOADS)
    pread = os.pread
    monkeypatch.setattr(os, "pread", lambda descriptor, size, offset: pread(descriptor, min(size, 7), offset))
    assert segment.read(0, 1 << 20) == (PAYLOADS, len(written), 0)


def test_what_a_file_has_lost_of_its_end_is_passed_over(segment: Segment) -> None:
    written = filled(segment, PAYLOADS)
    os.truncate(segment.path, len(written) - 1)
    assert segment.read(0, 1 << 20) == (PAYLOADS[:-1], len(written), len(PAYLOADS[-1]) + HEAD.size)
