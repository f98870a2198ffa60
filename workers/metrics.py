"""What the worker counts. Names are the monitoring contract; property labels only for configured properties."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from shared.metrics import Tally
from workers.drop import DropReason
from workers.settlement import OF_MEASUREMENTS, OF_RECORDS, Settlement

SINK_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
END_TO_END_BUCKETS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400)


class Metrics:
    """Bound to one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.deliveries = Counter(
            "blockmetry_deliveries", "Messages received from the queue", ["outcome"], registry=registry
        )
        self.enriched = Counter("blockmetry_enriched", "Measurements that became a record", registry=registry)
        self.dropped = Tally(
            "blockmetry_dropped",
            "Measurements that became none",
            ["reason"],
            [(reason.value,) for reason in DropReason],
            registry,
        )
        self.unknown_names = Counter(
            "blockmetry_unknown_names", "Names in payloads that the contract does not have", registry=registry
        )
        self._count_sinks(registry)
        self._count_settled(registry)
        self._measure(registry)

    def _count_sinks(self, registry: CollectorRegistry) -> None:
        self.delivered = Counter("blockmetry_delivered", "Records written", ["property", "sink"], registry=registry)
        self.sink_seconds = Histogram(
            "blockmetry_sink_seconds", "One write of a lane", ["sink"], buckets=SINK_BUCKETS, registry=registry
        )
        self.sink_errors = Counter(
            "blockmetry_sink_errors",
            "Records that a sink did not take",
            ["property", "sink", "kind"],
            registry=registry,
        )
        self.breaker_open = Gauge(
            "blockmetry_breaker_open",
            "1: the lane's sink is down, and only tried now and then",
            ["property", "lane"],
            registry=registry,
        )
        self.handed_back = Counter(
            "blockmetry_handed_back", "Records given back to the queue, to be written later", registry=registry
        )
        self.dead_letters = Counter(
            "blockmetry_dead_letters", "Records and blocks set aside", ["reason"], registry=registry
        )
        self.end_to_end_seconds = Histogram(
            "blockmetry_end_to_end_seconds",
            "From received at the edge to written",
            buckets=END_TO_END_BUCKETS,
            registry=registry,
        )

    def _count_settled(self, registry: CollectorRegistry) -> None:
        self.settled_measurements = Tally(
            "blockmetry_settled_measurements",
            "Measurements of settled deliveries, by what became of them",
            ["outcome"],
            [(fate.value,) for fate in OF_MEASUREMENTS],
            registry,
        )
        self.settled_records = Tally(
            "blockmetry_settled_records",
            "Records of settled deliveries, one for each sink, by what became of them",
            ["outcome"],
            [(fate.value,) for fate in OF_RECORDS],
            registry,
        )
        self.resumed_records = Counter(
            "blockmetry_resumed_records", "Of the settled records, those handed back earlier", registry=registry
        )
        self.unaccounted_records = Gauge(
            "blockmetry_unaccounted_records",
            "Measurements and records of settled deliveries that became nothing",
            registry=registry,
        )

    def settle(self, settlement: Settlement) -> None:
        """A delivery is over."""
        measurements, records, resumed = settlement
        for tally, account in ((self.settled_measurements, measurements), (self.settled_records, records)):
            for fate, count in account.became.items():
                tally.counts[fate.value,] += count
        self.resumed_records.inc(resumed)
        self.unaccounted_records.inc(abs(measurements.unaccounted) + abs(records.unaccounted))

    def _measure(self, registry: CollectorRegistry) -> None:
        self.in_flight = Gauge("blockmetry_in_flight", "Deliveries being worked on", registry=registry)
        self.lookup_age_seconds = Gauge(
            "blockmetry_lookup_age_seconds", "Since the table's file was written", ["lookup"], registry=registry
        )
        self.queue_depth = Gauge("blockmetry_queue_depth", "Messages in the queue", ["state"], registry=registry)
        self.queue_oldest_seconds = Gauge(
            "blockmetry_queue_oldest_seconds", "Age of the oldest message in the queue", registry=registry
        )
