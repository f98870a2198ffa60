"""The metrics are the monitoring contract: dashboards and alerts are written against these names and labels."""

import re

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.registry import Collector

from gateway.metrics import Metrics as GatewayMetrics
from gateway.reject import RejectReason
from shared.beacon import Channel
from workers.drop import DropReason
from workers.metrics import Metrics as WorkerMetrics

GATEWAY = {
    "received_total": ["channel", "outcome"],
    "rejected_total": ["reason"],
    "ack_seconds": [],
    "appended_total": [],
    "shipped_total": ["origin"],
    "unaccounted_beacons": [],
    "journal_beacons": [],
    "journal_bytes": [],
    "journal_damaged_bytes": [],
    "journal_oldest_seconds": [],
    "ship_seconds": [],
    "ship_errors_total": [],
    "block_beacons": [],
    "connections": [],
    "connections_closed_total": ["reason"],
    "loop_lag_seconds": [],
}
WORKER = {
    "deliveries_total": ["outcome"],
    "enriched_total": [],
    "dropped_total": ["reason"],
    "unknown_names_total": [],
    "delivered_total": ["property", "sink"],
    "sink_seconds": ["sink"],
    "sink_errors_total": ["property", "sink", "kind"],
    "breaker_open": ["property", "lane"],
    "handed_back_total": [],
    "dead_letters_total": ["reason"],
    "settled_measurements_total": ["outcome"],
    "settled_records_total": ["outcome"],
    "resumed_records_total": [],
    "unaccounted_records": [],
    "end_to_end_seconds": [],
    "in_flight": [],
    "lookup_age_seconds": ["lookup"],
    "queue_depth": ["state"],
    "queue_oldest_seconds": [],
}


class Listening(CollectorRegistry):
    """Remembers what was registered."""

    def __init__(self) -> None:
        super().__init__()
        self.collectors: list[Collector] = []

    def register(self, collector: Collector) -> None:
        super().register(collector)
        self.collectors.append(collector)


def registered(metrics: type[GatewayMetrics] | type[WorkerMetrics]) -> dict[str, list[str]]:
    """Names as a query writes them, without the prefix, to label names."""
    registry = Listening()
    metrics(registry)
    found = {}
    for collector in registry.collectors:
        (family, *_) = collector.describe() if hasattr(collector, "describe") else collector.collect()
        name = family.name + ("_total" if family.type == "counter" else "")
        assert name.startswith("blockmetry_"), name
        labels = getattr(collector, "_labelnames", None) or getattr(collector, "_label_names", None) or ()
        found[name.removeprefix("blockmetry_")] = list(labels)
    return found


def test_the_gateway_counts_what_the_contract_names() -> None:
    assert registered(GatewayMetrics) == GATEWAY


def test_the_worker_counts_what_the_contract_names() -> None:
    assert registered(WorkerMetrics) == WORKER


def test_both_fit_into_one_registry() -> None:
    registry = CollectorRegistry()
    GatewayMetrics(registry)
    WorkerMetrics(registry)
    assert all(family.name.startswith("blockmetry_") for family in registry.collect())


@pytest.mark.parametrize("name", [*GATEWAY, *WORKER])
def test_a_name_says_its_unit_or_that_it_counts(name: str) -> None:
    counted = name.endswith("_total")
    measured = name.endswith(("_seconds", "_bytes"))
    plain = name in ("breaker_open", "connections", "in_flight", "queue_depth")
    things = name.endswith(("_beacons", "_records"))
    assert counted or measured or plain or things
    assert re.fullmatch(r"[a-z_]+", name)


def test_every_reason_has_its_series_before_it_first_happens() -> None:
    registry = CollectorRegistry()
    GatewayMetrics(registry)
    WorkerMetrics(registry)
    for reason in RejectReason:
        assert registry.get_sample_value("blockmetry_rejected_total", {"reason": reason}) == 0
    for dropped in DropReason:
        assert registry.get_sample_value("blockmetry_dropped_total", {"reason": dropped}) == 0
    for channel in Channel:
        for outcome in ("accepted", "rejected"):
            labels = {"channel": channel.value, "outcome": outcome}
            assert registry.get_sample_value("blockmetry_received_total", labels) == 0
