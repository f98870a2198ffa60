"""What was appended and not committed is read again, whatever happened in between."""

import errno
import os
from pathlib import Path

import pytest

from gateway.journal import JournalError
from gateway.position import CHECKSUM, FORM, SLOTS
from tests.unit.gateway.crash import crash
from tests.unit.gateway.journal_use import MANY, append_all, fails_with, numbered, opened, rest, segments, ship


def test_what_was_not_committed_is_read_again_after_a_crash(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    sent = append_all(journal, numbered(40))
    first = journal.read(100)
    journal.commit(first.end)
    assert rest(journal) == sent[len(first.payloads) :]
    crash(tmp_path)
    again = opened(tmp_path)
    assert again.waiting_bytes == again.unread_bytes
    assert again.first_waiting() == sent[len(first.payloads)]
    assert rest(again) == sent[len(first.payloads) :]
    again.close()


def test_what_follows_a_crash_follows_what_was_before_it(tmp_path: Path) -> None:
    sent: list[bytes] = []
    for start in range(0, 30, 10):
        journal = opened(tmp_path)
        sent += append_all(journal, numbered(10, start))
        crash(tmp_path)
    journal = opened(tmp_path)
    assert ship(journal) == sent
    journal.close()


def test_a_new_process_never_writes_to_what_an_earlier_one_wrote(tmp_path: Path) -> None:
    append_all(opened(tmp_path), [b"before"])
    crash(tmp_path)
    before = {path: path.read_bytes() for path in segments(tmp_path)}
    journal = opened(tmp_path)
    journal.append(b"after")
    assert {path: path.read_bytes() for path in before} == before
    assert rest(journal) == [b"before", b"after"]
    journal.close()


def test_a_tail_torn_at_any_byte_costs_what_it_tears_and_nothing_appended_later(tmp_path: Path) -> None:
    payloads = numbered(3)
    whole = append_all(opened(tmp_path / "model", segment_bytes=MANY), payloads)
    (model,) = segments(tmp_path / "model")
    written, frame_bytes = model.read_bytes(), model.stat().st_size // 3
    for length in range(len(written) + 1):
        directory = tmp_path / f"{length}"
        directory.mkdir()
        (directory / model.name).write_bytes(written[:length])
        journal = opened(directory)
        journal.append(b"after")
        assert ship(journal) == [*whole[: length // frame_bytes], b"after"]
        assert journal.damaged_bytes == length % frame_bytes
        assert journal.waiting_bytes == 0
        journal.close()


def test_any_byte_that_changes_on_disk_costs_at_most_the_frame_it_is_in(tmp_path: Path) -> None:
    payloads = append_all(opened(tmp_path / "model", segment_bytes=MANY), numbered(3))
    (model,) = segments(tmp_path / "model")
    written, frame_bytes = model.read_bytes(), model.stat().st_size // 3
    for place in range(len(written)):
        directory = tmp_path / f"{place}"
        directory.mkdir()
        (directory / model.name).write_bytes(written[:place] + bytes([written[place] ^ 0x20]) + written[place + 1 :])
        journal = opened(directory)
        hit = place // frame_bytes
        assert ship(journal) == payloads[:hit] + payloads[hit + 1 :]
        assert journal.damaged_bytes == frame_bytes
        journal.close()


def test_a_journal_that_was_full_is_still_full_after_a_crash(tmp_path: Path) -> None:
    with pytest.raises(JournalError):
        append_all(opened(tmp_path, max_bytes=1_000), numbered(1_000))
    crash(tmp_path)
    journal = opened(tmp_path, max_bytes=1_000)
    with pytest.raises(JournalError):
        journal.append(b"one more" * 10)
    journal.close()


@pytest.mark.parametrize("damage", [None, b"", b"short", b"\0" * 20, b"\xff" * 20])
def test_without_its_position_everything_there_is_shipped_again(tmp_path: Path, damage: bytes | None) -> None:
    journal = opened(tmp_path, segment_bytes=MANY)
    sent = append_all(journal, numbered(10))
    journal.commit(journal.read(50).end)
    crash(tmp_path)
    if damage is None:
        (tmp_path / "position").unlink()
    else:
        (tmp_path / "position").write_bytes(damage)
    again = opened(tmp_path)
    assert ship(again) == sent
    again.close()


def test_a_position_damaged_in_any_byte_loses_nothing(tmp_path: Path) -> None:
    journal = opened(tmp_path, segment_bytes=MANY)
    sent = append_all(journal, numbered(4))
    journal.commit(journal.read(30).end)
    crash(tmp_path)
    good = (tmp_path / "position").read_bytes()
    written = [place + number for place in SLOTS for number in range(FORM.size + CHECKSUM.size)]
    for place in written:
        (tmp_path / "position").write_bytes(good[:place] + bytes([good[place] ^ 0x40]) + good[place + 1 :])
        again = opened(tmp_path)
        assert rest(again) in (sent, sent[1:])
        crash(tmp_path)


def test_numbers_are_not_used_again_when_everything_was_shipped(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    append_all(journal, numbered(30))
    ship(journal)
    journal.close()
    again = opened(tmp_path)
    again.append(b"after")
    assert rest(again) == [b"after"]
    crash(tmp_path)
    last = opened(tmp_path)
    assert ship(last) == [b"after"]
    last.close()


def test_a_position_that_cannot_be_stored_costs_a_second_shipping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = opened(tmp_path, segment_bytes=MANY)
    sent = append_all(journal, numbered(5))
    with monkeypatch.context() as failing:
        failing.setattr(os, "pwrite", fails_with(errno.ENOSPC))
        assert ship(journal) == sent
    crash(tmp_path)
    again = opened(tmp_path)
    assert ship(again) == sent
    again.close()


def test_the_oldest_waiting_payload_is_found_behind_damage(tmp_path: Path) -> None:
    append_all(opened(tmp_path, segment_bytes=MANY), numbered(3))
    crash(tmp_path)
    (path,) = segments(tmp_path)
    written = bytearray(path.read_bytes())
    written[0] ^= 0xFF
    path.write_bytes(written)
    journal = opened(tmp_path)
    assert journal.first_waiting() == numbered(3)[1]
    journal.close()


def test_an_empty_segment_that_a_dead_process_left_is_cleared_away(tmp_path: Path) -> None:
    opened(tmp_path).restore()
    crash(tmp_path)
    (empty,) = segments(tmp_path)
    assert empty.stat().st_size == 0
    opened(tmp_path).close()
    assert segments(tmp_path) == []
