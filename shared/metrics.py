"""Counting that costs next to nothing where it happens, and the rest when somebody looks."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

FOLD_AT = 1024

Labels = TypeVar("Labels", bound=tuple[str, ...])


class Tally(Collector, Generic[Labels]):
    """A Prometheus counter whose series are all known: `tally.counts[labels] += 1` is all that counting takes."""

    def __init__(
        self,
        name: str,
        documentation: str,
        label_names: Sequence[str],
        label_values: Iterable[Labels],
        registry: CollectorRegistry,
    ) -> None:
        self.counts = dict.fromkeys(label_values, 0)
        self._name = name
        self._documentation = documentation
        self._label_names = label_names
        registry.register(self)

    def collect(self) -> Iterable[CounterMetricFamily]:
        """What Prometheus asks for."""
        family = CounterMetricFamily(self._name, self._documentation, labels=self._label_names)
        for labels, count in self.counts.items():
            family.add_metric(labels, count)
        yield family


class BatchHistogram(Collector):
    """A Prometheus histogram for the hottest path: observing appends to a list, counting comes in batches."""

    def __init__(self, name: str, documentation: str, buckets: Sequence[float], registry: CollectorRegistry) -> None:
        self._name = name
        self._documentation = documentation
        self._bounds = sorted(buckets)
        self._counts = [0] * len(self._bounds)
        self._count = 0
        self._sum = 0.0
        self._pending: list[float] = []
        registry.register(self)

    def observe(self, value: float) -> None:
        """One observation."""
        self.observe_all((value,))

    def observe_all(self, values: Sequence[float]) -> None:
        """As many observations."""
        self._pending.extend(values)
        if len(self._pending) >= FOLD_AT:
            self._fold()

    def collect(self) -> Iterable[HistogramMetricFamily]:
        """What Prometheus asks for."""
        self._fold()
        buckets = [
            (floatToGoString(bound), float(count)) for bound, count in zip(self._bounds, self._counts, strict=True)
        ]
        family = HistogramMetricFamily(self._name, self._documentation)
        family.add_metric([], [*buckets, ("+Inf", float(self._count))], sum_value=self._sum)
        yield family

    def _fold(self) -> None:
        values, self._pending = sorted(self._pending), []
        self._count += len(values)
        self._sum += sum(values)
        for place, bound in enumerate(self._bounds):
            self._counts[place] += bisect_right(values, bound)
