"""Nothing but writes: records made beforehand, then objects a second and the share of a core that they took.

`python -m bench.writes put_object|store ENDPOINT_URL COUNT`
"""

import sys
import time
from collections.abc import Callable

from bench import visits
from bench.bucket import Bucket
from bench.put_object import PutObject
from shared.loop import run, settle
from shared.properties import DEMO
from shared.sinks import ObjectsSink
from workers.sinks.layouts import key_of
from workers.sinks.store import Store
from workers.sinks.stores import open_store

CONCURRENT_WRITES = 64
"""As a worker's lane by default."""
STORES: dict[str, Callable[[ObjectsSink, int], Store | PutObject]] = {"put_object": PutObject, "store": open_store}


async def main(way: str, endpoint_url: str, count: str) -> int:
    """Prints the two figures."""
    objects = {key_of(DEMO.id, record): record.body for record in visits.records(int(count))}
    store = STORES[way](Bucket(endpoint_url).sink, CONCURRENT_WRITES)
    settle()  # as in a worker: the collector passes over what was there before
    begun, cpu_begun = time.perf_counter(), time.process_time()
    failures = await store.create(objects)
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - cpu_begun
    await store.close()
    assert not failures, failures
    print(len(objects) / seconds, cpu_seconds / seconds)
    return 0


if __name__ == "__main__":
    sys.exit(run(main(*sys.argv[1:])))
