import pytest

from workers.breaker import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, OPEN_AFTER_SECONDS, TRIAL_SECONDS, Breaker


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock, lambda: 1.0)


def open_it(breaker: Breaker, clock: Clock) -> None:
    breaker.failed(clock.at)
    clock.at += OPEN_AFTER_SECONDS
    breaker.failed(clock.at)
    assert breaker.is_open


def test_it_admits_everybody_while_things_work(breaker: Breaker) -> None:
    assert all(breaker.admits() for _ in range(5))
    assert not breaker.is_open


def test_short_trouble_does_not_open_it(breaker: Breaker, clock: Clock) -> None:
    for _ in range(20):
        breaker.failed(clock.at)
    clock.at += OPEN_AFTER_SECONDS - 0.1
    breaker.failed(clock.at)
    assert breaker.admits()


def test_a_success_in_between_begins_the_count_anew(breaker: Breaker, clock: Clock) -> None:
    breaker.failed(clock.at)
    clock.at += OPEN_AFTER_SECONDS
    breaker.succeeded()
    breaker.failed(clock.at)
    assert not breaker.is_open


def test_a_try_that_hung_counts_from_its_beginning(breaker: Breaker, clock: Clock) -> None:
    began = clock.at
    clock.at += OPEN_AFTER_SECONDS
    breaker.failed(began)
    assert breaker.is_open


def test_open_it_admits_one_trial_after_each_pause_and_the_pauses_grow(breaker: Breaker, clock: Clock) -> None:
    open_it(breaker, clock)
    pauses = []
    for _ in range(8):
        waited = 0.0
        while not breaker.admits():
            clock.at += 0.5
            waited += 0.5
        assert not breaker.admits(), "one trial at a time"
        pauses.append(waited)
        breaker.failed(clock.at)
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)


def test_a_trial_that_works_closes_it(breaker: Breaker, clock: Clock) -> None:
    open_it(breaker, clock)
    clock.at += FIRST_PAUSE_SECONDS
    assert breaker.admits()
    breaker.succeeded()
    assert breaker.admits()
    assert not breaker.is_open


def test_a_trial_that_never_tells_does_not_close_the_door_for_ever(breaker: Breaker, clock: Clock) -> None:
    open_it(breaker, clock)
    clock.at += FIRST_PAUSE_SECONDS
    assert breaker.admits()
    clock.at += TRIAL_SECONDS
    assert breaker.admits()


def test_tries_that_fail_together_are_one_reason_to_pause(breaker: Breaker, clock: Clock) -> None:
    began = clock.at
    clock.at += OPEN_AFTER_SECONDS
    for _ in range(8):
        breaker.failed(began)
    clock.at += FIRST_PAUSE_SECONDS
    assert breaker.admits()
