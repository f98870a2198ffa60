"""Our own counting is indistinguishable from the library's."""

import random

import pytest
from prometheus_client import CollectorRegistry, Counter, Histogram, Metric, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse

from shared.metrics import FOLD_AT, BatchHistogram, Tally

BUCKETS = (0.0005, 0.005, 0.1, 1, 2.5, 30, 86_400)


def exposed(registry: CollectorRegistry) -> list[Metric]:
    """Without the series of creation times, which the library adds to its own."""
    families = parse(generate_latest(registry).decode())
    return [family for family in families if not family.name.endswith("_created")]


def histograms(values: list[float]) -> tuple[CollectorRegistry, CollectorRegistry]:
    """Ours and the library's, fed the same."""
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    batch = BatchHistogram("blockmetry_ack_seconds", "Acks", BUCKETS, ours)
    plain = Histogram("blockmetry_ack_seconds", "Acks", buckets=BUCKETS, registry=theirs)
    for value in values:
        batch.observe(value)
        plain.observe(value)
    return ours, theirs


def points(registry: CollectorRegistry, *, whole: bool = False) -> dict[tuple[str, str], float]:
    (family,) = exposed(registry)
    return {
        (
            sample.name,
            sample.labels.get("le", "") if whole else str(float(sample.labels.get("le", "nan"))),
        ): sample.value
        for sample in family.samples
    }


@pytest.mark.parametrize("count", [0, 1, FOLD_AT - 1, FOLD_AT, FOLD_AT + 1, 5_000])
def test_a_batch_histogram_says_what_a_plain_one_says(count: int) -> None:
    chance = random.Random(count)
    ours, theirs = histograms([chance.expovariate(1) ** 3 for _ in range(count)])
    assert points(ours) == pytest.approx(points(theirs))


def test_a_value_on_a_bound_is_within_it() -> None:
    ours, theirs = histograms([float(bound) for bound in BUCKETS])
    assert points(ours) == pytest.approx(points(theirs))


def test_its_bounds_are_spelled_as_the_library_spells_them() -> None:
    """Rules and dashboards select `le="1.0"`, and a series may not change its name with its maker."""
    ours, theirs = histograms([1.0])
    assert set(points(ours, whole=True)) == set(points(theirs, whole=True))


def test_reading_it_twice_counts_nothing_twice() -> None:
    ours, _ = histograms([1.0, 2.0])
    assert points(ours) == points(ours)


def test_it_can_be_read_as_openmetrics() -> None:
    ours, _ = histograms([0.2, 3.0])
    (family,) = parse_openmetrics(openmetrics.generate_latest(ours).decode())
    assert (family.name, family.type) == ("blockmetry_ack_seconds", "histogram")


def test_a_tally_says_what_a_counter_says() -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    tally = Tally("blockmetry_rejected", "Refused", ["reason"], [("bad",), ("worse",)], ours)
    counter = Counter("blockmetry_rejected", "Refused", ["reason"], registry=theirs)
    for reason, times in (("bad", 3), ("worse", 0)):
        tally.counts[reason,] += times
        counter.labels(reason).inc(times)
    (found,), (expected,) = exposed(ours), exposed(theirs)
    assert (found.name, found.documentation, found.type) == (expected.name, expected.documentation, expected.type)
    totals = [[s for s in family.samples if s.name.endswith("_total")] for family in (found, expected)]
    assert totals[0] == totals[1]


def test_a_tally_knows_its_labels_from_the_start_and_no_others() -> None:
    registry = CollectorRegistry()
    tally = Tally("blockmetry_rejected", "Refused", ["reason"], [("bad",)], registry)
    assert registry.get_sample_value("blockmetry_rejected_total", {"reason": "bad"}) == 0
    with pytest.raises(KeyError):
        tally.counts["good",] += 1
