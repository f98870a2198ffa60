"""A process of its own that uses a queue: `queue_peer.py TARGET ARGUMENTS ROLE LOG [COUNT]`.

It notes in LOG, line by line, what the queue has promised it or given it; its end may come at any moment.
"""

import asyncio
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from shared.queues import Queue


def open_target(target: str, arguments: dict[str, Any]) -> Queue:
    """`MODULE:NAME` called with the arguments; a `path` among them becomes a `Path`."""
    module, _, name = target.partition(":")
    opened: Queue = getattr(importlib.import_module(module), name)(
        **{key: Path(value) if key == "path" else value for key, value in arguments.items()}
    )
    return opened


async def send(queue: Queue, log: int, count: int) -> None:
    """Bodies that nobody else sends, each noted once the queue has it."""
    for number in range(count):
        name = f"{os.getpid()}-{number}"
        await queue.send(f"{name} {'x' * 2_000}")
        os.write(log, f"{name}\n".encode())


async def receive(queue: Queue, log: int, count: int) -> None:
    """Notes, then acks, until its end; `count` is how many to take at a time."""
    while True:
        deliveries = await queue.receive(count, 1)
        for delivery in deliveries:
            os.write(log, f"{delivery.body.partition(' ')[0]}\n".encode())
        await asyncio.sleep(0.01)
        await queue.ack(deliveries)


async def main() -> None:
    target, arguments, role, log, count = sys.argv[1:]
    queue = open_target(target, json.loads(arguments))
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    await {"send": send, "receive": receive}[role](queue, descriptor, int(count))
    await queue.close()


if __name__ == "__main__":
    asyncio.run(main())
