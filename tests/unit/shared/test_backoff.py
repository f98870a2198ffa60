from itertools import islice

import pytest

from shared.backoff import delays


def test_each_bound_is_twice_the_one_before_up_to_the_longest() -> None:
    assert list(islice(delays(0.1, 1.0, lambda: 1.0), 6)) == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.0, 1.0])


def test_chance_takes_away_up_to_half_of_a_bound() -> None:
    assert list(islice(delays(0.1, 1.0, lambda: 0.0), 6)) == pytest.approx([0.05, 0.1, 0.2, 0.4, 0.5, 0.5])


def test_it_never_ends_and_never_overflows() -> None:
    assert next(islice(delays(0.1, 5.0, lambda: 1.0), 10_000, None)) == 5.0


def test_two_that_fail_together_do_not_come_back_together() -> None:
    numbers = iter([0.1, 0.9])
    one, other = (next(delays(1.0, 8.0, lambda: next(numbers))) for _ in range(2))
    assert one != other
