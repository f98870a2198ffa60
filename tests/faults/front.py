"""Front: stands before a real server, passes bytes on faithfully, and breaks when it is told to."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from urllib.parse import urlsplit

from tests.faults.thread import LoopThread, loop_thread, reset
from tests.running import free_port

CHUNK_BYTES = 1 << 16
TRICKLE_BYTES = 64
TRICKLE_SECONDS = 0.02


class Way(StrEnum):
    """Which bytes it concerns."""

    THERE = "there"
    """Towards the server."""
    BACK = "back"


class Mode(StrEnum):
    """How it treats whoever comes. Connections from before are treated so as well."""

    FORWARD = "forward"
    REFUSE = "refuse"
    """Nobody listens."""
    RESET = "reset"
    """Accepted, and reset at once."""

    # These wait for bytes, and concern one way of them or both.
    LOSE = "lose"
    """What comes is not passed on; both sides are reset. THERE: a request that never arrives. BACK: its answer."""
    BLACK_HOLE = "black_hole"
    """What comes is taken and not passed on, not even after it is mended: such a connection is lost."""
    TRUNCATE = "truncate"
    """A half of what comes is passed on; then both sides are closed in good order."""
    TRICKLE = "trickle"
    """A few bytes at a time."""
    DELAY = "delay"
    """As FORWARD, `delay_seconds` later."""


BOTH = (Way.THERE, Way.BACK)


class Front:
    """Always at the same port."""

    def __init__(self, thread: LoopThread, target: str, delay_seconds: float, only: bytes) -> None:
        self.mode = Mode.FORWARD
        self.ways: tuple[Way, ...] = BOTH
        self.delay_seconds = delay_seconds
        self.connections = 0
        """How many have ever been accepted."""
        self.hits: Counter[tuple[Mode, Way]] = Counter()
        """How often it broke something on its way."""
        parts = urlsplit(target)
        self._scheme = parts.scheme
        self._target = parts.hostname or "", parts.port or 80
        self._only = only
        self._thread = thread
        self._port = free_port()
        self._listener: asyncio.Server | None = None
        self._open: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}
        thread.run(self._listen())

    @property
    def url(self) -> str:
        """To use in the server's stead."""
        return f"{self._scheme}://127.0.0.1:{self._port}"

    def turn(self, mode: Mode, *ways: Way) -> None:
        """Has happened when this returns. From any thread, and in a coroutine too: it takes no time.

        Without `ways`, it concerns both.
        """
        self._thread.run(self._turn(mode, ways or BOTH))

    async def _turn(self, mode: Mode, ways: tuple[Way, ...]) -> None:
        self.mode, self.ways = mode, ways
        if mode is Mode.REFUSE and self._listener:
            self._listener.close()
            self._listener = None
        elif mode is not Mode.REFUSE and self._listener is None:
            await self._listen()
        if mode in (Mode.REFUSE, Mode.RESET):
            for writer, task in self._open.items():
                self.hits[mode, Way.THERE] += 1
                reset(writer)
                if task:
                    task.cancel()

    async def _listen(self) -> None:
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", self._port, backlog=1024)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open[writer] = asyncio.current_task()
        try:
            if self.mode in (Mode.RESET, Mode.REFUSE):
                self.hits[self.mode, Way.THERE] += 1
                reset(writer)
            else:
                await self._forward(reader, writer)
        except (OSError, asyncio.CancelledError):
            reset(writer)
        finally:
            del self._open[writer]
            writer.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until both sides have ended, or either breaks."""
        first = await reader.read(CHUNK_BYTES)
        may_be_hit = first.startswith(self._only)
        upstream, onward = await asyncio.open_connection(*self._target)
        there = asyncio.ensure_future(self._pass(Way.THERE, reader, onward, may_be_hit, first))
        back = asyncio.ensure_future(self._pass(Way.BACK, upstream, writer, may_be_hit))
        try:
            await asyncio.gather(there, back)
        except EOFError:
            writer.write_eof()
            onward.write_eof()
        finally:
            there.cancel()
            back.cancel()
            onward.transport.abort()

    async def _pass(
        self,
        way: Way,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        may_be_hit: bool,
        chunk: bytes = b"",
    ) -> None:
        """Raises `EOFError` where it ends what goes on in good order."""
        while chunk := chunk or await reader.read(CHUNK_BYTES):
            if may_be_hit and way in self.ways and self.mode is not Mode.FORWARD:
                self.hits[self.mode, way] += 1
                await self._hit(chunk, reader, writer)
            else:
                writer.write(chunk)
                await writer.drain()
            chunk = b""
        writer.write_eof()

    async def _hit(self, chunk: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        match self.mode:
            case Mode.BLACK_HOLE:
                await _swallow(reader)
                raise ConnectionResetError
            case Mode.TRUNCATE:
                writer.write(chunk[: len(chunk) // 2])
                await writer.drain()
                raise EOFError
            case Mode.DELAY:
                await asyncio.sleep(self.delay_seconds)
                writer.write(chunk)
            case Mode.TRICKLE:
                for place in range(0, len(chunk), TRICKLE_BYTES):
                    writer.write(chunk[place : place + TRICKLE_BYTES])
                    await asyncio.sleep(TRICKLE_SECONDS)
            case _:
                raise ConnectionResetError
        await writer.drain()


@contextmanager
def forwarder(target: str, delay_seconds: float = 0.1, only: bytes = b"") -> Iterator[Front]:
    """A front of the server at this URL; plain TCP, so that TLS passes through it as well.

    `only`: what waits for bytes hits those connections alone whose first bytes are these.
    """
    with loop_thread() as thread:
        front = Front(thread, target, delay_seconds, only)
        try:
            yield front
        finally:
            front.turn(Mode.REFUSE)


async def _swallow(reader: asyncio.StreamReader) -> None:
    while await reader.read(CHUNK_BYTES):
        pass
