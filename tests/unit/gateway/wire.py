"""HTTP/1.1 as bytes on a socket: nothing that a client library would mend, add or hide."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

PATIENCE_SECONDS = 5.0
NO_BODY = (204, 304)


class Reply(NamedTuple):
    """What the server sent: header names in lower case, once each."""

    version: str
    status: int
    phrase: str
    headers: dict[str, str]
    body: bytes

    @property
    def reject(self) -> str:
        """The reason in the header; empty when there is none."""
        return self.headers.get("x-blockmetry-reject", "")

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)


class Wire:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, sent: bytes) -> None:
        """As it is."""
        self._writer.write(sent)

    def finish(self, sent: bytes) -> None:
        """As it is, and nothing after it: the client's half of the connection is closed."""
        self._writer.write(sent)
        self._writer.write_eof()

    async def reply(self, method: str = "GET") -> Reply:
        """The next one; `method` is what it answers."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = await self._reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode("utf-8", "surrogateescape").removesuffix("\r\n\r\n").split("\r\n")
            version, status, phrase = first.split(" ", 2)
            pairs = [line.split(": ", 1) for line in lines]
            headers = {name.lower(): value for name, value in pairs}
            assert len(headers) == len(pairs), f"a header came twice: {lines}"
            has_body = method != "HEAD" and int(status) not in NO_BODY
            body = await self._reader.readexactly(int(headers["content-length"])) if has_body else b""
            return Reply(version, int(status), phrase, headers, body)

    async def ended(self) -> bool:
        """The server closes the connection, and sends nothing more."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self._reader.read() == b""

    def abort(self) -> None:
        """As a visitor who closes the browser."""
        self._writer.transport.abort()


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Wire]:
    """Closed at the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()


async def ask(port: int, sent: bytes) -> Reply:
    """One request on a connection of its own."""
    async with connected(port) as wire:
        wire.send(sent)
        return await wire.reply(sent.partition(b" ")[0].decode())


def request(method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """The bytes of an ordinary request; header values in latin-1, so that any byte can be sent."""
    lines = {"Host": "stats.example.com", **({"Content-Length": str(len(body))} if body else {}), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body
