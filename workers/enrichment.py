"""Enrichment: what the beacons of a block come to, counted, and shown to whoever wants to see it."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from shared.beacon import Beacon
from shared.record import FinishedRecord
from workers.drop import Drop
from workers.lookups import Lookups
from workers.metrics import Metrics
from workers.outcome import Bug, conclude
from workers.settlement import Account, Fate

BREATH = 50
"""Measurements enriched before the event loop gets a turn: a large block delays nobody for long."""

ByProperty = dict[str, list[FinishedRecord]]
BugsByPlace = dict[tuple[str, str], list[FinishedRecord]]
"""By property and step."""


class Observer(Protocol):
    """Who wants to see every outcome: the live page."""

    def record(self, property_id: str, record_json: bytes) -> None:
        """A record was written, or handed back to be written later."""

    def drop(self, property_id: str, reason: str, detail: str) -> None:
        """A measurement made no record."""


class Enriched(NamedTuple):
    """What a block came to."""

    finished: ByProperty
    bugs: BugsByPlace
    account: Account


class Enrichment:
    """Of one worker."""

    def __init__(self, lookups: Lookups, metrics: Metrics, observer: Observer | None = None) -> None:
        self._lookups = lookups
        self._metrics = metrics
        self._observer = observer

    async def of(self, beacons: Sequence[Beacon]) -> Enriched:
        """Each becomes a record, a drop or a bug."""
        finished: ByProperty = defaultdict(list)
        bugs: BugsByPlace = defaultdict(list)
        became: Counter[Fate] = Counter()
        for place, beacon in enumerate(beacons, start=1):
            if place % BREATH == 0:
                await asyncio.sleep(0)
            outcome = conclude(beacon, self._lookups)
            self._metrics.unknown_names.inc(outcome.unknown_names)
            match outcome.result:
                case FinishedRecord() as record:
                    finished[beacon.property].append(record)
                case Drop() as drop:
                    self._count_drop(beacon.property, drop)
                    became[Fate.DROPPED] += 1
                case Bug() as bug:
                    bugs[beacon.property, bug.step].append(bug.kept)
        became[Fate.ENRICHED] = sum(map(len, finished.values()))
        became[Fate.DEAD_LETTER] = sum(map(len, bugs.values()))
        self._metrics.enriched.inc(became[Fate.ENRICHED])
        return Enriched(finished, bugs, Account(len(beacons), became))

    def show(self, finished: Mapping[str, Sequence[FinishedRecord]]) -> None:
        """Once they are delivered."""
        if self._observer:
            for property_id, records in finished.items():
                for record in records:
                    self._observer.record(property_id, record.body)

    def _count_drop(self, property_id: str, drop: Drop) -> None:
        self._metrics.dropped.counts[drop.reason.value,] += 1
        if self._observer:
            self._observer.drop(property_id, drop.reason, drop.detail)
