"""Performance: navigation timing as measured, and the durations that people look at.

Marks are those of W3C Navigation Timing Level 2; `navigationStart` and `domLoading` are Level 1. They count from the
start of the navigation, or from the Unix epoch. One of 0 was not reached: there was no redirect, no handshake, no end.

| duration | formula |
|---|---|
| Redirect | redirectEnd - redirectStart; both 0: 0 (none, or through another origin) |
| DNS | domainLookupEnd - domainLookupStart; both 0: 0 |
| Connect | connectEnd - connectStart, TLS included; both 0: 0 |
| TLS | connectEnd - secureConnectionStart; 0 without a handshake |
| TTFB | responseStart - start |
| Request | responseStart - requestStart |
| Response | responseEnd - responseStart |
| DOMInteractive | domInteractive - start |
| DOMContentLoaded | domContentLoadedEventEnd - start |
| DOMProcessing | domComplete - responseEnd |
| PageLoad | loadEventEnd - start; loadEventStart where the handlers had not finished |

start is the navigation's (0; in Level 1 navigationStart, else the earliest mark), or a prerendered page's activation:
nobody was waiting before. What was done by then took the visitor no time: 0.

The clock of Level 1 may be moved while a page loads. A duration that is negative or over ten minutes is left out. Of
those that count from the start (TTFB to PageLoad), so are all from the first on whose mark lies before an earlier one.
"""

from shared.record import PerfMetrics
from workers.measurement import Measurement

LONGEST_MS = 600_000
EPOCH_MS = 100_000_000_000
"""A mark beyond this (March 1973 as an epoch, three years as a duration) counts from the Unix epoch."""

_MARKS = """
    activationStart connectEnd connectStart criticalCHRestart domComplete domContentLoadedEventEnd
    domContentLoadedEventStart domInteractive domLoading domainLookupEnd domainLookupStart duration fetchStart
    finalResponseHeadersStart firstInterimResponseStart loadEventEnd loadEventStart navigationStart redirectEnd
    redirectStart requestStart responseEnd responseStart secureConnectionStart startTime unloadEventEnd
    unloadEventStart workerStart
"""
MARKS = frozenset(_MARKS.split())
_SPANS = (
    ("Redirect", "redirectStart", "redirectEnd"),
    ("DNS", "domainLookupStart", "domainLookupEnd"),
    ("Connect", "connectStart", "connectEnd"),
    ("TLS", "secureConnectionStart", "connectEnd"),
    ("Request", "requestStart", "responseStart"),
    ("Response", "responseStart", "responseEnd"),
    ("DOMProcessing", "responseEnd", "domComplete"),
)
_PHASES = frozenset({"Redirect", "DNS", "Connect"})
"""A navigation may do without these."""
_MILESTONES = (
    ("TTFB", "responseStart"),
    ("DOMInteractive", "domInteractive"),
    ("DOMContentLoaded", "domContentLoadedEventEnd"),
    ("PageLoad", "loadEventStart"),
    ("PageLoad", "loadEventEnd"),
)
"""In the order in which they are reached."""

NOT_MEASURED = PerfMetrics(nav_timings_raw={}, nav_timings_computed={})
Marks = dict[str, float]


def measure(m: Measurement) -> PerfMetrics:
    """Marks since the navigation's start, and durations, in milliseconds, as far as they are sane."""
    if not m.timings:
        return NOT_MEASURED
    marks = {name: value for name, value in m.timings.items() if name in MARKS and value >= 0}
    relative = _relative(marks)
    return PerfMetrics(nav_timings_raw=_sane(relative), nav_timings_computed=_compute(marks, relative))


def _compute(marks: Marks, relative: Marks) -> dict[str, float]:
    """The durations of the module's table in milliseconds, to three places, as far as there are marks for them."""
    found = _between(marks)
    found.update(_reached(relative))
    return {name: round(value * 1000) / 1000 for name, value in _sane(found).items()}


def _sane(times: Marks) -> Marks:
    if not times or (min(times.values()) >= 0 and max(times.values()) <= LONGEST_MS):
        return times
    return {name: value for name, value in times.items() if 0 <= value <= LONGEST_MS}


def _between(marks: Marks) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, begin, end in _SPANS:
        if (first := marks.get(begin)) and (last := marks.get(end)):
            found[name] = last - first
        elif first == 0 and marks.get(end) == 0 and name in _PHASES:
            found[name] = 0
    if marks.get("secureConnectionStart") == 0 and "connectEnd" in marks:
        found["TLS"] = 0
    return found


def _reached(marks: Marks) -> dict[str, float]:
    activated = marks.get("activationStart", 0)
    latest = 0.0
    found: dict[str, float] = {}
    for name, mark in _MILESTONES:
        if not (reached := marks.get(mark, 0)) or reached - activated > LONGEST_MS:
            continue
        if reached < latest:
            break
        latest = reached
        found[name] = reached - activated if reached > activated else 0
    return found


def _relative(marks: Marks) -> Marks:
    """Since the navigation's start; marks that do not count from the epoch do already, or were not reached."""
    if not marks or max(marks.values()) <= EPOCH_MS:
        return marks
    start = marks.get("navigationStart") or min(value for value in marks.values() if value > EPOCH_MS)
    return {name: round(value - start, 3) if value > EPOCH_MS else value for name, value in marks.items()}
