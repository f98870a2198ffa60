"""What becomes of what a try did not write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.block import RecordBlock
from shared.errors import WriteFailed
from shared.record import FinishedRecord
from workers.leftover import Leftover, Patience, hand_back_seconds, is_last_try, leftovers, merged

NOW_MS = 1_764_000_000_000
DAY_MS = 86_400_000
PATIENCE = Patience(give_up_after_seconds=14 * 86_400, permanent_after_seconds=300)
RECORDS = [FinishedRecord(name, NOW_MS, NOW_MS, b"{}") for name in "abcd"]


def block_of(attempt: int = 0, first_failed_at_ms: int = 0, permanent_since_ms: int = 0) -> RecordBlock:
    return RecordBlock("shop", "objects-1", attempt, first_failed_at_ms, RECORDS, "b10c", permanent_since_ms)


def ids(block: RecordBlock) -> str:
    return "".join(record.id for record in block.records)


def test_nothing_is_left_of_what_was_written() -> None:
    assert list(leftovers(block_of(), WriteFailed({}, {}), NOW_MS, PATIENCE, 0)) == []


def test_what_may_pass_is_handed_back_with_its_times_and_its_block() -> None:
    (left,) = leftovers(block_of(), WriteFailed({"b": "unavailable", "d": "unavailable"}, {}), NOW_MS, PATIENCE, 0)
    assert ids(left.block) == "bd"
    assert (left.dead_reason, left.delay_seconds) == ("", 15)
    assert (left.block.attempt, left.block.first_failed_at_ms, left.block.permanent_since_ms) == (1, NOW_MS, 0)
    assert (left.block.property, left.block.sink, left.block.block_id) == ("shop", "objects-1", "b10c")


def test_what_no_retry_mends_is_handed_back_too_at_first_and_remembers_since_when() -> None:
    (left,) = leftovers(block_of(), WriteFailed({}, {"a": "access_denied"}), NOW_MS, PATIENCE, 0)
    assert (left.dead_reason, left.block.permanent_since_ms) == ("", NOW_MS)


def test_after_the_time_for_it_a_refusal_is_a_dead_letter_with_its_reason() -> None:
    block = block_of(5, NOW_MS - 400_000, NOW_MS - 300_000)
    (left,) = leftovers(block, WriteFailed({}, dict.fromkeys("abcd", "not_found")), NOW_MS, PATIENCE, 0)
    assert (left.dead_reason, ids(left.block)) == ("not_found", "abcd")


def test_after_two_weeks_it_gives_up_also_on_what_may_pass() -> None:
    block = block_of(1_000, NOW_MS - 14 * DAY_MS)
    (left,) = leftovers(block, WriteFailed({"a": "unavailable"}, {}), NOW_MS, PATIENCE, 0)
    assert left.dead_reason == "gave_up"


def test_an_outage_that_turns_into_a_refusal_begins_the_time_for_refusals() -> None:
    block = block_of(9, NOW_MS - DAY_MS)
    (left,) = leftovers(block, WriteFailed({}, {"a": "access_denied"}), NOW_MS, PATIENCE, 0)
    assert (left.dead_reason, left.block.permanent_since_ms) == ("", NOW_MS)


def test_a_refusal_that_turns_into_an_outage_forgets_it() -> None:
    block = block_of(3, NOW_MS - 250_000, NOW_MS - 250_000)
    (left,) = leftovers(block, WriteFailed({"a": "unavailable"}, {}), NOW_MS, PATIENCE, 0)
    assert left.block.permanent_since_ms == 0


def test_each_reason_has_its_own_fate() -> None:
    failed = WriteFailed({"a": "unavailable"}, {"b": "access_denied", "c": "refused", "d": "access_denied"})
    block = block_of(5, NOW_MS - 400_000, NOW_MS - 301_000)
    parts = {left.dead_reason: ids(left.block) for left in leftovers(block, failed, NOW_MS, PATIENCE, 0)}
    assert parts == {"": "a", "access_denied": "bd", "refused": "c"}


def test_the_last_try_is_at_the_end_of_patience_and_not_long_after() -> None:
    block = block_of(4, NOW_MS - 290_000, NOW_MS - 290_000)
    (left,) = leftovers(block, WriteFailed({}, {"a": "access_denied"}), NOW_MS, PATIENCE, 0)
    assert left.delay_seconds == pytest.approx(10)
    assert not is_last_try(left.block, NOW_MS, PATIENCE)
    assert is_last_try(left.block, NOW_MS + 10_000, PATIENCE)


def test_fresh_records_are_never_at_their_last_try() -> None:
    assert not is_last_try(block_of(), NOW_MS, PATIENCE)


def test_the_delay_grows_from_15_seconds_to_15_minutes() -> None:
    assert [hand_back_seconds(attempt) for attempt in (1, 2, 3, 6, 7, 100_000)] == [15, 30, 60, 480, 900, 900]


@given(attempt=st.integers(0, 10_000), chance=st.floats(0, 1), age_ms=st.integers(0, 20 * DAY_MS))
def test_a_delay_is_never_shorter_than_a_second_nor_longer_than_a_queue_can_hold_it(
    attempt: int, chance: float, age_ms: int
) -> None:
    block = block_of(attempt, NOW_MS - age_ms)
    (left,) = leftovers(block, WriteFailed({"a": "unavailable"}, {}), NOW_MS, PATIENCE, chance)
    assert left.dead_reason or 1 <= left.delay_seconds <= 900


def test_what_failed_equally_often_travels_together_and_nothing_of_it_ends_early() -> None:
    early, late = block_of(2, NOW_MS - 9_000), block_of(2, NOW_MS - 5_000)
    (together,) = merged([Leftover(early, "", 20), Leftover(late, "", 30)])
    assert ids(together.block) == "abcdabcd"
    assert (together.block.attempt, together.block.first_failed_at_ms, together.delay_seconds) == (
        2,
        NOW_MS - 5_000,
        30,
    )


def test_other_attempts_and_other_kinds_of_reasons_travel_apart() -> None:
    blocks = [block_of(1, 5), block_of(2, 5), block_of(2, 5, 7), block_of(2, 5, 9)]
    parts = merged([Leftover(block, "", 1) for block in blocks])
    assert [(len(left.block.records), left.block.attempt, left.block.permanent_since_ms) for left in parts] == [
        (4, 1, 0),
        (4, 2, 0),
        (8, 2, 9),
    ]
