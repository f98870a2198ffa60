"""A worker as a process of its own: queue, lookups, lanes, admin port; until it is told to stop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry

from shared import properties
from shared.config import Config
from shared.errors import Retryable
from shared.health import admin_app
from shared.http import serve_app, url_of
from shared.loop import settle, stop_signal, supervised
from shared.properties import Properties
from shared.queues import Queue, open_queue
from shared.watch import Watched, keep_fresh
from workers.dead_letters import DeadLetters
from workers.enrichment import Observer
from workers.lanes import Lanes
from workers.lookups import Lookups, open_lookups
from workers.metrics import Metrics
from workers.secret import load_secret
from workers.worker import Worker

MEASURE_EVERY_SECONDS = 5.0


async def serve(config: Config, announce: Callable[[str, str], None]) -> int:
    """The exit code. `announce` is told what listens where. Raises `ConfigError`, or `OSError` for ports and disks."""
    stop = stop_signal()
    registry = CollectorRegistry()
    async with AsyncExitStack() as closing:
        queue = open_queue(config)
        closing.push_async_callback(queue.close)
        known = properties.watch(Path(config.properties), config.sinks)
        worker = await closing.enter_async_context(working(config, known, queue, registry))
        admin = await serve_app(
            admin_app(registry, worker.not_ready), config.worker.admin_host, config.worker.admin_port
        )
        closing.push_async_callback(admin.cleanup)
        announce("metrics", url_of(admin, "/metrics"))
        settle()
        await stop.wait()
    return 0


@asynccontextmanager
async def working(
    config: Config,
    known: Watched[Properties],
    queue: Queue,
    registry: CollectorRegistry,
    observer: Observer | None = None,
) -> AsyncIterator[Worker]:
    """A worker at work until the block ends; then it drains. Raises `ConfigError`."""
    metrics = Metrics(registry)
    lookups = open_lookups(config, known, load_secret(config))
    dead_letters = DeadLetters(config.worker.dead_letters or config.url_of("dead-letters"))
    lanes = Lanes(lambda: known.value, config, queue, dead_letters, metrics)
    worker = Worker(config, queue, lookups, lanes, dead_letters, metrics, observer)
    receiving = asyncio.create_task(supervised("receiving", worker.run))
    beside = [
        asyncio.create_task(supervised("reading the lookups again", partial(keep_fresh, lookups))),
        asyncio.create_task(supervised("measuring the queue", partial(_measure, queue, lookups, metrics))),
    ]
    try:
        yield worker
    finally:
        worker.leave()
        await asyncio.gather(receiving, return_exceptions=True)
        await worker.drain()
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await lanes.close()
        await dead_letters.close()


async def _measure(queue: Queue, lookups: Lookups, metrics: Metrics) -> None:
    """Until cancelled: what nobody counts as it happens."""
    while True:
        for name, seconds in lookups.ages().items():
            metrics.lookup_age_seconds.labels(name).set(seconds)
        with suppress(Retryable):
            depth = await queue.depth()
            for state in ("visible", "in_flight", "delayed", "dead"):
                metrics.queue_depth.labels(state).set(getattr(depth, state))
            metrics.queue_oldest_seconds.set(depth.oldest_seconds)
        await asyncio.sleep(MEASURE_EVERY_SECONDS)
