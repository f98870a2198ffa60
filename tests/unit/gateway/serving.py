"""A whole gateway on a free port, before a queue in memory."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from gateway.server import Server
from shared import block
from shared.beacon import Beacon
from shared.config import Config, Gateway
from shared.errors import Retryable
from shared.properties import Properties, Property
from shared.queues import Delivery, Depth
from shared.watch import Watched

PROPERTIES: Properties = {"demo": Property(id="demo", hosts=["*"]), "shop": Property(id="shop", hosts=["*"])}


class MemoryQueue:
    """Keeps what it is sent. `refusals` are raised first, one a send; nothing is taken while `is_open` is not set."""

    def __init__(self, refusals: Sequence[Exception] = ()) -> None:
        self.bodies: list[str] = []
        self.asked = 0
        self.is_open = asyncio.Event()
        self.is_open.set()
        self._refusals = list(refusals)

    @property
    def beacons(self) -> list[Beacon]:
        """What arrived, in order."""
        return [beacon for body in self.bodies for beacon in beacons_of(body)]

    async def send(self, body: str, delay_seconds: float = 0, group: str = "") -> None:
        self.asked += 1
        await self.is_open.wait()
        if self._refusals:
            raise self._refusals.pop(0)
        self.bodies.append(body)

    async def receive(self, limit: int, wait_seconds: float) -> list[Delivery]:
        raise Retryable("a gateway only sends")

    async def extend(self, delivery: Delivery, seconds: float) -> None:
        raise Retryable("a gateway only sends")

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        raise Retryable("a gateway only sends")

    async def release(self, delivery: Delivery, delay_seconds: float = 0) -> None:
        raise Retryable("a gateway only sends")

    async def dead_letter(self, delivery: Delivery, reason: str) -> None:
        raise Retryable("a gateway only sends")

    async def depth(self) -> Depth:
        return Depth(len(self.bodies), 0, 0, 0, 0.0)

    async def close(self) -> None:
        return


class Serving:
    """The gateway, and what can be seen of it from outside."""

    def __init__(self, server: Server, port: int, queue: MemoryQueue, registry: CollectorRegistry) -> None:
        self.server = server
        self.port = port
        self.queue = queue
        self.registry = registry

    def counted(self, name: str, **labels: str) -> float:
        """A sample; 0 when there is none."""
        return self.registry.get_sample_value(f"blockmetry_{name}", labels) or 0.0

    async def arrived(self, count: int) -> list[Beacon]:
        """Once there are `count`; fails when there are more, or not in time."""
        await until(lambda: len(self.queue.beacons) >= count)
        assert len(self.queue.beacons) == count
        return self.queue.beacons


def server_of(
    data: Path,
    queue: MemoryQueue,
    registry: CollectorRegistry,
    properties: Properties = PROPERTIES,
    /,
    **settings: Any,
) -> Server:
    """Not started. `settings` are those of `[gateway]`."""
    ours: dict[str, Any] = {"port": 0, "block_max_age_seconds": 0.005, **settings}
    config = Config(data=str(data), gateway=Gateway(**ours))
    return Server(config, Watched([], lambda: properties), queue, registry)


@asynccontextmanager
async def serving(data: Path, properties: Properties = PROPERTIES, /, **settings: Any) -> AsyncIterator[Serving]:
    """Stopped at the end."""
    queue, registry = MemoryQueue(), CollectorRegistry()
    server = server_of(data, queue, registry, properties, **settings)
    url = await server.start()
    try:
        yield Serving(server, int(url.split("/")[2].rpartition(":")[2]), queue, registry)
    finally:
        queue.is_open.set()
        await server.stop()


def beacons_of(body: str) -> list[Beacon]:
    """The block's beacons."""
    unpacked = block.unpack(body)
    assert isinstance(unpacked, list)
    return unpacked


async def until(is_so: Any, seconds: float = 5.0) -> None:
    """Waits; an AssertionError when it does not become so."""
    async with asyncio.timeout(seconds):
        while not is_so():
            await asyncio.sleep(0.002)
