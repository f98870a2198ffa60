"""Nothing but writes: records made beforehand, then objects a second and the share of a core that they took.

`python -m bench.writes put_object|ours ENDPOINT_URL COUNT`
"""

import sys
import time
from collections.abc import Callable

from bench import visits
from bench.bucket import Bucket
from bench.put_object import PutObject
from shared import config
from shared.loop import run, settle
from shared.properties import DEMO
from shared.sinks import ObjectsSink
from workers.sinks import Sink, open_sink

CONCURRENT_WRITES = config.Worker().concurrent_writes
WAYS: dict[str, Callable[[str, ObjectsSink, int], Sink]] = {"put_object": PutObject, "ours": open_sink}


async def main(way: str, endpoint_url: str, count: str) -> int:
    """Prints the two figures."""
    records = visits.records(int(count))
    sink = WAYS[way](DEMO.id, Bucket(endpoint_url).sink, CONCURRENT_WRITES)
    first, *records = records
    await sink.write([first], "warm-up")  # opens client and connection, which a worker does once
    settle()  # as in a worker: the collector passes over what was there before
    begun, cpu_begun = time.perf_counter(), time.process_time()
    await sink.write(records, "bench")
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - cpu_begun
    await sink.close()
    print(len(records) / seconds, cpu_seconds / seconds)
    return 0


if __name__ == "__main__":
    sys.exit(run(main(*sys.argv[1:])))
