"""Latency at half the peak: beacons come at random moments, however long the answers take."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import NamedTuple

from bench.acks import milliseconds
from bench.edge import BARE_HANDLER, VARIANTS, WRITE
from bench.load import Pace, paced

CONNECTIONS = 64
SETTLE_SECONDS = 0.5
LONGER = 3
"""Than the others: one in a thousand is told."""
TOLERATED_AWAY = 0.01
"""Beyond it the p99 may be the client's."""
COLUMNS = (
    "variant", "beacons/s", "p50", "p99", "range of p99", "p99.9", "p99 / bare's", "not 204", "server's CPU",
    "client away",
)  # fmt: skip


class Run(NamedTuple):
    """One of one variant."""

    pace: Pace
    server_cpu: float
    """Share of the core."""

    @property
    def p99(self) -> float:
        """Milliseconds."""
        return self.pace.outcome.latency.p99


def measure(rounds: int, seconds: float, peaks: Mapping[str, float]) -> list[tuple[str, ...]]:
    """`peaks` by variant: acks/s. A row each at half its own peak, and the gateway at half the bare handler's too."""
    bare, own = peaks[BARE_HANDLER] / 2, peaks[WRITE] / 2
    paces = {
        f"{BARE_HANDLER}, at half its peak": (BARE_HANDLER, bare),
        f"{WRITE}, at half its peak": (WRITE, own),
        f"{WRITE}, at half the bare handler's": (WRITE, bare),
    }
    runs: dict[str, list[Run]] = {name: [] for name in paces}
    for _ in range(rounds):
        for name, (variant, per_second) in paces.items():
            runs[name].append(_run(variant, per_second, seconds))
    first, *_ = runs.values()
    return [(name, f"{paces[name][1]:,.0f}", *_cells(its_runs, first)) for name, its_runs in runs.items()]


def _run(variant: str, per_second: float, seconds: float) -> Run:
    with VARIANTS[variant].running() as server:
        paced(server.url, CONNECTIONS, per_second, SETTLE_SECONDS)
        cpu_before = server.process.cpu_seconds()
        pace = paced(server.url, CONNECTIONS, per_second, LONGER * seconds)
        return Run(pace, (server.process.cpu_seconds() - cpu_before) / pace.outcome.seconds)


def _cells(runs: Sequence[Run], bare: Sequence[Run]) -> Iterator[str]:
    p50, p99, p999 = zip(*(run.pace.outcome.latency for run in runs), strict=True)
    yield milliseconds(median(p50))
    yield milliseconds(median(p99))
    yield f"{milliseconds(min(p99))} - {milliseconds(max(p99))}"
    yield milliseconds(median(p999))
    yield f"{median(run.p99 / base.p99 for run, base in zip(runs, bare, strict=True)):.2f}"
    yield f"{sum(run.pace.outcome.others for run in runs):,}"
    yield f"{median(run.server_cpu for run in runs):.0%}"
    away = median(run.pace.away for run in runs)
    yield f"{away:.1%}{' (void)' if away > TOLERATED_AWAY else ''}"
