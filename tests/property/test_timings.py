from hypothesis import given
from hypothesis import strategies as st

from tests.measurements import measurement
from workers.steps.performance import EPOCH_MS, LONGEST_MS, MARKS, measure

MILESTONES = ("TTFB", "DOMInteractive", "DOMContentLoaded", "PageLoad")
NAMES = st.sampled_from(sorted(MARKS)) | st.text()
NUMBERS = st.floats() | st.integers(0, 2_000).map(float) | st.integers(1_764_000_000_000, 1_764_000_600_000).map(float)
RELATIVE = st.dictionaries(st.sampled_from(sorted(MARKS - {"activationStart"})), st.integers(0, 700_000).map(float))


def computed(timings: dict[str, float]) -> dict[str, float]:
    return measure(measurement(timings=timings)).nav_timings_computed


@given(st.dictionaries(NAMES, NUMBERS))
def test_whatever_is_sent_nothing_is_negative_or_longer_than_ten_minutes(timings: dict[str, float]) -> None:
    metrics = measure(measurement(timings=timings))
    assert all(0 <= value <= LONGEST_MS for value in metrics.nav_timings_raw.values())
    assert all(0 <= value <= LONGEST_MS for value in metrics.nav_timings_computed.values())
    assert metrics.nav_timings_raw.keys() <= MARKS


@given(st.dictionaries(NAMES, NUMBERS))
def test_a_page_is_answered_before_it_can_be_used_and_used_before_it_is_loaded(timings: dict[str, float]) -> None:
    found = computed(timings)
    reached = [found[name] for name in MILESTONES if name in found]
    assert reached == sorted(reached)


@given(RELATIVE, st.integers(EPOCH_MS + 1, 2**42))
def test_durations_are_the_same_whenever_the_page_was_loaded(timings: dict[str, float], epoch: int) -> None:
    absolute = {name: mark + epoch for name, mark in timings.items() if mark}
    assert computed(timings | {"navigationStart": 0}) == computed(timings | absolute | {"navigationStart": epoch})
