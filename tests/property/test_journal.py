"""The journal against a model: appended and not committed is read again, in order, unaltered; whatever happens."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gateway.journal import Journal, JournalError, Stretch
from gateway.lock import JournalLocked
from gateway.segment import HEAD, MARKER, Segment
from tests.unit.gateway.crash import crash, open_files

SEGMENT_BYTES = 300
MAX_BYTES = 4_000
nasty = st.one_of(
    st.binary(max_size=120),
    st.lists(st.sampled_from([MARKER, MARKER[:2], b"\0", b"\xff", HEAD.pack(MARKER, 3, 7) + b"abc"])).map(b"".join),
)


class JournalMachine(RuleBasedStateMachine):
    """`waiting` is the model: what was appended and has not been committed, and `read` of it the journal returned."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp(prefix="journal-"))
        self.waiting: list[bytes] = []
        self.read = 0
        self.uncommitted: list[tuple[Stretch, int]] = []
        self.count = 0
        self.hurt = False
        self.torn: set[Path] = set()
        self.journal = self.open()

    def open(self) -> Journal:
        return Journal(self.directory, MAX_BYTES, SEGMENT_BYTES)

    @initialize(earlier=st.integers(0, 3))
    def begin_after_earlier_processes(self, earlier: int) -> None:
        for _ in range(earlier):
            self.append(b"earlier")
            self.crash()

    @rule(rest=nasty)
    def append(self, rest: bytes) -> None:
        """Every payload is unique, so that it can be found in its file."""
        payload = b"%08d:" % self.count + rest
        self.count += 1
        if self.journal.waiting_bytes + len(payload) > MAX_BYTES:
            with pytest.raises(JournalError, match="waiting to be shipped"):
                self.journal.append(payload)
        else:
            self.journal.append(payload)
            self.waiting.append(payload)

    @rule(count=st.integers(1, 60), size=st.integers(0, 60))
    def append_many(self, count: int, size: int) -> None:
        for _ in range(count):
            self.append(b"x" * size)

    @rule(rest=nasty, room=st.integers(0, 200), is_told=st.booleans(), count=st.integers(1, 3))
    def append_to_a_full_disk(self, rest: bytes, room: int, is_told: bool, count: int) -> None:
        """Which takes a part of the first frame at the most, and says so, or fails."""
        if self.journal.waiting_bytes + count * (9 + len(rest)) > MAX_BYTES:
            return
        with full_disk(min(room, HEAD.size + 8), is_told), pytest.raises(JournalError):
            self.journal.append(*[b"refused: " + rest] * count)
        assert self.journal.refusal == "journal_failed"
        self.hurt = True

    @rule(is_told=st.booleans())
    def try_to_write_to_a_full_disk(self, is_told: bool) -> None:
        before = self.journal.refusal
        with full_disk(7, is_told), suppress(OSError):
            self.journal.try_to_write()
        assert self.journal.refusal == before

    @rule()
    def try_to_write_where_there_is_room_again(self) -> None:
        self.journal.try_to_write()
        assert self.journal.refusal in ("", "journal_full")

    @precondition(lambda self: self.uncommitted)
    @rule(data=st.data())
    def commit_on_a_full_disk(self, data: st.DataObject) -> None:
        """The position cannot be written, and a crash ships again what is still there."""
        with full_disk(0, is_told=False):
            self.commit(data)
        crash(self.directory)
        self.ship_again()

    @rule()
    def sync(self) -> None:
        self.journal.begin_sync().run()
        assert not self.journal.needs_sync

    @rule(limit_bytes=st.sampled_from([1, 13, 50, 200, 1_000, 1 << 20]))
    def take(self, limit_bytes: int) -> None:
        expected = self.waiting[self.read :]
        stretch = self.journal.read(limit_bytes)
        while not stretch.payloads and self.journal.unread_bytes:
            assert self.hurt, "only damage makes a read of nothing"
            stretch = self.journal.read(limit_bytes)
        assert stretch.payloads == expected[: len(stretch.payloads)]
        assert bool(stretch.payloads) == bool(expected)
        self.read += len(stretch.payloads)
        self.uncommitted.append((stretch, self.read))

    @precondition(lambda self: self.uncommitted)
    @rule(data=st.data())
    def commit(self, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.uncommitted) - 1))
        stretch, count = self.uncommitted[place]
        self.journal.commit(stretch.end)
        del self.waiting[:count]
        self.read -= count
        self.uncommitted = [(later, upto - count) for later, upto in self.uncommitted[place + 1 :]]

    @rule()
    def crash(self) -> None:
        crash(self.directory)
        self.reopen()

    @rule()
    def close(self) -> None:
        self.journal.close()
        assert open_files(self.directory) == 0
        self.reopen()

    @rule(rest=nasty, share=st.floats(0, 1))
    def crash_while_writing(self, rest: bytes, share: float) -> None:
        """The torn frame was never acknowledged."""
        crash(self.directory)
        files = sorted(self.directory.glob("*.segment"))
        if files and files[-1] not in self.torn:  # no process writes behind another one's torn frame
            self.torn.add(files[-1])
            whole = frame(files[-1], b"torn" + rest)
            with files[-1].open("ab") as file:
                file.write(whole[: int(len(whole) * share * 0.999)])
            self.hurt = True
        self.reopen()

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def damage_one_byte(self, data: st.DataObject) -> None:
        """Costs the frame it is in, and nothing else."""
        crash(self.directory)
        victim = data.draw(st.integers(0, len(self.waiting) - 1))
        payload = self.waiting.pop(victim)
        path, start = self.find(payload)
        place = start + data.draw(st.integers(0, HEAD.size + len(payload) - 1))
        written = bytearray(path.read_bytes())
        written[place] ^= data.draw(st.integers(1, 255))
        path.write_bytes(written)
        self.hurt = True
        self.reopen()

    @rule(how=st.sampled_from(["missing", "torn", "damaged"]))
    def lose_the_position(self, how: str) -> None:
        """Everything that is still there is shipped again: more than the model has, and never less."""
        position = self.directory / "position"
        crash(self.directory)
        stored = position.read_bytes()
        if how == "missing":
            position.unlink()
        else:
            position.write_bytes(stored[:7] if how == "torn" else stored[:-1] + bytes([stored[-1] ^ 1]))
        self.ship_again()

    @rule()
    def fail_to_sync_and_recover(self) -> None:
        self.journal.abandon()
        with pytest.raises(JournalError):
            self.journal.append(b"refused")
        self.journal.restore()
        self.journal.begin_sync().run()
        self.journal.accept_again()

    @rule()
    def retire(self) -> None:
        """Between reading and committing, too."""
        self.journal.retire()

    @rule()
    def be_locked(self) -> None:
        with pytest.raises(JournalLocked):
            self.open()

    @invariant()
    def what_waits_is_counted(self) -> None:
        held = sum(path.stat().st_size for path in self.directory.glob("*.segment"))
        assert sum(HEAD.size + len(payload) for payload in self.waiting) <= self.journal.waiting_bytes <= held
        assert self.journal.unread_bytes <= self.journal.waiting_bytes

    def ship_again(self) -> None:
        """From an earlier place than the model knows of."""
        self.reopen()
        again = self.rest_of_journal()
        assert again[len(again) - len(self.waiting) :] == self.waiting
        crash(self.directory)
        self.reopen()
        self.waiting = again

    def reopen(self) -> None:
        self.journal = self.open()
        self.read = 0
        self.uncommitted = []

    def find(self, payload: bytes) -> tuple[Path, int]:
        for path in self.directory.glob("*.segment"):
            if (found := path.read_bytes().find(payload[:9])) >= 0:
                return path, found - HEAD.size
        raise AssertionError("what is waiting is not on disk")

    def rest_of_journal(self) -> list[bytes]:
        found: list[bytes] = []
        while self.journal.unread_bytes:
            found += self.journal.read(1 << 20).payloads
        return found

    def teardown(self) -> None:
        """At last everything that waits is read, and the journal is empty."""
        crash(self.directory)
        self.reopen()
        found: list[bytes] = []
        while self.journal.unread_bytes:
            stretch = self.journal.read(1 << 20)
            found += stretch.payloads
            self.journal.commit(stretch.end)
        self.journal.close()
        left = b"".join(path.read_bytes() for path in self.directory.glob("*.segment"))
        shutil.rmtree(self.directory)
        assert found == self.waiting
        assert left == b""


JournalMachine.TestCase.settings = settings(stateful_step_count=30, deadline=None)
TestJournal = JournalMachine.TestCase


@contextmanager
def full_disk(room: int, is_told: bool) -> Iterator[None]:
    """Of a write, it takes `room` bytes at the most and says so, or fails; of new files, none."""
    write, create = os.pwrite, os.open

    def pwrite(descriptor: int, written: bytes, offset: int) -> int:
        taken = write(descriptor, written[:room], offset)
        if is_told:
            return taken
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def open_old(path: Path, flags: int, mode: int = 0o600) -> int:
        if flags & os.O_EXCL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return create(path, flags, mode)

    with pytest.MonkeyPatch.context() as full:
        full.setattr(os, "pwrite", pwrite)
        if not room:
            full.setattr(os, "open", open_old)
        yield


def frame(path: Path, payload: bytes) -> bytes:
    """As it would be written into the segment at `path`."""
    with tempfile.TemporaryDirectory() as elsewhere:
        segment = Segment.create(Path(elsewhere), 1, int(path.stem.partition("-")[2], 16))
        segment.append(payload)
        written = segment.path.read_bytes()
        segment.delete()
    return written
