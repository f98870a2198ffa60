"""SQS calls per 1,000 beacons, of a gateway and its workers together, under a steady load."""

import asyncio
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import msgspec

from bench.bucket import Bucket, empty_bucket
from bench.load import steady
from bench.servers import BLOCKMETRY, CLIENT_CORE, started

GATEWAY = (*BLOCKMETRY, "gateway", "--port", "0", "--admin-port", "0")
WORKER = (*BLOCKMETRY, "worker", "--admin-port", "0")
STUB = (sys.executable, "-m", "bench.sqs_stub")
CONNECTIONS = 8
APART = 1_000_000
"""Between the numbers of two connections' beacons."""
WARM_UP_SECONDS = 1.0
SETTLE_SECONDS = 30.0


def measure(workers: int, per_second: int, seconds: float) -> tuple[str, ...]:
    """Load, beacons acked, objects, calls per 1,000 beacons, and which."""
    with ExitStack() as started_ones:
        bucket = started_ones.enter_context(empty_bucket())
        sqs = started_ones.enter_context(started(STUB, "sqs", {}, CLIENT_CORE)).url
        directory = Path(started_ones.enter_context(tempfile.TemporaryDirectory()))
        environ = {**bucket.environ(directory, "hit"), **_environ(sqs)}
        working = [started_ones.enter_context(started(WORKER, "metrics", environ)) for _ in range(workers)]
        gateway = started_ones.enter_context(started(GATEWAY, "gateway", environ)).url
        warm_up = asyncio.run(_load(gateway, per_second, WARM_UP_SECONDS, 0))
        before = _calls(sqs)
        acked = asyncio.run(_load(gateway, per_second, seconds, APART // 2))
        calls = _calls(sqs) - before
        objects = _objects(bucket, warm_up + acked) - warm_up
        for worker in working:
            worker.end()
    return (
        f"{workers} worker{'s' * (workers > 1)}, {per_second:,}/s for {seconds:.0f} s",
        f"{acked:,}",
        f"{objects:,}",
        f"{1000 * calls.total() / acked:.1f}",
        ", ".join(f"{operation} {1000 * number / acked:.1f}" for operation, number in calls.most_common()),
    )


def _environ(sqs: str) -> dict[str, str]:
    return {
        "BLOCKMETRY_QUEUE__KIND": "sqs",
        "BLOCKMETRY_QUEUE__URL": f"{sqs}123456789012/beacons",
        "BLOCKMETRY_QUEUE__ENDPOINT_URL": sqs,
    }


async def _load(url: str, per_second: int, seconds: float, first: int) -> int:
    """How many were acked."""
    sent = await asyncio.gather(
        *(
            steady(url, per_second / CONNECTIONS, seconds, first + connection * APART)
            for connection in range(CONNECTIONS)
        )
    )
    return sum(map(len, sent))


def _calls(sqs: str) -> Counter[str]:
    with urllib.request.urlopen(sqs, timeout=10) as answer:
        return Counter(msgspec.json.decode(answer.read(), type=dict[str, int]))


def _objects(bucket: Bucket, expected: int) -> int:
    """Those there are once all are there, or it takes too long."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while (keys := bucket.taken().keys) < expected and time.monotonic() < deadline:
        time.sleep(0.1)
    return keys
