"""An S3 server that takes every object at once and keeps none: what is measured against it must be slower.

`PUT` is counted by key; `GET` tells the tally.
"""

import asyncio
import re
import sys
import time
from typing import NamedTuple, cast

import msgspec

from shared.loop import run, stop_signal

HEAD_END = b"\r\n\r\n"
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
EXPECTS = re.compile(rb"\r\nexpect: *100-continue", re.IGNORECASE)
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
TAKEN = b'HTTP/1.1 200 OK\r\nETag: "d41d8cd98f00b204e9800998ecf8427e"\r\nContent-Length: 0\r\n\r\n'
TOLD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


class Taken(NamedTuple):
    """What a server has taken so far."""

    puts: int
    keys: int
    """Distinct ones."""
    first_at: float
    last_at: float
    """Of the first and the last PUT, on the clock that `time.monotonic` reads in every process."""
    cpu_seconds: float
    """Since the first PUT."""


class Tally:
    """Kept by all connections together."""

    def __init__(self) -> None:
        self._puts = 0
        self._keys: set[bytes] = set()
        self._first_at = self._last_at = self._idle_cpu_seconds = 0.0

    def add(self, key: bytes) -> None:
        """A PUT."""
        self._last_at = time.monotonic()
        if not self._puts:
            self._first_at, self._idle_cpu_seconds = self._last_at, time.process_time()
        self._puts += 1
        self._keys.add(key)

    def taken(self) -> Taken:
        """So far."""
        cpu_seconds = time.process_time() - self._idle_cpu_seconds
        return Taken(self._puts, len(self._keys), self._first_at, self._last_at, cpu_seconds)


class Connection(asyncio.Protocol):
    """HTTP/1.1, kept alive, one request after the other."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._received = b""
        self._is_invited = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begins."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name

    def data_received(self, data: bytes) -> None:
        """Answers what is whole by now."""
        self._received += data
        while self._answer_next():
            pass

    def _answer_next(self) -> bool:
        """False when the next request is not whole yet."""
        head_end = self._received.find(HEAD_END)
        if head_end < 0:
            return False
        head = self._received[:head_end]
        length = CONTENT_LENGTH.search(head)
        end = head_end + len(HEAD_END) + (int(length[1]) if length else 0)
        if len(self._received) < end:
            self._invite(head)
            return False
        self._received = self._received[end:]
        self._is_invited = False
        self._answer(head)
        return True

    def _invite(self, head: bytes) -> None:
        """Some send the body only when told to."""
        if not self._is_invited and EXPECTS.search(head):
            self._is_invited = True
            self._transport.write(CONTINUE)

    def _answer(self, head: bytes) -> None:
        method, path, _ = head.split(b" ", 2)
        if method == b"PUT":
            self._tally.add(path)
            self._transport.write(TAKEN)
        else:
            body = msgspec.json.encode(self._tally.taken())
            self._transport.write(TOLD % len(body) + body)


async def main() -> int:
    """Until it is told to stop."""
    stop = stop_signal()
    tally = Tally()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(tally), "127.0.0.1", 0, backlog=1024)
    print(f"s3 http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await stop.wait()
    server.close()
    return 0


if __name__ == "__main__":
    sys.exit(run(main()))
