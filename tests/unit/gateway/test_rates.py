"""How many measurements of a property are taken in a second, by a clock that stands still until it is told."""

import math
from pathlib import Path

import pytest

from gateway.rates import Rates
from gateway.reject import RejectReason
from shared.properties import Properties, Property
from shared.watch import Watched


class Clock:
    """Monotonic; somewhere in the life of a machine."""

    def __init__(self) -> None:
        self.seconds = 1_234_567.891

    def __call__(self) -> float:
        return self.seconds


def limited(**rates: float) -> Properties:
    return {name: Property(id=name, rate_limit_per_second=rate) for name, rate in rates.items()}


def watched(properties: Properties) -> Watched[Properties]:
    return Watched([], lambda: properties)


def taken(rates: Rates, tries: int, property_id: str = "shop") -> int:
    return sum(rates.refuse(property_id) is None for _ in range(tries))


def test_a_property_without_a_limit_is_never_refused() -> None:
    rates = Rates(watched(limited(shop=0)), Clock())
    assert taken(rates, 10_000) == 10_000
    assert taken(rates, 10, "unheard-of") == 10


@pytest.mark.parametrize(("rate", "burst"), [(5, 5), (1, 1), (0.1, 1), (1.5, 1), (250.5, 250)])
def test_one_second_s_worth_can_come_at_once_and_at_least_one(rate: float, burst: int) -> None:
    assert taken(Rates(watched(limited(shop=rate)), Clock()), burst + 10) == burst


@pytest.mark.parametrize("rate", [0.1, 0.3, 1, 1.5, 7, 1000])
def test_over_time_the_rate_is_kept_however_often_it_is_tried(rate: float) -> None:
    clock = Clock()
    rates = Rates(watched(limited(shop=rate)), clock)
    count = 0
    for _ in range(20_000):
        clock.seconds += 0.01 / rate
        count += rates.refuse("shop") is None
    assert count == pytest.approx(max(1, rate) + 200, abs=2)


@pytest.mark.parametrize("rate", [0.001, 0.1, 0.3, 0.7, 3, 1000])
def test_who_waits_as_long_as_told_is_served_and_nobody_is_told_to_wait_a_second_too_long(rate: float) -> None:
    clock = Clock()
    rates = Rates(watched(limited(shop=rate)), clock)
    for _ in range(50):
        while not (refused := rates.refuse("shop")):
            pass
        assert refused.reason == RejectReason.RATE_LIMITED
        assert 1 <= refused.retry_after_seconds <= math.ceil(1 / rate)
        clock.seconds += refused.retry_after_seconds
        assert rates.refuse("shop") is None


def test_the_least_of_rates_has_a_finite_wait() -> None:
    rates = Rates(watched(limited(shop=5e-324)), Clock())
    assert taken(rates, 1) == 1
    refused = rates.refuse("shop")
    assert refused
    assert refused.retry_after_seconds == 86_400


def test_a_property_s_flood_costs_no_other() -> None:
    rates = Rates(watched(limited(shop=2, blog=2)), Clock())
    assert taken(rates, 100) == 2
    assert taken(rates, 100, "blog") == 2


def test_a_reload_refills_nothing_and_a_new_rate_counts_from_then_on(tmp_path: Path) -> None:
    clock, values = Clock(), [limited(shop=10), limited(shop=10), limited(shop=2), limited(shop=0), limited(shop=4)]
    properties = watched(values[0])
    rates = Rates(properties, clock)
    assert taken(rates, 20) == 10
    properties.value = values[1]
    assert taken(rates, 20) == 0
    clock.seconds += 0.5  # five tokens at the old rate, of which the new one has room for two
    properties.value = values[2]
    assert taken(rates, 20) == 2
    clock.seconds += 1
    assert taken(rates, 20) == 2
    properties.value = values[3]
    assert taken(rates, 20) == 20
    properties.value = values[4]
    assert taken(rates, 20) == 4
