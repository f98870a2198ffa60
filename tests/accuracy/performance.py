"""Durations of navigations, against what the specifications' processing models make of them."""

from tests.accuracy.figure import Case, Figure, at_least
from tests.corpora import handmade
from tests.measurements import measurement
from workers.steps.performance import measure as measure_timings

DURATIONS = (
    *("Redirect", "DNS", "Connect", "TLS", "TTFB", "Request", "Response"),
    *("DOMInteractive", "DOMContentLoaded", "DOMProcessing", "PageLoad"),
)
EPOCHS = (1_000_000_000_000, 1_764_000_000_000, 2_147_483_647_000)
Numbers = dict[str, float]


def measure() -> list[Figure]:
    """One case for every duration of every navigation, those that must be left out too."""
    navigations = _navigations()
    told = [case for name, (marks, wanted) in navigations.items() for case in _cases(name, marks, wanted)]
    moved = [
        case
        for epoch in EPOCHS
        for name, (marks, wanted) in navigations.items()
        if all(0 <= mark < min(EPOCHS) for mark in marks.values())
        for case in _cases(f"{name}, since {epoch}", _since(epoch, {"navigationStart": 0} | marks), wanted)
    ]
    source = "timings.tsv, made by hand"
    return [
        at_least(1, "durations of navigations", source, told),
        at_least(1, "the same since the epoch (Level 1)", source, moved),
    ]


def _cases(navigation: str, marks: Numbers, wanted: Numbers) -> list[Case]:
    found = measure_timings(measurement(timings=marks)).nav_timings_computed
    return [
        Case(found.get(name) == wanted.get(name), f"{navigation}: {name} is {found.get(name)}, not {wanted.get(name)}")
        for name in DURATIONS
    ]


def _navigations() -> dict[str, tuple[Numbers, Numbers]]:
    """Marks as they are sent, and durations, each with what the line takes from the one that it is like."""
    relative: dict[str, tuple[Numbers, Numbers]] = {"": ({}, {})}
    sent = {}
    for row in handmade.rows("timings"):
        marks, wanted = relative[row["like"]]
        relative[row["navigation"]] = _changed(marks, row["marks"]), _changed(wanted, row["durations"])
        marks, wanted = relative[row["navigation"]]
        sent[row["navigation"]] = (_since(int(row["epoch"]), marks) if row["epoch"] else marks), wanted
    return sent


def _changed(numbers: Numbers, changes: str) -> Numbers:
    entries = changes.split()
    gone = {entry.removeprefix("-") for entry in entries if entry.startswith("-")}
    new = dict(entry.split("=") for entry in entries if not entry.startswith("-"))
    kept = {name: number for name, number in numbers.items() if name not in gone}
    return kept | {name: float(number) for name, number in new.items()}


def _since(epoch: int, marks: Numbers) -> Numbers:
    """As Level 1 has it; a browser that has `activationStart` counts it from the navigation's start always."""
    later = {name: mark + epoch for name, mark in marks.items() if mark and name != "activationStart"}
    begun = {"navigationStart": float(epoch)} if "navigationStart" in marks else {}
    return marks | later | begun
