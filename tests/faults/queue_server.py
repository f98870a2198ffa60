"""An SQS server that can be killed: `queue_server.py --port N --data DIR`. Each queue is a file in DIR.

Every queue exists as soon as somebody names it; NAME's dead-letter queue is `NAME-dead`, as its redrive policy says.
"""

import argparse
import asyncio
import json
import sqlite3
import sys
import time
from contextlib import closing, suppress
from hashlib import md5
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from aiohttp import web

from shared.http import serve_app, url_of
from shared.loop import run, stop_signal
from shared.queues import Delivery
from shared.queues.messages import Messages, Unsent
from tests.moto import ACCOUNT, REGION
from tests.running import Running, free_port

JSON = "application/x-amz-json-1.0"
BATCH = "Batch"
BODY_BYTES = 8 << 20
POLL_SECONDS = 0.05
DEAD = "-dead"
Parameters = dict[str, Any]


class QueueServer:
    """The process, as tests use it: like `Moto`, as far as queues go. What it has confirmed outlives it."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._port = free_port()
        self._queues = 0
        self.start()

    @property
    def url(self) -> str:
        """To use as an endpoint; the same after a restart."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Serves when this returns."""
        self.process = Running(self._data, "--port", str(self._port), module="tests.faults.queue_server")
        self.process.url("sqs")

    def kill(self) -> None:
        """`kill -9`"""
        self.process.kill()

    def queue(self, max_receives: int = 10) -> str:
        """A new queue's URL. Nobody is moved to its dead letters for having come too often."""
        self._queues += 1
        return f"{self.url}/{ACCOUNT}/queue-{self._queues}"

    def bodies(self, queue_url: str) -> list[str]:
        """Of all messages that are there, visible or not."""
        path = self._data / f"{queue_url.rpartition('/')[2]}.sqlite3"
        with closing(sqlite3.connect(path)) as queue:
            return [body for (body,) in queue.execute("SELECT body FROM messages")]

    def client(self, service: str) -> Any:
        """boto3's own, blocking."""
        key = {"aws_access_key_id": "operator", "aws_secret_access_key": "secret"}
        return boto3.client(service, region_name=REGION, endpoint_url=self.url, **key)


class Service:
    """Answers the calls. Everything happens in one thread, one call after the other, but the waits."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._queues: dict[str, Messages] = {}

    async def call(self, request: web.Request) -> web.Response:
        """One call; each entry of a batch is as a call of its own."""
        operation = request.headers["X-Amz-Target"].removeprefix("AmazonSQS.")
        asked = json.loads(await request.read())
        name = urlsplit(asked.get("QueueUrl", "")).path.rpartition("/")[2]
        if operation == "GetQueueUrl":
            answer: Parameters = {"QueueUrl": f"http://{request.host}/{ACCOUNT}/{asked['QueueName']}"}
        elif operation == "ReceiveMessage":
            answer = await self._receive(self._queue(name), asked)
        elif operation.endswith(BATCH):
            done = [{"Id": one["Id"], **self._do(operation, name, one)} for one in asked["Entries"]]
            answer = {"Successful": done, "Failed": []}
        else:
            answer = self._do(operation, name, asked)
        return web.Response(body=json.dumps(answer).encode(), content_type=JSON)

    def _queue(self, name: str) -> Messages:
        if name not in self._queues:
            self._queues[name] = Messages(self._data / f"{name}.sqlite3")
        return self._queues[name]

    def _do(self, operation: str, name: str, asked: Parameters) -> Parameters:
        messages = self._queue(name)
        match operation.removesuffix(BATCH):
            case "SendMessage":
                body = asked["MessageBody"]
                messages.insert([Unsent(body, _ms(asked.get("DelaySeconds", 0)), _ms())])
                return {"MessageId": _digest(body), "MD5OfMessageBody": _digest(body)}
            case "DeleteMessage":
                messages.remove([asked["ReceiptHandle"]])
            case "ChangeMessageVisibility":
                messages.extend(asked["ReceiptHandle"], _ms(asked["VisibilityTimeout"]))
            case "GetQueueAttributes":
                return {"Attributes": self._attributes(name, messages)}
            case unknown:
                raise web.HTTPBadRequest(text=f"unknown operation {unknown}")
        return {}

    async def _receive(self, messages: Messages, asked: Parameters) -> Parameters:
        ends = time.monotonic() + asked.get("WaitTimeSeconds", 0)
        while True:
            hidden_until_ms = _ms(asked["VisibilityTimeout"])
            taken = messages.claim(asked.get("MaxNumberOfMessages", 1), _ms(), hidden_until_ms).deliveries
            if taken or time.monotonic() > ends:
                return {"Messages": [_received(delivery) for delivery in taken]}
            await asyncio.sleep(POLL_SECONDS)

    def _attributes(self, name: str, messages: Messages) -> Parameters:
        depth = messages.depth(_ms())
        policy = {"deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}{DEAD}", "maxReceiveCount": "1000"}
        return {
            "ApproximateNumberOfMessages": str(depth.visible),
            "ApproximateNumberOfMessagesNotVisible": str(depth.in_flight),
            "ApproximateNumberOfMessagesDelayed": str(depth.delayed),
            **({} if name.endswith(DEAD) else {"RedrivePolicy": json.dumps(policy)}),
        }


def _ms(after_seconds: float = 0) -> int:
    return int((time.time() + after_seconds) * 1000)


def _received(delivery: Delivery) -> Parameters:
    return {
        "MessageId": _digest(delivery.body),
        "ReceiptHandle": delivery.receipt,
        "MD5OfBody": _digest(delivery.body),
        "Body": delivery.body,
        "Attributes": {
            "ApproximateReceiveCount": str(delivery.attempt),
            "SentTimestamp": str(delivery.sent_at_ms),
        },
    }


def _digest(body: str) -> str:
    return md5(body.encode(), usedforsecurity=False).hexdigest()


async def main() -> int:
    """Until it is told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--data", type=Path, required=True)
    arguments = parser.parse_args()
    stop = stop_signal()
    app = web.Application(client_max_size=BODY_BYTES)
    app.router.add_post("/{path:.*}", Service(arguments.data).call)
    runner = await serve_app(app, "127.0.0.1", arguments.port)
    print(f"sqs {url_of(runner)}", flush=True)
    await stop.wait()
    await runner.cleanup()
    return 0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(run(main()))
