"""Books: what this process has appended to its journal, against what the queue has of it."""

from gateway.metrics import NO_LABELS, Metrics


class Books:
    """The two sides are counted where they happen, far from each other: what is missing between them is lost."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._shipped = self._unaccounted = 0
        metrics.journal_beacons.set_function(lambda: self.appended - self._shipped - self._unaccounted)

    @property
    def appended(self) -> int:
        """Beacons, ever."""
        return self._metrics.appended.counts[NO_LABELS]

    def append(self, count: int) -> None:
        """The journal has so many more."""
        self._metrics.appended.counts[NO_LABELS] += count

    def ship(self, count: int, due: int | None) -> None:
        """The queue has so many more. `due`: how many had been appended when nothing was left to be read, if so."""
        self._shipped += count
        if due is not None:
            self._unaccounted = due - self._shipped
            self._metrics.unaccounted_beacons.set(self._unaccounted)
