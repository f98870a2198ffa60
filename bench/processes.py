"""How the rate grows with processes that share the port, on both cores. The client shares them too."""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from bench.acks import USUAL, WARM_UP_SECONDS, clients_cpu, milliseconds
from bench.edge import gateway
from bench.load import saturate, saturate_ourselves
from bench.outcome import Outcome
from bench.servers import CLIENT_CORE, SERVER_CORE

PROCESSES = (1, 2)
COLUMNS = ("processes", "acks/s (median)", "range", "/ one", "p99", "not 204", "servers' CPU", "client's CPU")


class Run(NamedTuple):
    """One of one number of processes."""

    outcome: Outcome
    cpu: float
    """Cores that the servers used."""


def measure(rounds: int, seconds: float) -> list[tuple[str, ...]]:
    """A row per number of processes."""
    runs: dict[int, list[Run]] = {processes: [] for processes in PROCESSES}
    for _ in range(rounds):
        for processes, its_runs in runs.items():
            its_runs.append(_run(processes, seconds))
    return [_row(processes, its_runs, runs[1]) for processes, its_runs in runs.items()]


def _run(processes: int, seconds: float) -> Run:
    with gateway(processes=str(processes)).running(SERVER_CORE, CLIENT_CORE) as server:
        saturate_ourselves(server.url, USUAL, WARM_UP_SECONDS)
        cpu_before = server.process.cpu_seconds()
        outcome = saturate(server.url, USUAL, seconds)
        return Run(outcome, (server.process.cpu_seconds() - cpu_before) / outcome.seconds)


def _row(processes: int, runs: Sequence[Run], one: Sequence[Run]) -> tuple[str, ...]:
    outcomes = [run.outcome for run in runs]
    rates = [outcome.rate for outcome in outcomes]
    ratio = median(run.outcome.rate / base.outcome.rate for run, base in zip(runs, one, strict=True))
    return (
        str(processes),
        f"{median(rates):,.0f}",
        f"{min(rates):,.0f} - {max(rates):,.0f}",
        f"{ratio:.2f}",
        milliseconds(median(outcome.latency.p99 for outcome in outcomes)),
        f"{sum(outcome.others for outcome in outcomes):,}",
        f"{median(run.cpu for run in runs):.0%}",
        clients_cpu(outcomes),
    )
