"""Crowd: clients that are slow in every way there is, in a process of their own.

`python -m tests.chaos.crowd HOST PORT COUNT SECONDS`: says `standing` when all are connected; and in the end, or when
its input ends, what became of each kind, as JSON.
"""

import json
import select
import socket
import sys
import time
from itertools import cycle, islice
from typing import NamedTuple

import msgspec

SLOT_SECONDS = 0.01
SLOTS = 100
"""Each client sends its next bytes in its own hundredth of the second."""
CONNECT_SECONDS = 10.0
QUIET_SECONDS = 0.3
"""When nobody was closed for so long, nobody else has been."""
POST = b"POST /v1/beacon HTTP/1.1\r\nHost: slow\r\n"
IN_CHUNK = POST + b"Transfer-Encoding: chunked\r\n\r\nff\r\n{"
CLOSED = select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR

READS_NOTHING = "reads nothing"
"""Its own kernel does not even tell it that it has been closed."""


class Kind(NamedTuple):
    """What is sent at once, and each second after that."""

    start: bytes
    drip: bytes


KINDS = {
    "silent": Kind(b"", b""),
    "in the line": Kind(b"POST /v1/", b"a"),
    "in the headers": Kind(POST + b"X-Slow: ", b"a"),
    "header by header": Kind(POST, b"X: a\r\n"),
    "empty lines": Kind(b"\r\n", b"\r\n"),
    "in the body": Kind(POST + b"Content-Length: 1000\r\n\r\n{", b" "),
    "no body": Kind(POST + b"Content-Length: 1000\r\n\r\n", b""),
    "in a chunk": Kind(IN_CHUNK, b" "),
    "half a chunk": Kind(IN_CHUNK, b""),
    READS_NOTHING: Kind(b"GET /v1/tag.js HTTP/1.1\r\nHost: slow\r\n\r\n" * 20, b""),
}


class Fate(msgspec.Struct):
    """Of all clients of one kind."""

    connected: int = 0
    failed: int = 0
    closed: int = 0
    """By the server."""
    longest_seconds: float = 0.0
    """From connecting to being closed."""


class Client(NamedTuple):
    """One of them."""

    connection: socket.socket
    kind: str
    since: float


class Crowd:
    """All of them, in one thread."""

    def __init__(self) -> None:
        self.fates = {kind: Fate() for kind in KINDS}
        self._clients: dict[int, Client] = {}
        self._poll = select.epoll()

    def connect(self, place: tuple[str, int], kind: str) -> None:
        """One more."""
        try:
            connection = connected(place, kind)
        except OSError:
            self.fates[kind].failed += 1
            return
        self.fates[kind].connected += 1
        self._clients[connection.fileno()] = Client(connection, kind, time.monotonic())
        connection.setblocking(False)
        self._poll.register(connection, CLOSED)
        self._send(connection.fileno(), KINDS[kind].start)

    def stand(self, seconds: float) -> None:
        """So long, or until the input ends."""
        began = time.monotonic()
        slot = 0
        self._poll.register(sys.stdin, CLOSED)
        while (now := time.monotonic()) < began + seconds:
            for number, _ in self._poll.poll(max(0.0, began + slot * SLOT_SECONDS - now)):
                if number == sys.stdin.fileno():
                    self._note_the_last()
                    return
                self._note_end(number)
            if time.monotonic() >= began + slot * SLOT_SECONDS:
                self._drip(slot % SLOTS)
                slot += 1

    def _note_the_last(self) -> None:
        """Those whom the server has closed already."""
        self._poll.unregister(sys.stdin)
        while ended := self._poll.poll(QUIET_SECONDS):
            for number, _ in ended:
                self._note_end(number)

    def _drip(self, slot: int) -> None:
        for number in [number for number in self._clients if number % SLOTS == slot]:
            self._send(number, KINDS[self._clients[number].kind].drip)

    def _send(self, number: int, sent: bytes) -> None:
        try:
            if sent:
                self._clients[number].connection.send(sent)
        except BlockingIOError:
            pass  # the server has stopped reading: as slow as can be
        except OSError:
            self._note_end(number)

    def _note_end(self, number: int) -> None:
        client = self._clients.pop(number)
        client.connection.close()
        fate = self.fates[client.kind]
        fate.closed += 1
        fate.longest_seconds = max(fate.longest_seconds, time.monotonic() - client.since)


def connected(place: tuple[str, int], kind: str) -> socket.socket:
    """Who reads nothing has no room for it either."""
    connection = socket.socket()
    connection.settimeout(CONNECT_SECONDS)
    if kind == READS_NOTHING:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(place)
    return connection


def main(host: str, port: str, count: str, seconds: str) -> None:
    crowd = Crowd()
    for kind in islice(cycle(KINDS), int(count)):
        crowd.connect((host, int(port)), kind)
    print("standing", flush=True)
    crowd.stand(float(seconds))
    print(json.dumps(msgspec.to_builtins(crowd.fates)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
