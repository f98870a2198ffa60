"""What a queue at Amazon costs is calls, whatever they carry."""

import asyncio
import time

from shared import config
from shared.queues import Delivery
from shared.queues.sqs import SqsQueue
from tests.unit.shared.json_stub import Asked, Stub
from tests.unit.shared.queues.sqs_answers import all_well, message

SECONDS = 4
BLOCKS_PER_SECOND = 10
"""2,000 beacons a second: every tenth of a second a gateway sends what came."""
BEACONS = SECONDS * 2_000


class Flow:
    """What is sent there is received there."""

    def __init__(self, stub: Stub) -> None:
        self.sent = 0
        self._arrived = asyncio.Condition()
        self._waiting: list[dict[str, object]] = []
        stub.answers |= {"SendMessageBatch": self.take, "ReceiveMessage": self.give}

    async def take(self, asked: Asked) -> Asked:
        async with self._arrived:
            self.sent += len(asked["Entries"])
            self._waiting += [message(self.sent + place) for place, _ in enumerate(asked["Entries"])]
            self._arrived.notify()
        return all_well(asked)

    async def give(self, asked: Asked) -> Asked:
        async with self._arrived:
            try:
                async with asyncio.timeout(asked["WaitTimeSeconds"]):
                    await self._arrived.wait_for(lambda: self._waiting)
            except TimeoutError:
                return {}
            count = asked["MaxNumberOfMessages"]
            given, self._waiting = self._waiting[:count], self._waiting[count:]
        return {"Messages": given}


async def gateway(queue: SqsQueue) -> None:
    for number in range(SECONDS * BLOCKS_PER_SECOND):
        pause = asyncio.create_task(asyncio.sleep(1 / BLOCKS_PER_SECOND))
        await queue.send(f"block {number}")
        await pause


async def worker(queue: SqsQueue, done: list[float]) -> None:
    """Until cancelled: each delivery is acked when it is done, in a moment."""
    async with asyncio.TaskGroup() as working:
        while True:
            for delivery in await queue.receive(8, 1):
                working.create_task(work(queue, delivery, done))


async def work(queue: SqsQueue, delivery: Delivery, done: list[float]) -> None:
    await asyncio.sleep(0.02)
    done.append(time.monotonic())
    await queue.ack([delivery])


async def test_a_gateway_and_a_worker_make_ten_calls_for_a_thousand_beacons_at_the_most(
    stub: Stub, queue: SqsQueue
) -> None:
    flow = Flow(stub)
    other = SqsQueue(config.Queue(kind="sqs", url=f"{stub.url}/123456789012/beacons"))
    done: list[float] = []
    working = asyncio.create_task(worker(other, done))
    await gateway(queue)
    while len(done) < flow.sent:
        await asyncio.sleep(0.01)
    working.cancel()
    await asyncio.wait([working])
    await other.close()
    assert flow.sent == SECONDS * BLOCKS_PER_SECOND
    assert sum(len(asked["Entries"]) for asked in stub.of("DeleteMessageBatch")) == flow.sent
    assert stub.counted.total() <= 10 * BEACONS / 1_000, stub.counted
