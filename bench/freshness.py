"""How long a beacon takes to become a file, with the defaults of `blockmetry up`."""

import asyncio
import time
from pathlib import Path
from statistics import quantiles

from bench.load import requests
from bench.servers import BLOCKMETRY, address, started

UP = (*BLOCKMETRY, "up", "--port", "0", "--admin-port", "0")
SETTLE_SECONDS = 10.0


def measure(per_second: int, seconds: float) -> tuple[str, ...]:
    """Beacons sent, files found, p50, p95 and p99 from sending to the file's time of writing."""
    with started(UP, "demo page", {}) as server:
        sent = asyncio.run(_send(server.url, per_second, seconds))
        written = _wait_for_files(server.data, len(sent))
        delays = sorted(written[number] - at for number, at in sent.items() if number in written)
    centiles = quantiles(delays, n=100)
    return (
        f"{per_second}/s for {seconds:.0f} s",
        str(len(sent)),
        str(len(written)),
        *(f"{centiles[place] * 1000:.0f} ms" for place in (49, 94, 98)),
    )


async def _send(url: str, per_second: int, seconds: float) -> dict[int, float]:
    """When each was sent (seconds since the epoch), for those that were answered with 204."""
    reader, writer = await asyncio.open_connection(*address(url))
    sent: dict[int, float] = {}
    sending = requests()
    begun = time.monotonic()
    for number in range(int(per_second * seconds)):
        await asyncio.sleep(max(0.0, begun + number / per_second - time.monotonic()))
        at = time.time()
        writer.write(next(sending))
        if (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204"):
            sent[number] = at
    writer.close()
    return sent


def _wait_for_files(data: Path, expected: int) -> dict[int, float]:
    """When each was written."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        written = {int(path.stem, 16): path.stat().st_mtime for path in data.rglob("records/**/*.json")}
        if len(written) >= expected or time.monotonic() > deadline:
            return written
        time.sleep(0.2)
