"""An SQS server in memory, as fast as one goes: visibility, delays, batches, long poll, and every call counted.

It speaks the JSON protocol for whatever queue it is asked for: there is only one. `GET` tells the calls by operation.
"""

import asyncio
import heapq
import sys
import time
from collections import Counter
from contextlib import suppress
from hashlib import md5
from itertools import count
from typing import Any

import msgspec
from aiohttp import web

from shared.http import serve_app, url_of
from shared.loop import run, stop_signal

JSON = "application/x-amz-json-1.0"
BATCH = "Batch"
VISIBILITY_SECONDS = 30.0
BODY_BYTES = 8 << 20
Parameters = dict[str, Any]


class Message(msgspec.Struct):
    """One in the queue. It may be received from `visible_at` on."""

    number: int
    body: str
    sent_at: float
    visible_at: float = 0.0
    receives: int = 0


class Messages:
    """All there are, in the order in which they become visible."""

    def __init__(self) -> None:
        self._numbers = count()
        self._kept: dict[int, Message] = {}
        self._order: list[tuple[float, int]] = []
        self._arrived = asyncio.Event()

    def add(self, body: str, delay_seconds: float) -> int:
        """Its number."""
        message = Message(next(self._numbers), body, time.time())
        self._kept[message.number] = message
        self.show(message.number, delay_seconds)
        return message.number

    def show(self, number: int, after_seconds: float) -> None:
        """Visible from then on, where it is still there."""
        if message := self._kept.get(number):
            self._place(message, after_seconds)
            self._arrived.set()
            self._arrived = asyncio.Event()

    def remove(self, number: int) -> None:
        """For good."""
        self._kept.pop(number, None)

    async def take(self, limit: int, hidden_seconds: float, wait_seconds: float) -> list[Message]:
        """At most so many; waits for the first."""
        deadline = time.time() + wait_seconds
        while not (taken := self._visible(limit)) and (now := time.time()) < deadline:
            next_at = self._order[0][0] if self._order else deadline
            with suppress(TimeoutError):
                await asyncio.wait_for(self._arrived.wait(), max(0.001, min(next_at, deadline) - now))
        for message in taken:
            message.receives += 1
            self._place(message, hidden_seconds)
        return taken

    def count(self) -> tuple[int, int]:
        """Visible ones, and others."""
        visible = sum(message.visible_at <= time.time() for message in self._kept.values())
        return visible, len(self._kept) - visible

    def _visible(self, limit: int) -> list[Message]:
        found: list[Message] = []
        while len(found) < limit and self._order and self._order[0][0] <= time.time():
            visible_at, number = heapq.heappop(self._order)
            message = self._kept.get(number)
            if message and message.visible_at == visible_at:  # else it was removed, or has another place by now
                found.append(message)
        return found

    def _place(self, message: Message, after_seconds: float) -> None:
        message.visible_at = time.time() + after_seconds
        heapq.heappush(self._order, (message.visible_at, message.number))


class Server:
    """One queue, whatever its URL."""

    def __init__(self) -> None:
        self._messages = Messages()
        self._calls: Counter[str] = Counter()

    async def call(self, request: web.Request) -> web.Response:
        """One call; each entry of a batch is as a call of its own."""
        operation = request.headers["X-Amz-Target"].removeprefix("AmazonSQS.")
        self._calls[operation] += 1
        parameters = msgspec.json.decode(await request.read())
        if operation == "ReceiveMessage":
            answer = await self._receive(parameters)
        elif operation.endswith(BATCH):
            done = [{"Id": entry["Id"], **self._do(operation, entry)} for entry in parameters["Entries"]]
            answer = {"Successful": done, "Failed": []}
        else:
            answer = self._do(operation, parameters)
        return web.Response(body=msgspec.json.encode(answer), content_type=JSON)

    async def tell(self, _: web.Request) -> web.Response:
        """The calls so far."""
        return web.json_response(self._calls)

    def _do(self, operation: str, parameters: Parameters) -> Parameters:
        match operation.removesuffix(BATCH):
            case "SendMessage":
                return self._send(parameters)
            case "DeleteMessage":
                self._messages.remove(int(parameters["ReceiptHandle"]))
            case "ChangeMessageVisibility":
                self._messages.show(int(parameters["ReceiptHandle"]), parameters["VisibilityTimeout"])
            case "GetQueueAttributes":
                visible, others = self._messages.count()
                numbers = {"": visible, "NotVisible": others, "Delayed": 0}
                return {
                    "Attributes": {
                        f"ApproximateNumberOfMessages{which}": str(number) for which, number in numbers.items()
                    }
                }
            case unknown:
                raise web.HTTPBadRequest(text=f"unknown operation {unknown}")
        return {}

    def _send(self, parameters: Parameters) -> Parameters:
        body = parameters["MessageBody"]
        number = self._messages.add(body, parameters.get("DelaySeconds", 0))
        return {"MessageId": str(number), "MD5OfMessageBody": _md5(body)}

    async def _receive(self, parameters: Parameters) -> Parameters:
        taken = await self._messages.take(
            parameters.get("MaxNumberOfMessages", 1),
            parameters.get("VisibilityTimeout", VISIBILITY_SECONDS),
            parameters.get("WaitTimeSeconds", 0),
        )
        return {"Messages": [_received(message) for message in taken]} if taken else {}


def _received(message: Message) -> Parameters:
    return {
        "MessageId": str(message.number),
        "ReceiptHandle": str(message.number),
        "MD5OfBody": _md5(message.body),
        "Body": message.body,
        "Attributes": {
            "ApproximateReceiveCount": str(message.receives),
            "SentTimestamp": str(int(message.sent_at * 1000)),
        },
    }


def _md5(body: str) -> str:
    return md5(body.encode(), usedforsecurity=False).hexdigest()


async def main() -> int:
    """Until it is told to stop."""
    stop = stop_signal()
    server = Server()
    app = web.Application(client_max_size=BODY_BYTES)
    app.router.add_get("/", server.tell)
    app.router.add_post("/{path:.*}", server.call)
    runner = await serve_app(app, "127.0.0.1", 0)
    print(f"sqs {url_of(runner)}", flush=True)
    await stop.wait()
    await runner.cleanup()
    return 0


if __name__ == "__main__":
    sys.exit(run(main()))
