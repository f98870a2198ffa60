"""Leftover: what a try did not write, and what becomes of it: handed back with a delay, or a dead letter. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from shared.block import RecordBlock
from shared.errors import WriteFailed

FIRST_DELAY_SECONDS = 15.0
LONGEST_DELAY_SECONDS = 900.0
GAVE_UP = "gave_up"


class Patience(NamedTuple):
    """How long a lane goes on trying."""

    give_up_after_seconds: float
    permanent_after_seconds: float
    """With what no retry mends."""


class Leftover(NamedTuple):
    """Records of one block that share their fate."""

    block: RecordBlock
    """As it is handed back: its attempt and its times count this try."""
    dead_reason: str
    """Empty: it is handed back."""
    delay_seconds: float


def leftovers(
    given: RecordBlock, failed: WriteFailed, now_ms: int, patience: Patience, chance: float
) -> Iterator[Leftover]:
    """`chance` (0 to 1) spreads what failed together."""
    first_ms = given.first_failed_at_ms or now_ms
    later = replace(given, attempt=given.attempt + 1, first_failed_at_ms=first_ms)
    if failed.retryable:
        block = _only(later, failed.retryable, permanent_since_ms=0)
        yield _leftover(block, GAVE_UP, first_ms, patience.give_up_after_seconds, now_ms, chance)
    since_ms = given.permanent_since_ms or now_ms
    for reason in sorted(set(failed.permanent.values())):
        refused = {record_id for record_id, why in failed.permanent.items() if why == reason}
        block = _only(later, refused, permanent_since_ms=since_ms)
        yield _leftover(block, reason, since_ms, patience.permanent_after_seconds, now_ms, chance)


def is_last_try(given: RecordBlock, now_ms: int, patience: Patience) -> bool:
    """What fails now is over."""
    ends = (
        (given.first_failed_at_ms, patience.give_up_after_seconds),
        (given.permanent_since_ms, patience.permanent_after_seconds),
    )
    return any(since_ms and now_ms - since_ms >= seconds * 1000 for since_ms, seconds in ends)


def merged(lefts: Iterable[Leftover]) -> list[Leftover]:
    """Those of one lane that have failed equally often and for reasons of one kind, together; none is over earlier."""
    alike: dict[tuple[int, bool], list[Leftover]] = defaultdict(list)
    for left in lefts:
        alike[left.block.attempt, bool(left.block.permanent_since_ms)].append(left)
    return [_together(some) for some in alike.values()]


def hand_back_seconds(attempt: int) -> float:
    """15 s growing to 15 min. `attempt`: 1 at the first time."""
    return float(min(FIRST_DELAY_SECONDS * 2 ** min(attempt - 1, 10), LONGEST_DELAY_SECONDS))


def _only(block: RecordBlock, ids: Collection[str], permanent_since_ms: int) -> RecordBlock:
    records = [record for record in block.records if record.id in ids]
    return replace(block, records=records, permanent_since_ms=permanent_since_ms)


def _together(lefts: Sequence[Leftover]) -> Leftover:
    blocks = [left.block for left in lefts]
    block = replace(
        blocks[0],
        records=[record for one in blocks for record in one.records],
        first_failed_at_ms=max(one.first_failed_at_ms for one in blocks),
        permanent_since_ms=max(one.permanent_since_ms for one in blocks),
    )
    return Leftover(block, "", max(left.delay_seconds for left in lefts))


def _leftover(
    block: RecordBlock, reason: str, since_ms: int, patience_seconds: float, now_ms: int, chance: float
) -> Leftover:
    """The last try comes when patience ends, not up to 15 minutes later."""
    left_seconds = patience_seconds - (now_ms - since_ms) / 1000
    if left_seconds <= 0:
        return Leftover(block, reason, 0)
    spread = hand_back_seconds(block.attempt) * (1 - chance / 4)
    return Leftover(block, "", min(spread, max(1.0, left_seconds)))
