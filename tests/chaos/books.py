"""Books: `received = delivered + dropped + dead letters + in flight`, from the metrics of all processes of a run."""

from collections.abc import Sequence
from typing import NamedTuple

from tests.chaos.scrape import scrape, total
from tests.running import Running


class Books(NamedTuple):
    """What they say together at one time; no process has ended whose counts would belong to it."""

    received: float
    """Beacons that were acknowledged."""
    journals: float
    """Those in them."""
    under_way: float
    """Those in the queue and in workers."""
    enriched: float
    dropped: float
    delivered: float
    """Records, one for each sink."""
    dead_letters: float
    """Records and bugs."""
    lent: float
    """Records that are handed back, and have not come again."""
    unaccounted: float

    @property
    def in_flight(self) -> float:
        """Beacons."""
        return self.journals + self.under_way

    @property
    def difference(self) -> float:
        """Of beacons that have come once, when none is a bug: 0."""
        return self.received - self.enriched - self.dropped - self.in_flight


def opened(gateways: Sequence[Running], workers: Sequence[Running]) -> Books:
    """Workers first: what they have, a gateway has shipped."""
    at_work = [sample for worker in workers for sample in scrape(worker)]
    at_edge = [sample for gateway in gateways for sample in scrape(gateway)]
    measurements, records = "settled_measurements_total", "settled_records_total"
    bugs = total(at_work, measurements, outcome="dead_letter")
    handed_back = total(at_work, records, outcome="handed_back")
    return Books(
        received=total(at_edge, "received_total", outcome="accepted"),
        journals=total(at_edge, "journal_beacons"),
        under_way=total(at_edge, "shipped_total") - total(at_work, measurements),
        enriched=total(at_work, measurements, outcome="enriched"),
        dropped=total(at_work, measurements, outcome="dropped"),
        delivered=total(at_work, records, outcome="delivered"),
        dead_letters=total(at_work, records, outcome="dead_letter") + bugs,
        lent=handed_back - total(at_work, "resumed_records_total"),
        unaccounted=total(at_edge, "unaccounted_beacons") + total(at_work, "unaccounted_records"),
    )
