"""Figure: one line of the table that `make accuracy` prints: a share of a corpus, and the bound it must keep."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

SMALLEST = 20
"""A share of fewer cases says nothing."""


class Case(NamedTuple):
    """One line of a corpus, and whether it is among those that are counted."""

    is_counted: bool
    label: str
    """What it is, for the list of misses."""
    weight: float = 1.0


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """Either `at_least` or `at_most` is set."""

    what: str
    corpus: str
    size: int
    value: float
    """0 to 1."""
    at_least: float | None = None
    at_most: float | None = None
    misses: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """The bound is kept, on a corpus that is large enough to say so."""
        high = self.at_least is None or self.value >= self.at_least
        low = self.at_most is None or self.value <= self.at_most
        return high and low and self.size >= SMALLEST


def at_least(bound: float, what: str, corpus: str, cases: Iterable[Case]) -> Figure:
    """The weighted share of the cases that are counted; those that are not are the misses."""
    known = list(cases)
    misses = tuple(case.label for case in known if not case.is_counted)
    return Figure(what=what, corpus=corpus, size=len(known), value=_share(known), at_least=bound, misses=misses)


def at_most(bound: float, what: str, corpus: str, cases: Iterable[Case]) -> Figure:
    """The weighted share of the cases that are counted, which are the misses."""
    known = list(cases)
    misses = tuple(case.label for case in known if case.is_counted)
    return Figure(what=what, corpus=corpus, size=len(known), value=_share(known), at_most=bound, misses=misses)


def _share(cases: list[Case]) -> float:
    whole = sum(case.weight for case in cases)
    return sum(case.weight for case in cases if case.is_counted) / whole if whole else 0.0
