"""How long a beacon takes to become a file, with the defaults of `blockmetry up`."""

import asyncio
import time
from pathlib import Path
from statistics import quantiles

from bench.load import steady
from bench.servers import BLOCKMETRY, started

UP = (*BLOCKMETRY, "up", "--port", "0", "--admin-port", "0")
SETTLE_SECONDS = 10.0


def measure(per_second: int, seconds: float) -> tuple[str, ...]:
    """Beacons sent, files found, p50, p95 and p99 from sending to the file's time of writing."""
    with started(UP, "demo page", {}) as server:
        sent = asyncio.run(steady(server.url, per_second, seconds))
        written = _wait_for_files(server.data, len(sent))
        delays = sorted(written[number] - at for number, at in sent.items() if number in written)
    centiles = quantiles(delays, n=100)
    return (
        f"{per_second}/s for {seconds:.0f} s",
        str(len(sent)),
        str(len(written)),
        *(f"{centiles[place] * 1000:.0f} ms" for place in (49, 94, 98)),
    )


def _wait_for_files(data: Path, expected: int) -> dict[int, float]:
    """When each was written."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        written = {int(path.stem, 16): path.stat().st_mtime for path in data.rglob("records/**/*.json")}
        if len(written) >= expected or time.monotonic() > deadline:
            return written
        time.sleep(0.2)
