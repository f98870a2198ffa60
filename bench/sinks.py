"""Hits a second from the queue to a local S3 server on one core, beside put_object of aiobotocore."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench import visits
from bench.bucket import CREDENTIALS, Bucket, empty_bucket
from bench.s3_stub import Taken
from bench.servers import BLOCKMETRY, output, started
from shared.beacon import Beacon
from shared.queues.embedded import EmbeddedQueue

WORKER = ("worker", "--admin-port", "0")
ON_PUT_OBJECT = (sys.executable, "-m", "bench.put_object")
WRITES = (sys.executable, "-m", "bench.writes")
BASELINE = "aiobotocore's put_object, writes alone"
SAME_LOOP = "worker on aiobotocore's put_object"
SLOWER = 8
"""The baselines get fewer hits, to be done in the same time."""
PATIENCE_SECONDS = 120.0


class Run(NamedTuple):
    """One of one variant."""

    hits: int
    seconds: float
    cpu: float
    """Share of the core that is measured: below 1, somebody waited, or others were on that core."""
    taken: Taken

    @property
    def rate(self) -> float:
        """Hits a second."""
        return self.hits / self.seconds

    @property
    def stub_cpu(self) -> float:
        """Share of the other core: near 1, the server was the bottleneck."""
        return self.taken.cpu_seconds / (self.taken.last_at - self.taken.first_at)


def measure(rounds: int, hits: int) -> list[tuple[str, ...]]:
    """A row per variant: hits/s (median, range), ratio to both baselines of the same round, CPU, PUTs."""
    made = visits.beacons(hits)
    variants: dict[str, Callable[[Bucket], Run]] = {
        BASELINE: partial(_alone, "put_object", hits // SLOWER),
        SAME_LOOP: partial(_worker, ON_PUT_OBJECT, made[: hits // SLOWER], "hit"),
        "our sink, writes alone": partial(_alone, "ours", hits),
        "worker, layout hit": partial(_worker, BLOCKMETRY, made, "hit"),
        "worker, layout block": partial(_worker, BLOCKMETRY, made, "block"),
    }
    runs: dict[str, list[Run]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, variant in variants.items():
            with empty_bucket() as bucket:
                runs[name].append(variant(bucket))
    return [_row(name, of_it, runs[BASELINE], runs[SAME_LOOP]) for name, of_it in runs.items()]


def _alone(way: str, count: int, bucket: Bucket) -> Run:
    """No queue, no enrichment: only the writes."""
    rate, cpu = map(float, output((*WRITES, way, bucket.endpoint_url, str(count)), CREDENTIALS).split())
    return Run(count, count / rate, cpu, bucket.taken())


def _worker(program: Sequence[str], beacons: Sequence[Beacon], layout: str, bucket: Bucket) -> Run:
    """From the moment that an idle worker's queue gets all blocks, to the last object."""
    bodies = visits.blocks(beacons)
    with (
        tempfile.TemporaryDirectory() as directory,
        started((*program, *WORKER), "metrics", bucket.environ(Path(directory), layout)) as worker,
    ):
        cpu_begun = worker.cpu_seconds()
        begun = time.monotonic()
        asyncio.run(_emptied(worker.data / "queue.sqlite3", bodies))
        cpu = worker.cpu_seconds() - cpu_begun
    taken = bucket.taken()
    assert layout == "block" or taken.keys == len(beacons), f"{taken.keys} objects of {len(beacons)} hits"
    return Run(len(beacons), taken.last_at - begun, cpu / (taken.last_at - begun), taken)


async def _emptied(path: Path, bodies: Sequence[str]) -> None:
    """Returns when everything that was sent is acked."""
    queue = EmbeddedQueue(path, visibility_timeout_seconds=60)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.gather(*map(queue.send, bodies))
        depth = await queue.depth()
        while depth.visible or depth.in_flight or depth.delayed:
            await asyncio.sleep(0.05)
            depth = await queue.depth()
    await queue.close()


def _row(name: str, runs: list[Run], *baselines: list[Run]) -> tuple[str, ...]:
    rates = [run.rate for run in runs]
    return (
        name,
        f"{median(rates):,.0f}",
        f"{min(rates):,.0f} - {max(rates):,.0f}",
        *(f"{_ratio(runs, baseline):.2f}" for baseline in baselines),
        f"{median(run.cpu for run in runs):.0%}",
        f"{median(1_000_000 * run.cpu / run.rate for run in runs):,.0f} us",
        f"{median(run.stub_cpu for run in runs):.0%}",
        f"{median(1000 * run.taken.puts / run.hits for run in runs):,.1f}",
        f"{sum(run.taken.puts - run.taken.keys for run in runs):,}",
    )


def _ratio(runs: list[Run], baseline: list[Run]) -> float:
    return median(run.rate / base.rate for run, base in zip(runs, baseline, strict=True))
