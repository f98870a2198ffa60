"""Durable acknowledgements a second on one core, beside a bare aiohttp handler that answers 204."""

from collections.abc import Sequence
from statistics import median

import uvloop

from bench.load import Outcome, saturate
from bench.servers import BARE, BLOCKMETRY, started

GATEWAY = (*BLOCKMETRY, "gateway", "--port", "0", "--admin-port", "0")
VARIANTS: dict[str, tuple[Sequence[str], dict[str, str]]] = {
    "bare aiohttp handler": (BARE, {}),
    "gateway, write": (GATEWAY, {"BLOCKMETRY_GATEWAY__ACKNOWLEDGE_AFTER": "write"}),
    "gateway, fsync": (GATEWAY, {"BLOCKMETRY_GATEWAY__ACKNOWLEDGE_AFTER": "fsync"}),
}
CONNECTIONS = 64


def measure(rounds: int, seconds: float) -> list[tuple[str, ...]]:
    """A row per variant: acks/s (median, range), its ratio to the bare handler in the same round, p50, p99."""
    outcomes: dict[str, list[Outcome]] = {name: [] for name in VARIANTS}
    for _ in range(rounds):
        for name, (command, environ) in VARIANTS.items():
            with started(command, "gateway", environ) as server:
                uvloop.run(saturate(server.url, CONNECTIONS, 0.5))
                outcomes[name].append(uvloop.run(saturate(server.url, CONNECTIONS, seconds)))
    bare = [outcome.rate for outcome in outcomes["bare aiohttp handler"]]
    return [_row(name, runs, bare) for name, runs in outcomes.items()]


def _row(name: str, runs: list[Outcome], bare: list[float]) -> tuple[str, ...]:
    rates = [run.rate for run in runs]
    ratio = median(rate / base for rate, base in zip(rates, bare, strict=True))
    return (
        name,
        f"{median(rates):,.0f}",
        f"{min(rates):,.0f} - {max(rates):,.0f}",
        f"{ratio:.2f}",
        f"{median(run.percentile(0.5) for run in runs):.1f} ms",
        f"{median(run.percentile(0.99) for run in runs):.1f} ms",
        str(sum(run.others for run in runs)),
    )
