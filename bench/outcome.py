"""Outcome: what came of one run of load."""

from collections.abc import Sequence
from typing import NamedTuple

BOTTLENECK = 0.95
"""Share of its core from which on the client is what was measured."""


class Latency(NamedTuple):
    """Milliseconds."""

    p50: float
    p99: float
    p999: float


class Outcome(NamedTuple):
    """Of one run."""

    acks: int
    others: int
    """Requests with another answer than 204, or none."""
    seconds: float
    latency: Latency
    client_cpu: float
    """Share of its core that the client took."""

    @property
    def rate(self) -> float:
        """Acknowledgements a second."""
        return self.acks / self.seconds

    @property
    def is_clients(self) -> bool:
        """Whether the client was the bottleneck, so that the server could have done more."""
        return self.client_cpu > BOTTLENECK


def latency_of(seconds: Sequence[float]) -> Latency:
    """The three percentiles of all latencies; zeros when there are none."""
    ordered = sorted(seconds) or [0.0]
    return Latency(*(1000 * ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.99, 0.999)))
