"""Segments: those of a journal that are on disk, oldest first."""

import logging
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from gateway.position import Position
from gateway.segment import Segment, is_segment

log = logging.getLogger("blockmetry.journal")


class Segments:
    """Each is open until it is deleted, or all are closed."""

    def __init__(self) -> None:
        self._there: deque[Segment] = deque()

    def __iter__(self) -> Iterator[Segment]:
        return iter(self._there)

    def open_left(self, directory: Path) -> None:
        """Those that an earlier process left. Raises `OSError`."""
        for path in sorted(filter(is_segment, directory.iterdir())):  # the names sort as the numbers do
            self._there.append(Segment.open(path))

    def add(self, segment: Segment) -> None:
        """A new one."""
        self._there.append(segment)

    def bytes_after(self, position: Position) -> int:
        """How much is in them from there on."""
        return sum(
            max(0, s.size - position.offset) if s.number == position.segment else s.size
            for s in self._there
            if s.number >= position.segment
        )

    def delete_shipped(self, committed: Position, active: Segment | None) -> set[Segment]:
        """Those that went: they hold nothing after `committed`. `active` stays."""
        gone: set[Segment] = set()
        while self._there and (first := self._there[0]) is not active and _is_shipped(first, committed):
            if not self.delete(first):
                break
            gone.add(first)
        return gone

    def delete(self, segment: Segment) -> bool:
        """Whether it is gone. What a sick disk keeps stays among them, to be tried again when more is shipped."""
        try:
            segment.delete()
        except OSError as error:
            log.error("segment %d cannot be deleted: %s", segment.number, error.strerror or error)
            return False
        self._there.remove(segment)
        return True

    def close(self) -> None:
        """Their files stay."""
        for segment in self._there:
            segment.close()


def _is_shipped(segment: Segment, committed: Position) -> bool:
    number, offset = committed
    return segment.number < number or not segment.size or (segment.number == number and offset >= segment.size)
