"""Performance: navigation timing as measured, and the durations that people look at.

Marks are those of W3C Navigation Timing Level 2; `navigationStart` and `domLoading` are Level 1.
"""

import math
from collections.abc import Mapping

from shared.record import PerfMetrics
from workers.measurement import Measurement

LONGEST_MS = 600_000
EPOCH_MS = 100_000_000_000
"""A mark beyond this (March 1973 as an epoch, three years as a duration) counts from the Unix epoch: Level 1."""

_MARKS = """
    activationStart connectEnd connectStart criticalCHRestart domComplete domContentLoadedEventEnd
    domContentLoadedEventStart domInteractive domLoading domainLookupEnd domainLookupStart duration fetchStart
    finalResponseHeadersStart firstInterimResponseStart loadEventEnd loadEventStart navigationStart redirectEnd
    redirectStart requestStart responseEnd responseStart secureConnectionStart startTime unloadEventEnd
    unloadEventStart workerStart
"""
MARKS = frozenset(_MARKS.split())

Marks = Mapping[str, float]


def measure(m: Measurement) -> PerfMetrics:
    """Milliseconds since navigation start, and durations; what is negative or over ten minutes is left out."""
    marks = _sane(_relative({name: value for name, value in m.timings.items() if name in MARKS}))
    durations = {name: round(value, 3) for name, value in _sane(compute(marks)).items()}
    return PerfMetrics(nav_timings_raw=marks, nav_timings_computed=durations)


def compute(marks: Marks) -> dict[str, float]:
    """The durations of the contract, in milliseconds; NaN where a mark is missing.

    A prerendered page is measured from its activation: nobody was waiting before.

    | name | formula |
    |---|---|
    | Redirect | redirectEnd - redirectStart (0: none, or on another origin) |
    | DNS | domainLookupEnd - domainLookupStart |
    | Connect | connectEnd - connectStart, TLS included |
    | TLS | connectEnd - secureConnectionStart; 0 without a handshake |
    | TTFB | responseStart - start |
    | Request | responseStart - requestStart |
    | Response | responseEnd - responseStart |
    | DOMInteractive | domInteractive - start |
    | DOMContentLoaded | domContentLoadedEventEnd - start |
    | DOMProcessing | domComplete - responseEnd |
    | PageLoad | loadEventEnd - start, or loadEventStart where the handlers had not finished |

    start = activationStart, else 0.
    """
    at = _Reached({name: value for name, value in marks.items() if value})
    start = marks.get("activationStart", 0.0)
    loaded = at["loadEventEnd"] if "loadEventEnd" in at else at["loadEventStart"]
    return {
        "Redirect": _between(marks, "redirectStart", "redirectEnd"),
        "DNS": _between(marks, "domainLookupStart", "domainLookupEnd"),
        "Connect": _between(marks, "connectStart", "connectEnd"),
        "TLS": _handshake(marks, at),
        "TTFB": _since(start, at["responseStart"]),
        "Request": at["responseStart"] - at["requestStart"],
        "Response": at["responseEnd"] - at["responseStart"],
        "DOMInteractive": _since(start, at["domInteractive"]),
        "DOMContentLoaded": _since(start, at["domContentLoadedEventEnd"]),
        "DOMProcessing": at["domComplete"] - at["responseEnd"],
        "PageLoad": _since(start, loaded),
    }


class _Reached(dict[str, float]):
    """Marks that were reached: one of 0 was not, and neither was one that is missing."""

    def __missing__(self, name: str) -> float:
        return math.nan


def _relative(marks: Marks) -> Marks:
    """Level 1 counts from the epoch, and says 0 for what never happened."""
    absolute = {name: value for name, value in marks.items() if value > EPOCH_MS}
    if not absolute:
        return marks
    start = absolute.get("navigationStart", min(absolute.values()))
    return {name: value - start for name, value in absolute.items()}


def _sane(values: Marks) -> dict[str, float]:
    return {name: value for name, value in values.items() if 0 <= value <= LONGEST_MS}


def _between(marks: Marks, start: str, end: str) -> float:
    """Both 0: the phase was skipped and took no time. Only one of them 0: it began or ended unseen."""
    first, last = marks.get(start, math.nan), marks.get(end, math.nan)
    return last - first if bool(first) == bool(last) else math.nan


def _handshake(marks: Marks, at: _Reached) -> float:
    if marks.get("secureConnectionStart") == 0 and "connectEnd" in marks:
        return 0.0
    return at["connectEnd"] - at["secureConnectionStart"]


def _since(start: float, mark: float) -> float:
    """Never before: what a prerendered page had done until its activation took the visitor no time."""
    return 0.0 if mark < start else mark - start
