"""Acknowledgements a second on one core: nginx, a bare aiohttp handler, and the gateway in its three ways."""

from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

from bench import edge, load, nginx
from bench.bodies import BODY, grown
from bench.edge import BARE_HANDLER, Books, Variant
from bench.outcome import Outcome

SMALL, LARGE, HUGE = f"{len(BODY % 0) / 1000:.1f} KB", "16 KB", "60 KB"
BODIES = {SMALL: BODY, LARGE: grown(16_000), HUGE: grown(60_000)}
CONNECTIONS = (1, 64, 1_000)
USUAL = 64
LOADS = [(body, connections) for body in BODIES for connections in CONNECTIONS if body != HUGE or connections == USUAL]
WARM_UP_SECONDS = 0.3
COLUMNS = (
    "variant", "acks/s (median)", "range", "/ bare", "CPU an ack", "/ bare's", "p50", "p99", "p99.9", "not 204",
    "server's CPU", "client's CPU", "unshipped",
)  # fmt: skip


class Run(NamedTuple):
    """One of one variant under one load."""

    outcome: Outcome
    cpu_seconds: float
    """Of the server."""
    unshipped_bytes: float | None
    """In the journal when the load ends; None: there is no journal."""

    @property
    def cpu_an_ack(self) -> float:
        """Seconds: unlike the rate, it does not depend on who else is on the core."""
        return self.cpu_seconds / max(1, self.outcome.acks)


Load = tuple[str, int]
"""Name of the body, connections."""
Runs = dict[Load, dict[str, list[Run]]]
"""By variant."""


def measure(rounds: int, seconds: float) -> Runs:
    """Variants take turns under each load, each time with a server of its own that starts from nothing."""
    runs: Runs = {each: {name: [] for name in edge.variants()} for each in LOADS}
    for _ in range(rounds):
        for (body, connections), of_load in runs.items():
            for name, variant in edge.variants().items():
                of_load[name].append(_run(variant, BODIES[body], connections, seconds))
    return runs


def describe(body: str, connections: int) -> str:
    """Of a load, and what it is measured with."""
    client = "wrk" if load.is_for_wrk(connections) else "our own"
    missing = "" if nginx.program() else "; nginx is not installed, and left out"
    return f"{body} a beacon, {connections:,} connection{'s' * (connections > 1)}; the client is {client}{missing}"


def rows(runs: Runs, of_load: Load) -> Iterator[tuple[str, ...]]:
    """A row per variant."""
    its_runs = runs[of_load]
    for variant in its_runs:
        yield (variant, *_cells(its_runs[variant], its_runs[BARE_HANDLER]))


def peak(runs: Runs, variant: str) -> float:
    """Its median rate under the usual load."""
    return median(run.outcome.rate for run in runs[SMALL, USUAL][variant])


def _run(variant: Variant, body: str, connections: int, seconds: float) -> Run:
    with variant.running() as server:
        load.saturate_ourselves(server.url, connections, WARM_UP_SECONDS, body)
        before, cpu_before = server.books(), server.process.cpu_seconds()
        outcome = load.saturate(server.url, connections, seconds, body)
        cpu, books = server.process.cpu_seconds() - cpu_before, server.books()
    if before and books:
        check(outcome, before, books)
    return Run(outcome, cpu, books.waiting_bytes if books else None)


def check(outcome: Outcome, before: Books, after: Books) -> None:
    """What the client took for acknowledged has to be in the server's books."""
    accepted = after.accepted - before.accepted
    if accepted < outcome.acks:
        raise RuntimeError(f"the client has {outcome.acks} acknowledgements, the gateway accepted {accepted:.0f}")


def _cells(runs: Sequence[Run], bare: Sequence[Run]) -> Iterator[str]:
    outcomes = [run.outcome for run in runs]
    rates = [outcome.rate for outcome in outcomes]
    pairs = list(zip(runs, bare, strict=True))
    yield f"{median(rates):,.0f}"
    yield f"{min(rates):,.0f} - {max(rates):,.0f}"
    yield f"{median(run.outcome.rate / base.outcome.rate for run, base in pairs):.2f}"
    yield f"{1e6 * median(run.cpu_an_ack for run in runs):.1f} us"
    yield f"{median(run.cpu_an_ack / base.cpu_an_ack for run, base in pairs):.2f}"
    for latencies in zip(*(outcome.latency for outcome in outcomes), strict=True):
        yield milliseconds(median(latencies))
    yield f"{sum(outcome.others for outcome in outcomes):,}"
    yield f"{median(run.cpu_seconds / run.outcome.seconds for run in runs):.0%}"
    yield clients_cpu(outcomes)
    yield _unshipped(runs)


def milliseconds(value: float) -> str:
    """With three figures, or nearly."""
    return f"{value:.2f} ms" if value < 10 else f"{value:.0f} ms"


def clients_cpu(outcomes: Sequence[Outcome]) -> str:
    """Marked where the server could have done more."""
    mark = " (limit)" if any(outcome.is_clients for outcome in outcomes) else ""
    return f"{median(outcome.client_cpu for outcome in outcomes):.0%}{mark}"


def _unshipped(runs: Sequence[Run]) -> str:
    left = [run.unshipped_bytes for run in runs if run.unshipped_bytes is not None]
    return f"{median(left) / 1e6:,.0f} MB" if left else "-"
