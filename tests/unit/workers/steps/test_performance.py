import pytest

from tests.measurements import measurement
from workers.steps.performance import measure

LEVEL_2 = {
    "startTime": 0,
    "redirectStart": 0,
    "redirectEnd": 0,
    "fetchStart": 4.5,
    "domainLookupStart": 10,
    "domainLookupEnd": 22.25,
    "connectStart": 22.25,
    "secureConnectionStart": 30,
    "connectEnd": 61.5,
    "requestStart": 62,
    "responseStart": 180.1,
    "responseEnd": 195.2,
    "domInteractive": 410,
    "domContentLoadedEventStart": 411,
    "domContentLoadedEventEnd": 425,
    "domComplete": 900,
    "loadEventStart": 901,
    "loadEventEnd": 905.7,
}
COMPUTED = {
    "Redirect": 0,
    "DNS": 12.25,
    "Connect": 39.25,
    "TLS": 31.5,
    "TTFB": 180.1,
    "Request": 118.1,
    "Response": 15.1,
    "DOMInteractive": 410,
    "DOMContentLoaded": 425,
    "DOMProcessing": 704.8,
    "PageLoad": 905.7,
}


def computed(**timings: float) -> dict[str, float]:
    return measure(measurement(timings=timings)).nav_timings_computed


def test_all_durations_of_a_complete_navigation() -> None:
    metrics = measure(measurement(timings=LEVEL_2))
    assert metrics.nav_timings_raw == LEVEL_2
    assert metrics.nav_timings_computed == COMPUTED


@pytest.mark.parametrize("base", ["navigationStart", "fetchStart"])
def test_level_1_counts_from_navigation_start_or_else_the_first_mark(base: str) -> None:
    start = 1_764_000_000_000
    metrics = measure(
        measurement(timings={base: start, "responseStart": start + 180, "loadEventEnd": start + 900, "redirectEnd": 0})
    )
    assert metrics.nav_timings_raw == {base: 0, "responseStart": 180, "loadEventEnd": 900, "redirectEnd": 0}
    assert metrics.nav_timings_computed == {"TTFB": 180, "PageLoad": 900}


def test_a_clock_that_was_set_back_leaves_its_durations_out() -> None:
    start = 1_764_000_000_000
    metrics = measure(measurement(timings={"navigationStart": start, "responseStart": start - 50_000}))
    assert metrics.nav_timings_raw == {"navigationStart": 0}
    assert metrics.nav_timings_computed == {}
    assert "DNS" not in computed(domainLookupStart=20, domainLookupEnd=10)


def test_what_lies_before_an_earlier_mark_and_all_after_it_is_not_told() -> None:
    assert computed(responseStart=400, domInteractive=110, domContentLoadedEventEnd=500, loadEventEnd=600) == {
        "TTFB": 400
    }


def test_durations_between_marks_need_no_sound_beginning() -> None:
    start = 1_764_000_000_000
    assert computed(navigationStart=12_345, requestStart=start + 62, responseStart=start + 180) == {"Request": 118}


def test_more_than_ten_minutes_is_no_page_load() -> None:
    assert computed(responseStart=600_001, domInteractive=600_000) == {"DOMInteractive": 600_000}


def test_marks_that_were_not_reached_make_no_durations() -> None:
    assert computed(**(LEVEL_2 | {"loadEventStart": 0, "loadEventEnd": 0, "domComplete": 0})) == {
        name: value for name, value in COMPUTED.items() if name not in ("PageLoad", "DOMProcessing")
    }


def test_a_load_whose_handlers_still_run_counts_until_they_began() -> None:
    assert computed(loadEventStart=901, loadEventEnd=0) == {"PageLoad": 901}


def test_without_a_handshake_tls_took_no_time() -> None:
    assert computed(connectStart=5, connectEnd=9, secureConnectionStart=0) == {"Connect": 4, "TLS": 0}
    assert computed(connectStart=5, connectEnd=9) == {"Connect": 4}


def test_a_redirect_of_which_only_one_end_was_seen_is_left_out() -> None:
    assert "Redirect" not in computed(redirectStart=0, redirectEnd=30)
    assert computed(redirectStart=2, redirectEnd=30)["Redirect"] == 28


def test_a_prerendered_page_is_measured_from_its_activation() -> None:
    durations = computed(**(LEVEL_2 | {"activationStart": 600}))
    assert (durations["TTFB"], durations["DOMInteractive"], durations["PageLoad"]) == (0, 0, 305.7)


def test_a_page_that_waited_long_to_be_shown_is_measured_from_then() -> None:
    metrics = measure(measurement(timings=LEVEL_2 | {"activationStart": 700_000, "loadEventEnd": 700_050}))
    assert (metrics.nav_timings_computed["TTFB"], metrics.nav_timings_computed["PageLoad"]) == (0, 50)
    assert "activationStart" not in metrics.nav_timings_raw


def test_names_that_are_no_marks_are_left_out() -> None:
    assert measure(measurement(timings={"transferSize": 100, "user_12345": 1})).nav_timings_raw == {}


def test_nothing_measured_is_nothing() -> None:
    metrics = measure(measurement(timings={}))
    assert (metrics.nav_timings_raw, metrics.nav_timings_computed) == ({}, {})
