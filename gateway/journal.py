"""Journal: the gateway's crash-safe log. What was appended survives the process; what was synced survives the machine.

A directory with segments, the position up to which everything has been shipped, and a lock.
"""

import logging
import os
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from gateway.lock import lock
from gateway.position import Cursor, Position
from gateway.reject import RejectReason
from gateway.segment import Segment
from gateway.segments import Segments
from shared.durable import Sync, make_directory

SEGMENT_BYTES = 16 << 20
PEEK_BYTES = 64 << 10

log = logging.getLogger("blockmetry.journal")


class JournalError(Exception):
    """Nothing was appended; `reason` is what the client is told."""

    def __init__(self, reason: RejectReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Stretch(NamedTuple):
    """Frames read from the journal, and where they end."""

    payloads: list[bytes]
    end: Position


class Journal:
    """One writer and one reader, in one process and one thread.

    A new process begins a new segment and never touches what an earlier one wrote, so a torn tail needs no repair:
    the reader steps over it.
    """

    def __init__(
        self,
        directory: Path,
        max_bytes: int,
        segment_bytes: int = SEGMENT_BYTES,
        new_salt: Callable[[], int] = lambda: secrets.randbits(32),
    ) -> None:
        """Raises `JournalLocked`, or `OSError`."""
        make_directory(directory)
        self.directory = directory
        self.damaged_bytes = 0
        self._max_bytes = max_bytes
        self._segment_bytes = segment_bytes
        self._new_salt = new_salt
        self._active: Segment | None = None
        self._is_full = self._cannot_write = False
        self.is_broken = False
        """A sync failed and the disk has not worked since."""
        self._segments = Segments()
        with ExitStack() as opened:
            self._recover(opened)
            self._opened = opened.pop_all()

    def _recover(self, opened: ExitStack) -> None:
        """Whatever is open when this fails is closed by `opened`."""
        descriptor = lock(self.directory / "lock")
        opened.callback(os.close, descriptor)
        opened.callback(self._segments.close)
        self._directory_descriptor = os.open(self.directory, os.O_RDONLY | os.O_CLOEXEC)
        opened.callback(os.close, self._directory_descriptor)
        self._cursor = Cursor(self.directory / "position")
        opened.callback(self._cursor.close)
        self._segments.open_left(self.directory)
        self._unsynced = set(self._segments)  # who left them may not have come to that
        self.first_own_segment = max([self._cursor.last_segment, *(s.number for s in self._segments)]) + 1
        """What lies in earlier ones, another process has appended."""
        self._next_number = self.first_own_segment
        self.commit(self._cursor.committed)

    def append(self, *payloads: bytes) -> None:
        """The operating system has them all when this returns. Raises `JournalError`: none of them was appended."""
        if self.is_broken:
            raise JournalError(RejectReason.JOURNAL_FAILED, "the disk failed; waiting for it to work again")
        if self.waiting_bytes + sum(map(len, payloads)) > self._max_bytes:
            self._is_full = True
            raise JournalError(RejectReason.JOURNAL_FULL, "journal_max_bytes are waiting to be shipped")
        try:
            segment = self._active
            if segment is None or segment.size >= self._segment_bytes:
                segment = self._begin_segment()
            self.waiting_bytes += segment.append(*payloads)
        except OSError as error:
            self._cannot_write = True
            raise JournalError(RejectReason.JOURNAL_FAILED, error.strerror or str(error)) from error
        self._unsynced.add(segment)

    def read(self, limit_bytes: int) -> Stretch:
        """The next frames, in about `limit_bytes` of one segment; none when there are no more. Raises `OSError`.

        What was read and not committed, by whatever process, is read again in the same stretch.
        """
        cursor = self._cursor
        for segment in self._segments:
            offset = cursor.offset_in(segment.number)
            if segment.number < cursor.position.segment or offset >= segment.size:
                continue
            payloads, consumed, damaged = segment.read(offset, cursor.again_bytes(segment.number) or limit_bytes)
            self._count_damage(segment, damaged)
            cursor.advance(Position(segment.number, offset + consumed))
            return Stretch(payloads, cursor.position)
        return Stretch([], cursor.position)

    def rewind(self) -> None:
        """`read` begins again with what has not been committed."""
        self._cursor.rewind()

    def first_waiting(self) -> bytes | None:
        """The oldest payload that has not been committed."""
        committed = self._cursor.committed
        for segment in self._segments:
            offset = committed.offset if segment.number == committed.segment else 0
            while offset < segment.size:
                payloads, consumed, _ = segment.read(offset, PEEK_BYTES)
                if payloads:
                    return payloads[0]
                offset += consumed
        return None

    @property
    def end(self) -> Position:
        """Where the payload appended last ends."""
        return Position(self._active.number, self._active.size) if self._active else self._cursor.committed

    @property
    def unread_bytes(self) -> int:
        """What `read` has not returned yet."""
        return self._segments.bytes_after(self._cursor.position)

    def commit(self, position: Position) -> None:
        """Everything before `position` has been shipped: its segments are deleted, its bytes are free again."""
        self._cursor.commit(position)
        self._unsynced -= self._segments.delete_shipped(position, self._active)
        self.waiting_bytes = self._segments.bytes_after(position)
        self._is_full = False

    def retire(self) -> None:
        """Once everything is shipped, nothing of it stays on disk: the segment being written goes too."""
        if self._active and not self.waiting_bytes:
            self._active = None
            self.commit(self._cursor.committed)

    def begin_sync(self) -> Sync:
        """Takes what is not on disk yet, to be put there by what is returned.

        Raises `OSError`: then nothing was taken, and it is no failure of the disk.
        """
        with ExitStack() as taken:
            descriptors = []
            for segment in self._unsynced:  # which may be shipped meanwhile, so its descriptor must be our own
                descriptors.append(segment.duplicate())
                taken.callback(os.close, descriptors[-1])
            closing = taken.pop_all()
        self._unsynced.clear()
        return Sync([*descriptors, self._directory_descriptor], closing)

    def sync_position(self) -> None:
        """In any thread. What was read is made into the same blocks then, whatever happens. Raises `OSError`."""
        self._cursor.sync()

    def abandon(self) -> None:
        """After a failed sync: nothing is appended until `restore`, and the same segment is never synced again.

        A second fsync would succeed without having written anything: the kernel tells of a failure once.
        """
        self.is_broken = True
        self._unsynced.clear()
        self._leave_segment()

    def restore(self) -> None:
        """Begins a new segment, to be synced before `accept_again`. Raises `OSError`."""
        self._unsynced.add(self._begin_segment())

    def accept_again(self) -> None:
        """The disk works again."""
        self.is_broken = False

    @property
    def refusal(self) -> str:
        """Why the next append would be refused; empty when it would not."""
        if self.is_broken or self._cannot_write:
            return RejectReason.JOURNAL_FAILED
        return RejectReason.JOURNAL_FULL if self._is_full else ""

    @property
    def needs_sync(self) -> bool:
        """Something was appended since the last sync began."""
        return bool(self._unsynced)

    def try_to_write(self) -> None:
        """After a failed append: whether there is room again, also while nobody sends anything. Raises `OSError`.

        In a new segment: of the old one, a page may be bad for ever.
        """
        if self._cannot_write:
            self._leave_segment()
            self._begin_segment().try_to_write()
            self._cannot_write = False

    def close(self) -> None:
        """Lets another process have it."""
        self._active = None
        self.commit(self._cursor.committed)
        self._opened.close()

    def _begin_segment(self) -> Segment:
        self._active = Segment.create(self.directory, self._next_number, self._new_salt())
        self._segments.add(self._active)
        self._next_number += 1
        return self._active

    def _leave_segment(self) -> None:
        """Nothing more is written to it."""
        left, self._active = self._active, None
        if left and not left.size and self._segments.delete(left):
            self._unsynced.discard(left)

    def _count_damage(self, segment: Segment, damaged: int) -> None:
        if damaged:
            self.damaged_bytes += damaged
            log.error("%d bytes of segment %d are damaged and were passed over", damaged, segment.number)
