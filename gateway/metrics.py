"""What the gateway counts. Names are the monitoring contract; labels are closed sets."""

from itertools import product

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from gateway.reject import RejectReason
from shared.beacon import Channel
from shared.metrics import BatchHistogram, Tally

ACK_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
SHIP_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
BLOCK_BUCKETS = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000)
CLOSE_REASONS = (("slow",), ("crowded",))
OUTCOMES = ("accepted", "rejected")
NO_LABELS: tuple[()] = ()
OWN, ADOPTED = ORIGINS = (("own",), ("adopted",))
"""This process, or an earlier or dead one."""


class Metrics:
    """Bound to one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.received = Tally(
            "blockmetry_received",
            "Measurements, by what became of them at the edge",
            ["channel", "outcome"],
            product(Channel, OUTCOMES),
            registry,
        )
        self.rejected = Tally(
            "blockmetry_rejected", "Refused at the edge", ["reason"], ((reason,) for reason in RejectReason), registry
        )
        self.appended = Tally("blockmetry_appended", "Beacons that the journal took", [], [NO_LABELS], registry)
        self.ack_seconds = BatchHistogram(
            "blockmetry_ack_seconds",
            "From the request's head to its answer, for accepted measurements",
            ACK_BUCKETS,
            registry,
        )
        self._count_shipping(registry)
        self._measure(registry)

    def _count_shipping(self, registry: CollectorRegistry) -> None:
        self.shipped = Tally(
            "blockmetry_shipped",
            "Beacons that the queue has confirmed, by who had appended them",
            ["origin"],
            ORIGINS,
            registry,
        )
        self.unaccounted_beacons = Gauge(
            "blockmetry_unaccounted_beacons", "Appended and not found again in the journal", registry=registry
        )
        self.ship_seconds = Histogram(
            "blockmetry_ship_seconds", "One block to the queue", buckets=SHIP_BUCKETS, registry=registry
        )
        self.ship_errors = Counter("blockmetry_ship_errors", "Blocks that the queue did not take", registry=registry)
        self.block_beacons = Histogram(
            "blockmetry_block_beacons", "Beacons in one block", buckets=BLOCK_BUCKETS, registry=registry
        )

    def _measure(self, registry: CollectorRegistry) -> None:
        self.journal_bytes = Gauge("blockmetry_journal_bytes", "Waiting to be shipped", registry=registry)
        self.journal_beacons = Gauge(
            "blockmetry_journal_beacons", "Of this process, waiting to be shipped", registry=registry
        )
        self.journal_damaged_bytes = Gauge(
            "blockmetry_journal_damaged_bytes", "Passed over since the start", registry=registry
        )
        self.journal_oldest_seconds = Gauge(
            "blockmetry_journal_oldest_seconds", "Age of the oldest beacon waiting to be shipped", registry=registry
        )
        self.connections_closed = Tally(
            "blockmetry_connections_closed", "Closed on their clients", ["reason"], CLOSE_REASONS, registry
        )
        self.connections = Gauge("blockmetry_connections", "Open connections", registry=registry)
        self.loop_lag_seconds = Gauge(
            "blockmetry_loop_lag_seconds", "How late the event loop woke up, at worst, lately", registry=registry
        )
