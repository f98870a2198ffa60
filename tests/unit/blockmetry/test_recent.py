"""The memory behind the live page: bounded, in order, and fair to rare drops."""

from blockmetry.recent import KEPT, Recent


def flooded(records: int, drops_at: tuple[int, ...] = ()) -> Recent:
    recent = Recent()
    for number in range(1, records + 1):
        if number in drops_at:
            recent.drop(number, "shop", "bot", "a rule")
        else:
            recent.record(number, "shop", b'{"n":%d}' % number)
    return recent


def test_the_newest_come_last_and_no_more_than_asked_for() -> None:
    assert [row.number for row in flooded(50).since(0, 3)] == [48, 49, 50]


def test_only_what_came_after_a_number_is_new() -> None:
    recent = flooded(5)
    assert [row.number for row in recent.since(3, 10)] == [4, 5]
    assert recent.since(5, 10) == []


def test_records_and_drops_come_in_the_order_in_which_they_happened() -> None:
    rows = flooded(6, drops_at=(2, 5)).since(0, 10)
    assert [(row.number, row.reason) for row in rows] == [(1, ""), (2, "bot"), (3, ""), (4, ""), (5, "bot"), (6, "")]


def test_a_flood_of_records_does_not_wash_a_drop_away() -> None:
    rows = flooded(100_000, drops_at=(7,)).since(0, KEPT)
    assert rows[0].number == 7
    assert len(rows) == KEPT + 1


def test_everything_is_counted_by_property_and_reason() -> None:
    recent = flooded(1_000, drops_at=(1, 2))
    recent.record(0, "other", b"{}")
    assert recent.last == 1_001
    assert recent.totals() == [
        {"property": "shop", "reason": "bot", "count": 2},
        {"property": "shop", "reason": "", "count": 998},
        {"property": "other", "reason": "", "count": 1},
    ]
