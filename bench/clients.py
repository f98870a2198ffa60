"""Clients in this process: connections that keep alive, all driven by one loop, as cheap as Python allows."""

import gc
import selectors
import socket
import time
from collections import deque
from collections.abc import Iterator
from typing import Self

from bench.servers import address

ACK = b"HTTP/1.1 204"
HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"
RECEIVED_BYTES = 1 << 16
PATIENCE_SECONDS = 10.0
"""For the last answers."""


class _Connection:
    """One client, with one request under way at most."""

    def __init__(self, server: tuple[str, int]) -> None:
        self.socket = socket.create_connection(server)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.since = 0.0
        self.is_waiting = False


class Clients:
    """All connections to one server; a broken one is replaced."""

    def __init__(self, url: str, connections: int, sending: Iterator[bytes]) -> None:
        self.latencies: list[float] = []
        """Seconds, of the requests that were answered with 204."""
        self.others = 0
        """Requests with another answer, or none."""
        self._server = address(url)
        self._sending = sending
        self._selector = selectors.DefaultSelector()
        self._idle: deque[_Connection] = deque()
        self._under_way = 0
        for _ in range(connections):
            self._connect()

    def __enter__(self) -> Self:
        gc.collect()
        gc.disable()  # a pause of ours would pass for one of the server's
        return self

    def __exit__(self, *_: object) -> None:
        gc.enable()
        for key in list(self._selector.get_map().values()):
            key.data.socket.close()
        self._selector.close()

    def has_idle(self, patience_seconds: float = 0.0) -> bool:
        """Whether one is idle, once the answers are taken that are there, or, if none is, come within that time."""
        for key, _ in self._selector.select(0.0 if self._idle else patience_seconds):
            self._take(key.data)
        return bool(self._idle)

    def send(self, since: float) -> None:
        """The next request, on a connection that is idle. `since`: what its latency counts from (`perf_counter`)."""
        connection = self._idle.popleft()
        connection.since = since
        connection.is_waiting = True
        self._under_way += 1
        try:
            connection.socket.sendall(next(self._sending))
        except OSError:
            self._replace(connection)

    def finish(self) -> None:
        """Waits for the last answers, if not for ever."""
        deadline = time.perf_counter() + PATIENCE_SECONDS
        while self._under_way and time.perf_counter() < deadline:
            for key, _ in self._selector.select(0.1):
                self._take(key.data)
        self.others += self._under_way

    def _take(self, connection: _Connection) -> None:
        try:
            received = connection.socket.recv(RECEIVED_BYTES)
        except OSError:
            received = b""
        if not received:
            self._replace(connection)
            return
        connection.received += received
        if connection.is_waiting and _is_whole(connection.received):
            self._count(connection)
            self._idle.append(connection)

    def _count(self, connection: _Connection) -> None:
        if connection.received.startswith(ACK):
            self.latencies.append(time.perf_counter() - connection.since)
        else:
            self.others += 1
        connection.received = b""
        connection.is_waiting = False
        self._under_way -= 1

    def _replace(self, connection: _Connection) -> None:
        """The server has closed it."""
        if connection.is_waiting:
            self.others += 1
            self._under_way -= 1
        else:
            self._idle.remove(connection)
        self._selector.unregister(connection.socket)
        connection.socket.close()
        self._connect()

    def _connect(self) -> None:
        connection = _Connection(self._server)
        self._selector.register(connection.socket, selectors.EVENT_READ, connection)
        self._idle.append(connection)


def _is_whole(answer: bytes) -> bool:
    """A 204 ends with its head; any other says how long it is."""
    head, end, body = answer.partition(HEAD_END)
    if not end or answer.startswith(ACK):
        return bool(end)
    lengths = [line for line in head.lower().splitlines() if line.startswith(LENGTH)]
    return len(body) >= int(lengths[0].removeprefix(LENGTH)) if lengths else True
