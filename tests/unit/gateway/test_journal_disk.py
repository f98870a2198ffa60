"""Disks that are full, that fail, that come back."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.journal import JournalError
from gateway.reject import RejectReason
from tests.unit.gateway.crash import crash, open_files
from tests.unit.gateway.journal_use import MANY, append_all, fails_with, numbered, opened, rest, segments, ship

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


def test_a_journal_that_cannot_be_opened_can_be_once_the_fault_is_mended(tmp_path: Path) -> None:
    (tmp_path / "position").mkdir()
    with pytest.raises(OSError, match="position"):
        opened(tmp_path)
    (tmp_path / "position").rmdir()
    opened(tmp_path).close()
    assert open_files(tmp_path) == 0


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
    journal.begin_sync().run()
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
            sync.run()
    journal.abandon()
    journal.restore()
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_ino))
    journal.begin_sync().run()
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
    journal.begin_sync().run()
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
    sync.run()
    journal.close()
    assert open_files(tmp_path) == 0


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


def test_a_shipped_segment_that_cannot_be_deleted_stops_nothing_and_goes_with_a_later_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    journal = opened(tmp_path)
    sent = append_all(journal, numbered(20))
    with monkeypatch.context() as failing:
        failing.setattr(os, "unlink", fails_with(errno.EROFS))
        assert ship(journal) == sent
        assert journal.waiting_bytes == 0
        assert len(segments(tmp_path)) > 1
    assert "cannot be deleted: Read-only file system" in caplog.text
    assert ship(journal) == []
    journal.append(b"next")
    assert ship(journal) == [b"next"]
    assert len(segments(tmp_path)) == 1
    journal.close()
    assert open_files(tmp_path) == 0


def test_an_empty_segment_that_cannot_be_deleted_after_a_failed_sync_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = opened(tmp_path)
    journal.restore()
    with monkeypatch.context() as failing:
        failing.setattr(os, "unlink", fails_with(errno.EIO))
        journal.abandon()
    journal.restore()
    journal.begin_sync().run()
    journal.accept_again()
    journal.append(b"after")
    assert ship(journal) == [b"after"]
    journal.close()
    assert segments(tmp_path) == []


def test_a_segment_with_a_bad_page_is_left_for_a_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = opened(tmp_path, segment_bytes=MANY)
    journal.append(b"before")
    (bad,) = segments(tmp_path)
    works = os.pwrite

    def pwrite(descriptor: int, written: bytes, offset: int) -> int:
        if os.fstat(descriptor).st_ino == bad.stat().st_ino:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return works(descriptor, written, offset)

    monkeypatch.setattr(os, "pwrite", pwrite)
    with pytest.raises(JournalError):
        journal.append(b"refused")
    journal.try_to_write()
    assert journal.refusal == ""
    journal.append(b"after")
    assert ship(journal) == [b"before", b"after"]
    journal.close()


def test_the_names_of_new_directories_are_on_disk_up_to_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_ino))
    opened(tmp_path / "data" / "journal" / "000").close()
    assert [path.stat().st_ino for path in (tmp_path / "data" / "journal" / "000").parents] == synced
    synced.clear()
    opened(tmp_path / "data" / "journal" / "000").close()
    assert not synced
