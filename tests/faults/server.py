"""A server that speaks Amazon's languages and fails as it is told to, over plain HTTP or TLS."""

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.faults.amazon import Amazon
from tests.faults.certificates import Authority
from tests.faults.fault import AT_ONCE, Fault, Manners, Wire, answer, misread
from tests.faults.request import Head, Request, read_head
from tests.faults.thread import LoopThread, loop_thread, reset


class FaultyServer:
    """One, always at the same port. Turned to no fault, it does what it is asked: see `amazon`."""

    def __init__(self, thread: LoopThread, authority: Authority | None) -> None:
        self.amazon = Amazon()
        self.requests: list[Request] = []
        """That were read to their end."""
        self.connections = 0
        self.pace_seconds = 1.0
        """Between two bytes, where it trickles."""
        self.elsewhere = "http://127.0.0.1:9"
        """Where it sends whoever is redirected."""
        self.fault_of: dict[str, Fault] = {}
        """By operation, instead of the fault for all; for faults that read the whole request."""
        self.fault: Fault | None = None
        self._context: ssl.SSLContext | None = authority.server if authority else None
        self._thread = thread
        self._port = 0
        self._listening: asyncio.Task[None] | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self._unbegun: dict[asyncio.Task[None] | None, socket.socket] = {}
        thread.run(self._listen())

    @property
    def url(self) -> str:
        """To use as an endpoint."""
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self._port}"

    @property
    def operations(self) -> Counter[str]:
        """How often each was asked for."""
        return Counter(request.operation for request in self.requests)

    def turn(self, fault: Fault | None) -> None:
        """For every request from now on. From any thread, and in a coroutine too: it takes no time."""
        self._thread.run(self._turn(fault))

    async def _turn(self, fault: Fault | None) -> None:
        self.fault = fault
        if fault is Fault.REFUSE and self._listening:
            self._listening.cancel()
            for task in self._serving:
                task.cancel()
            await asyncio.wait({self._listening, *self._serving})
            self._listening = None
        elif fault is not Fault.REFUSE and self._listening is None:
            await self._listen()

    async def _listen(self) -> None:
        listener = socket.create_server(("127.0.0.1", self._port), backlog=1024)
        listener.setblocking(False)
        self._port = listener.getsockname()[1]
        self._listening = asyncio.create_task(self._accept(listener))

    async def _accept(self, listener: socket.socket) -> None:
        with listener:
            while True:
                connection, _ = await asyncio.get_running_loop().sock_accept(listener)
                self.connections += 1
                task = asyncio.create_task(self._serve(connection))
                self._unbegun[task] = connection
                self._serving.add(task)
                task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._serving.discard(task)
        if unbegun := self._unbegun.pop(task, None):  # cancelled before its first turn
            unbegun.close()

    async def _serve(self, connection: socket.socket) -> None:
        self._unbegun.pop(asyncio.current_task(), None)
        if self.fault is Fault.HANG_AT_ONCE:
            with connection:
                await asyncio.Event().wait()
        try:
            wire = await self._open(connection)
        except OSError:  # a client that does not trust us, or has no time
            connection.close()
            return
        except asyncio.CancelledError:
            connection.close()
            raise
        try:
            with suppress(EOFError, OSError):
                while await self._serve_one(wire):
                    pass
        except asyncio.CancelledError:
            reset(wire.writer)
        finally:
            wire.writer.close()

    async def _open(self, connection: socket.socket) -> Wire:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await loop.connect_accepted_socket(lambda: protocol, connection, ssl=self._context)
        return Wire(reader, asyncio.StreamWriter(transport, protocol, reader, loop))

    async def _serve_one(self, wire: Wire) -> bool:
        """Whether another request may follow."""
        head = await read_head(wire.reader)
        manners = Manners(self.pace_seconds, self.elsewhere)
        if self.fault in AT_ONCE:
            await misread(self.fault, head, wire, manners)
            return False
        request = Request(head, await self._read_body(head, wire))
        self.requests.append(request)
        return await answer(self.fault_of.get(request.operation, self.fault), request, wire, self.amazon, manners)

    async def _read_body(self, head: Head, wire: Wire) -> bytes:
        if head.waits_to_continue and self.fault is Fault.NO_CONTINUE:
            await wire.hang()
        elif head.waits_to_continue:
            await wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        return await wire.reader.readexactly(head.length)


@contextmanager
def faulty(authority: Authority | None = None) -> Iterator[FaultyServer]:
    """A server without a fault yet; over TLS with an authority."""
    with loop_thread() as thread:
        server = FaultyServer(thread, authority)
        try:
            yield server
        finally:
            server.turn(Fault.REFUSE)
