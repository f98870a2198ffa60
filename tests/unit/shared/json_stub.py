"""A server that speaks Amazon's JSON, and answers each operation as the test says."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Asked = dict[str, Any]
Answer = Callable[[Asked], Any]
"""A dictionary, bytes that may be garbage, a response, or an awaitable of one."""
KEYS = {"AWS_ACCESS_KEY_ID": "operator", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": ""}


class Stub:
    """Notes what it is asked, by operation."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.url = ""
        self.answers = answers
        self.asked: list[tuple[str, Asked]] = []
        self.connections: set[object] = set()
        self.closes_connections = False

    @property
    def counted(self) -> Counter[str]:
        """How often each operation was called."""
        return Counter(operation for operation, _ in self.asked)

    def of(self, operation: str) -> list[Asked]:
        """What each call of it asked for."""
        return [asked for name, asked in self.asked if name == operation]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.connections.add(request.transport)
        asked = json.loads(await request.read())
        operation = request.headers["X-Amz-Target"].partition(".")[2]
        self.asked.append((operation, asked))
        told = self.answers.get(operation, nothing)(asked)
        if isinstance(told, Awaitable):
            told = await told
        response = told if isinstance(told, web.StreamResponse) else web.Response(body=as_bytes(told))
        if self.closes_connections:
            response.force_close()
        return response


def as_bytes(told: Any) -> bytes:
    return told if isinstance(told, bytes) else json.dumps(told).encode()


def nothing(asked: Asked) -> Asked:
    return {}


async def never(asked: Asked) -> None:
    await asyncio.sleep(3600)


def refusal(code: str, message: str = "", status: int = 400) -> Answer:
    body = json.dumps({"__type": f"com.amazonaws.sqs#{code}", "message": message}).encode()
    return lambda _: web.Response(status=status, body=body)


@asynccontextmanager
async def json_stub(answers: dict[str, Answer] | None = None) -> AsyncIterator[Stub]:
    """On a free port, until the end of the block; who waits for an answer then waits in vain."""
    stub = Stub(answers or {})
    application = web.Application(client_max_size=8 << 20)
    application.router.add_route("*", "/{path:.*}", stub.answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    stub.url = f"http://{host}:{port}"
    try:
        yield stub
    finally:
        await runner.cleanup()
