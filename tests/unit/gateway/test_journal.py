"""The gateway's log: what was appended and not committed is read again, whatever happened in between."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gateway.journal import Journal, JournalError, JournalLocked
from gateway.position import Position
from gateway.reject import RejectReason
from tests.unit.gateway.crash import crash, open_files

MANY = 1 << 30


def opened(directory: Path, max_bytes: int = MANY, segment_bytes: int = 200) -> Journal:
    return Journal(directory, max_bytes, segment_bytes)


def rest(journal: Journal, limit_bytes: int = 1 << 20) -> list[bytes]:
    """Everything not read yet."""
    found: list[bytes] = []
    while journal.unread_bytes:
        found += journal.read(limit_bytes).payloads
    return found


def ship(journal: Journal) -> list[bytes]:
    """Everything not read yet, committed."""
    found: list[bytes] = []
    while journal.unread_bytes:
        stretch = journal.read(1 << 20)
        found += stretch.payloads
        journal.commit(stretch.end)
    return found


def append_all(journal: Journal, payloads: list[bytes]) -> list[bytes]:
    for payload in payloads:
        journal.append(payload)
    return payloads


def numbered(count: int, start: int = 0) -> list[bytes]:
    return [b"payload %04d" % number for number in range(start, start + count)]


def segments(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.segment"))


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
        journal.begin_sync()()
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


def test_a_journal_that_cannot_be_opened_can_be_once_the_fault_is_mended(tmp_path: Path) -> None:
    (tmp_path / "position").mkdir()
    with pytest.raises(OSError, match="position"):
        opened(tmp_path)
    (tmp_path / "position").rmdir()
    opened(tmp_path).close()
    assert open_files(tmp_path) == 0


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
    for place in range(len(good)):
        (tmp_path / "position").write_bytes(good[:place] + bytes([good[place] ^ 0x40]) + good[place + 1 :])
        again = opened(tmp_path)
        assert rest(again) == sent
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


def fails_with(number: int) -> Any:
    def fail(*_: Any) -> int:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
def test_an_append_that_fails_appends_nothing_and_the_next_one_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    journal = opened(tmp_path)
    journal.append(b"before")
    with monkeypatch.context() as failing:
        failing.setattr(os, "pwrite", fails_with(number))
        with pytest.raises(JournalError, match=os.strerror(number)) as refused:
            journal.append(b"refused")
    assert refused.value.reason == RejectReason.JOURNAL_FAILED
    journal.append(b"after")
    assert rest(journal) == [b"before", b"after"]
    crash(tmp_path)
    again = opened(tmp_path)
    assert rest(again) == [b"before", b"after"]
    again.close()


def test_a_segment_that_cannot_be_created_refuses_and_the_next_append_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = opened(tmp_path)
    with monkeypatch.context() as failing:
        failing.setattr(os, "open", fails_with(errno.EMFILE))
        with pytest.raises(JournalError) as refused:
            journal.append(b"refused")
    assert refused.value.reason == RejectReason.JOURNAL_FAILED
    journal.append(b"after")
    assert rest(journal) == [b"after"]
    journal.close()


DISK_FULL = """
import resource, signal, sys
from pathlib import Path
from gateway.journal import Journal, JournalError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
journal = Journal(Path(sys.argv[1]), 1 << 30)
unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
sent, refused = [], 0
def append(number):
    payload = b"%06d" % number + b"x" * 900
    try:
        journal.append(payload)
    except JournalError as error:
        assert error.reason == "journal_failed", error.reason
        return 1
    sent.append(payload)
    return 0
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, unlimited[1]))
refused += sum(map(append, range(20)))
resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
assert 5 < refused < 20, refused
assert sum(map(append, range(20, 30))) == 0
found = []
while journal.unread_bytes:
    found += journal.read(5_000).payloads
assert found == sent, "read from the living"
assert journal.damaged_bytes == 0
print(b"|".join(payload[:6] for payload in sent).decode(), flush=True)
import os
os._exit(9)
"""


def test_a_disk_that_is_really_full_tears_nothing_that_is_ever_read(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DISK_FULL, tmp_path], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 9, done.stderr
    journal = opened(tmp_path)
    assert "|".join(payload[:6].decode() for payload in ship(journal)) == done.stdout.strip()
    assert journal.damaged_bytes == 0
    journal.close()


def test_after_a_failed_sync_nothing_is_appended_until_a_new_segment_is_in_use(tmp_path: Path) -> None:
    journal = opened(tmp_path, segment_bytes=MANY)
    journal.append(b"before")
    journal.abandon()
    assert journal.is_broken
    assert journal.refusal == RejectReason.JOURNAL_FAILED
    with pytest.raises(JournalError) as refused:
        journal.append(b"refused")
    assert refused.value.reason == RejectReason.JOURNAL_FAILED
    old = {path: path.read_bytes() for path in segments(tmp_path)}
    journal.restore()
    with pytest.raises(JournalError):
        journal.append(b"refused as well")
    journal.begin_sync()()
    journal.accept_again()
    journal.append(b"after")
    assert {path: path.read_bytes() for path in old} == old
    assert rest(journal) == [b"before", b"after"]
    journal.close()


def test_a_disk_that_keeps_failing_leaves_no_pile_of_empty_segments(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    journal.append(b"before")
    for _ in range(20):
        journal.abandon()
        journal.restore()
    assert len(segments(tmp_path)) <= 2
    assert open_files(tmp_path) <= 5
    journal.close()


def test_after_a_failed_sync_the_old_segment_is_not_among_what_is_to_be_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second fsync would succeed without having written anything: the kernel tells of a failure once."""
    journal = opened(tmp_path, segment_bytes=MANY)
    journal.append(b"synced in vain")
    sync = journal.begin_sync()
    journal.append(b"appended meanwhile")
    (old,) = segments(tmp_path)
    with monkeypatch.context() as failing:
        failing.setattr(os, "fsync", fails_with(errno.EIO))
        with pytest.raises(OSError, match="Input/output"):
            sync()
    journal.abandon()
    journal.restore()
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_ino))
    journal.begin_sync()()
    assert old.stat().st_ino not in synced
    journal.close()


def test_syncing_takes_every_segment_that_has_something_new_and_the_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = opened(tmp_path)
    append_all(journal, numbered(20))
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_ino))
    assert journal.needs_sync
    journal.begin_sync()()
    assert {path.stat().st_ino for path in [tmp_path, *segments(tmp_path)]} == set(synced)
    assert not journal.needs_sync
    journal.append(b"more")
    assert journal.needs_sync
    journal.close()


def test_a_sync_begun_before_its_segment_was_shipped_still_ends_well(tmp_path: Path) -> None:
    journal = opened(tmp_path, segment_bytes=100)
    append_all(journal, numbered(20))
    sync = journal.begin_sync()
    ship(journal)
    sync()
    journal.close()
    assert open_files(tmp_path) == 0


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


def test_files_that_are_not_ours_are_left_alone(tmp_path: Path) -> None:
    append_all(opened(tmp_path), [b"ours"])
    crash(tmp_path)
    (tmp_path / "notes.txt").write_text("not ours")
    (tmp_path / "copy of 1.segment").write_text("not ours either")
    journal = opened(tmp_path)
    assert ship(journal) == [b"ours"]
    journal.close()
    assert (tmp_path / "copy of 1.segment").exists()


def test_an_empty_segment_that_a_dead_process_left_is_cleared_away(tmp_path: Path) -> None:
    opened(tmp_path).restore()
    crash(tmp_path)
    (empty,) = segments(tmp_path)
    assert empty.stat().st_size == 0
    opened(tmp_path).close()
    assert segments(tmp_path) == []


def test_what_could_not_be_opened_leaves_nothing_open(tmp_path: Path) -> None:
    append_all(opened(tmp_path), numbered(40))
    crash(tmp_path)
    (tmp_path / "999999999999-00000000.segment").mkdir()
    for _ in range(3):
        with pytest.raises(OSError, match="directory"):
            opened(tmp_path)
    assert open_files(tmp_path) == 0
    (tmp_path / "999999999999-00000000.segment").rmdir()
    journal = opened(tmp_path)
    assert ship(journal) == numbered(40)
    journal.close()


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
