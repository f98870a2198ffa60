"""The gateway's log: what was appended is read in its order, and bounded, and locked."""

import subprocess
import sys
from pathlib import Path

import pytest

from gateway.journal import JournalError
from gateway.lock import JournalLocked
from gateway.position import Position
from gateway.reject import RejectReason
from tests.unit.gateway.crash import crash, open_files
from tests.unit.gateway.journal_use import MANY, append_all, numbered, opened, rest, segments, ship


def test_a_new_journal_is_empty(tmp_path: Path) -> None:
    journal = opened(tmp_path / "made" / "on the way")
    assert (journal.unread_bytes, journal.waiting_bytes, journal.refusal) == (0, 0, "")
    assert journal.read(100).payloads == []
    assert journal.first_waiting() is None
    assert segments(journal.directory) == []
    journal.close()


@pytest.mark.parametrize("limit_bytes", [1, 30, 1 << 20])
def test_what_was_appended_is_read_in_its_order_across_segments(tmp_path: Path, limit_bytes: int) -> None:
    journal = opened(tmp_path)
    sent = append_all(journal, numbered(100))
    assert len(segments(tmp_path)) > 5
    assert rest(journal, limit_bytes) == sent
    assert journal.read(100).payloads == []
    journal.close()


def test_reading_and_writing_take_turns(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    for payload in numbered(50):
        journal.append(payload)
        assert rest(journal) == [payload]
    journal.close()


def test_segments_are_deleted_once_shipped(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    append_all(journal, numbered(100))
    count = len(segments(tmp_path))
    while journal.unread_bytes:
        journal.commit(journal.read(1).end)
        assert len(segments(tmp_path)) <= count
        count = len(segments(tmp_path))
    assert count == 1, "the one being written stays"
    journal.close()
    assert segments(tmp_path) == []


def test_a_journal_has_no_more_files_open_than_it_needs(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    for round_ in range(5):
        append_all(journal, numbered(100, round_ * 100))
        ship(journal)
        journal.begin_sync().run()
    assert open_files(tmp_path) <= 4
    journal.close()
    assert open_files(tmp_path) == 0


def test_nobody_else_can_open_it(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    with pytest.raises(JournalLocked):
        opened(tmp_path)
    journal.append(b"still works")
    assert rest(journal) == [b"still works"]
    journal.close()
    opened(tmp_path).close()


def test_another_process_cannot_open_it_and_can_once_we_are_gone(tmp_path: Path) -> None:
    program = "import sys; from pathlib import Path; from gateway.journal import Journal; Journal(Path(sys.argv[1]), 9)"
    journal = opened(tmp_path)
    refused = subprocess.run([sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=False)
    assert "JournalLocked" in refused.stderr
    journal.close()
    assert subprocess.run([sys.executable, "-c", program, tmp_path], check=False).returncode == 0


def test_a_full_journal_refuses_until_something_is_committed(tmp_path: Path) -> None:
    journal = opened(tmp_path, max_bytes=1_000)
    with pytest.raises(JournalError) as refused:
        append_all(journal, numbered(1_000))
    assert refused.value.reason == RejectReason.JOURNAL_FULL
    assert 900 < journal.waiting_bytes <= 1_000 + 12
    assert sum(path.stat().st_size for path in segments(tmp_path)) == journal.waiting_bytes
    shipped = ship(journal)
    assert shipped == numbered(len(shipped))
    assert len(shipped) > 30
    assert append_all(journal, [b"again"]) == rest(journal)
    journal.close()


def test_a_journal_that_refuses_because_it_is_full_says_so(tmp_path: Path) -> None:
    journal = opened(tmp_path, max_bytes=1_000)
    with pytest.raises(JournalError):
        append_all(journal, [b"x" * 150] * 10)
    assert journal.refusal == RejectReason.JOURNAL_FULL
    ship(journal)
    assert journal.refusal == ""
    journal.close()


def test_committing_the_same_place_twice_changes_nothing(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    append_all(journal, numbered(10))
    end = journal.read(1 << 20).end
    for _ in range(2):
        journal.commit(end)
        assert isinstance(end, Position)
    waiting = journal.waiting_bytes
    journal.close()
    again = opened(tmp_path)
    assert again.waiting_bytes == waiting
    again.close()


def test_files_that_are_not_ours_are_left_alone(tmp_path: Path) -> None:
    append_all(opened(tmp_path), [b"ours"])
    crash(tmp_path)
    (tmp_path / "notes.txt").write_text("not ours")
    (tmp_path / "copy of 1.segment").write_text("not ours either")
    journal = opened(tmp_path)
    assert ship(journal) == [b"ours"]
    journal.close()
    assert (tmp_path / "copy of 1.segment").exists()


def test_a_journal_that_retires_has_nothing_on_disk_and_goes_on_when_it_is_needed(tmp_path: Path) -> None:
    journal = opened(tmp_path, segment_bytes=MANY)
    journal.append(b"before")
    journal.retire()
    assert len(segments(tmp_path)) == 1, "something waits"
    assert ship(journal) == [b"before"]
    journal.retire()
    assert segments(tmp_path) == []
    journal.append(b"after")
    assert journal.needs_sync
    assert rest(journal) == [b"after"]
    crash(tmp_path)
    again = opened(tmp_path)
    assert ship(again) == [b"after"]
    again.close()
