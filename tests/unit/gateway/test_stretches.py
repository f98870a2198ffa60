"""What was read and not committed is read again in the same stretches, so that it makes the same blocks."""

from pathlib import Path

from gateway.journal import Journal
from tests.unit.gateway.crash import crash
from tests.unit.gateway.journal_use import append_all, numbered, opened, rest


def test_after_a_crash_the_stretch_under_way_ends_where_it_did_though_more_has_come(tmp_path: Path) -> None:
    journal = opened(tmp_path, segment_bytes=1 << 20)
    first = append_all(journal, numbered(5))
    assert journal.read(1 << 20).payloads == first
    later = append_all(journal, numbered(5, start=5))
    crash(tmp_path)
    again = opened(tmp_path)
    assert again.read(1 << 20).payloads == first
    assert rest(again) == later
    again.close()


def test_also_when_less_is_asked_for_the_second_time(tmp_path: Path) -> None:
    journal = opened(tmp_path, segment_bytes=1 << 20)
    sent = append_all(journal, numbered(50))
    stretch = journal.read(1 << 20)
    assert stretch.payloads == sent
    journal.rewind()
    assert journal.read(60) == stretch
    journal.close()


def test_what_was_committed_is_followed_by_as_much_as_there_is(tmp_path: Path) -> None:
    journal = opened(tmp_path, segment_bytes=1 << 20)
    append_all(journal, numbered(5))
    journal.commit(journal.read(1 << 20).end)
    later = append_all(journal, numbered(20, start=5))
    crash(tmp_path)
    again = opened(tmp_path)
    assert again.read(1 << 20).payloads == later
    again.close()


def test_the_end_is_where_the_last_payload_ends(tmp_path: Path) -> None:
    journal = Journal(tmp_path, 1 << 20)
    empty = journal.end
    append_all(journal, numbered(3))
    assert journal.end > empty
    assert journal.read(1 << 20).end == journal.end
    journal.close()
