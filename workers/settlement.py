"""Settlement: what became of everything in one delivery, counted where it happens, apart from what came."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Fate(StrEnum):
    """Of a measurement, or of a record on its way to one sink."""

    ENRICHED = "enriched"
    DROPPED = "dropped"
    DELIVERED = "delivered"
    HANDED_BACK = "handed_back"
    DEAD_LETTER = "dead_letter"


OF_MEASUREMENTS = Fate.ENRICHED, Fate.DROPPED, Fate.DEAD_LETTER
OF_RECORDS = Fate.DELIVERED, Fate.HANDED_BACK, Fate.DEAD_LETTER


class Account(NamedTuple):
    """How many came, and what became of them."""

    came: int = 0
    became: Counter[Fate] = Counter()

    @property
    def unaccounted(self) -> int:
        """0, where there is no bug."""
        return self.came - self.became.total()


class Settlement(NamedTuple):
    """Of one delivery: all of it is written, handed back, dropped or dead."""

    measurements: Account = Account()
    records: Account = Account()
    """One for each sink; of enriched measurements, or handed back earlier."""
    resumed: int = 0
    """How many of the records were handed back earlier."""


def total(accounts: Iterable[Account]) -> Account:
    """All of them together."""
    came, became = 0, Counter[Fate]()
    for account in accounts:
        came += account.came
        became += account.became
    return Account(came, became)
