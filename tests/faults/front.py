"""Front: stands before a real server, passes bytes on faithfully, and breaks when it is told to."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from urllib.parse import urlsplit

from tests.faults.thread import LoopThread, loop_thread, reset

CHUNK_BYTES = 1 << 16


class Mode(StrEnum):
    """How it treats whoever comes. Connections from before are treated so as well."""

    FORWARD = "forward"
    REFUSE = "refuse"
    """Nobody listens."""
    RESET = "reset"
    """Accepted, and reset at once."""
    BLACK_HOLE = "black_hole"
    """Everything is accepted and nothing comes back, not even after it is mended: such a connection is lost."""
    LOSE_ANSWERS = "lose_answers"
    """Requests reach the server; instead of its answer comes a reset."""
    DELAY = "delay"
    """As FORWARD, `delay_seconds` later."""


class Front:
    """Always at the same port."""

    def __init__(self, thread: LoopThread, target: str, delay_seconds: float) -> None:
        self.mode = Mode.FORWARD
        self.delay_seconds = delay_seconds
        self.connections = 0
        """How many have ever been accepted."""
        parts = urlsplit(target)
        self._scheme = parts.scheme
        self._target = parts.hostname or "", parts.port or 80
        self._thread = thread
        self._port = 0
        self._listener: asyncio.Server | None = None
        self._open: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}
        thread.run(self._listen())

    @property
    def url(self) -> str:
        """To use in the server's stead."""
        return f"{self._scheme}://127.0.0.1:{self._port}"

    def turn(self, mode: Mode) -> None:
        """Has happened when this returns. From any thread, and in a coroutine too: it takes no time."""
        self._thread.run(self._turn(mode))

    async def _turn(self, mode: Mode) -> None:
        self.mode = mode
        if mode is Mode.REFUSE and self._listener:
            self._listener.close()
            self._listener = None
        elif mode is not Mode.REFUSE and self._listener is None:
            await self._listen()
        if mode in (Mode.REFUSE, Mode.RESET):
            for writer, task in self._open.items():
                reset(writer)
                if task:
                    task.cancel()

    async def _listen(self) -> None:
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", self._port, backlog=1024)
        self._port = self._listener.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open[writer] = asyncio.current_task()
        try:
            if self.mode in (Mode.RESET, Mode.REFUSE):
                reset(writer)
            elif self.mode is Mode.BLACK_HOLE:
                await _swallow(reader)
            else:
                await self._forward(reader, writer)
        except (OSError, asyncio.CancelledError):
            reset(writer)
        finally:
            del self._open[writer]
            writer.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until both sides have ended, or either breaks."""
        upstream, onward = await asyncio.open_connection(*self._target)
        there = asyncio.ensure_future(self._pass_on(reader, onward))
        back = asyncio.ensure_future(self._pass_back(upstream, writer))
        try:
            await asyncio.gather(there, back)
        finally:
            there.cancel()
            back.cancel()
            onward.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, onward: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(CHUNK_BYTES):
            if self.mode is Mode.BLACK_HOLE:
                await _swallow(reader)
                raise ConnectionResetError
            if self.mode is Mode.DELAY:
                await asyncio.sleep(self.delay_seconds)
            onward.write(chunk)
            await onward.drain()
        onward.write_eof()

    async def _pass_back(self, upstream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await upstream.read(CHUNK_BYTES):
            if self.mode is Mode.LOSE_ANSWERS:
                raise ConnectionResetError
            if self.mode is Mode.BLACK_HOLE:
                await asyncio.Event().wait()
            writer.write(chunk)
            await writer.drain()
        writer.write_eof()


@contextmanager
def forwarder(target: str, delay_seconds: float = 0.1) -> Iterator[Front]:
    """A front of the server at this URL; plain TCP, so that TLS passes through it as well."""
    with loop_thread() as thread:
        front = Front(thread, target, delay_seconds)
        try:
            yield front
        finally:
            front.turn(Mode.REFUSE)


async def _swallow(reader: asyncio.StreamReader) -> None:
    while await reader.read(CHUNK_BYTES):
        pass
