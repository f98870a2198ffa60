"""A process of its own that uses a queue: `queue_peer.py KIND ARGUMENTS ROLE LOG COUNT`.

It notes in LOG, line by line, what the queue has promised it or given it; its end may come at any moment.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from shared import config
from shared.queues import Queue
from shared.queues.embedded import EmbeddedQueue
from shared.queues.sqs import SqsQueue


def open_queue(kind: str, arguments: dict[str, Any]) -> Queue:
    """The arguments of `sqs` are those of `[queue]` in the configuration."""
    if kind == "sqs":
        return SqsQueue(config.Queue(kind="sqs", **arguments))
    return EmbeddedQueue(Path(arguments["path"]), arguments["visibility_timeout_seconds"])


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
    kind, arguments, role, log, count = sys.argv[1:]
    queue = open_queue(kind, json.loads(arguments))
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    await {"send": send, "receive": receive}[role](queue, descriptor, int(count))
    await queue.close()


if __name__ == "__main__":
    asyncio.run(main())
