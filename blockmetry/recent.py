"""Recent: the last outcomes of the pipeline, in bounded memory, and the count of all of them."""

from collections import Counter, deque
from collections.abc import Iterable
from heapq import merge
from itertools import islice, takewhile
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

KEPT = 200
"""Records, and as many drops: where drops are rare, a flood of records does not wash them away."""


class Row(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One finished hit: with a record, or with the reason why there is none."""

    number: int
    """Rises by one with each outcome of this run, from 1."""
    at_ms: int
    """When it was finished."""
    property: str
    record: msgspec.Raw | UnsetType = UNSET
    reason: str = ""
    detail: str = ""


class Recent:
    """Appending costs about a microsecond and never waits: the pipeline does it for every hit."""

    def __init__(self) -> None:
        self.last = 0
        """The number of the latest row."""
        self._records: deque[Row] = deque(maxlen=KEPT)
        self._drops: deque[Row] = deque(maxlen=KEPT)
        self._counts: Counter[tuple[str, str]] = Counter()

    def record(self, at_ms: int, property_id: str, record_json: bytes) -> None:
        """A hit that became a record."""
        self._records.append(Row(self._next(property_id, ""), at_ms, property_id, record=msgspec.Raw(record_json)))

    def drop(self, at_ms: int, property_id: str, reason: str, detail: str) -> None:
        """A hit that did not, and why."""
        self._drops.append(Row(self._next(property_id, reason), at_ms, property_id, reason=reason, detail=detail))

    def since(self, number: int, limit: int) -> list[Row]:
        """The newest of the rows after `number`, at most `limit` of each kind, oldest first."""
        return list(merge(*(_newest(rows, number, limit) for rows in (self._records, self._drops)), key=_number))

    def totals(self) -> list[dict[str, Any]]:
        """How many of each outcome: `{"property", "reason", "count"}`, where no reason means a record."""
        return [
            {"property": property_id, "reason": reason, "count": count}
            for (property_id, reason), count in self._counts.items()
        ]

    def _next(self, property_id: str, reason: str) -> int:
        self._counts[property_id, reason] += 1
        self.last += 1
        return self.last


_number = attrgetter("number")


def _newest(rows: deque[Row], number: int, limit: int) -> Iterable[Row]:
    newest = takewhile(lambda row: row.number > number, reversed(rows))
    return reversed(list(islice(newest, limit)))
