"""Patrons: good clients at a steady rate, in a process of their own; half keep their connection, half come anew.

`python -m tests.chaos.patrons HOST PORT PER_SECOND SECONDS` says in the end, as JSON, how each was served. A wait
counts from the moment that the request was due, so that a stall hides nothing.
"""

import asyncio
import sys
import time

import msgspec

KEPT = 25
PATIENCE_SECONDS = 10.0
BODY = b'{"property":"demo","url":"https://shop.example.com/products/shoes","title":"Shoes","screen":[1920,1080]}'
REQUEST = b"POST /v1/beacon HTTP/1.1\r\nHost: stats.example.com\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Visit(msgspec.Struct):
    """One request."""

    due: float
    """Seconds since the first."""
    wait_seconds: float
    status: int
    """0: none came."""


class Patrons:
    """All of them."""

    def __init__(self, host: str, port: int) -> None:
        self._place = host, port
        self._began = time.monotonic()
        self.visits: list[Visit] = []

    async def come(self, per_second: float, seconds: float) -> None:
        """At `per_second`, for so long."""
        self._began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(KEPT):
                group.create_task(self._stay(number * 2 / per_second, KEPT * 2 / per_second, seconds))
            for number in range(int(per_second * seconds / 2)):
                group.create_task(self._call((2 * number + 1) / per_second))

    async def _stay(self, first: float, every: float, seconds: float) -> None:
        """One who keeps the connection."""
        streams, due = None, first
        while due < seconds:
            streams = await self._visit(due, streams)
            due += every
        if streams:
            streams[1].close()

    async def _call(self, due: float) -> None:
        """One who comes once."""
        if streams := await self._visit(due, None):
            streams[1].close()

    async def _visit(self, due: float, streams: Streams | None) -> Streams | None:
        """The connection, when it is still good."""
        await asyncio.sleep(max(0.0, self._began + due - time.monotonic()))
        status = 0
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                reader, writer = streams or await asyncio.open_connection(*self._place)
                writer.write(REQUEST)
                head = await reader.readuntil(b"\r\n\r\n")
                status = int(head.split()[1])
        except (OSError, EOFError, TimeoutError):
            return None
        finally:
            self.visits.append(Visit(due, time.monotonic() - self._began - due, status))
        return (reader, writer) if status == 204 else None


async def main(host: str, port: str, per_second: str, seconds: str) -> None:
    patrons = Patrons(host, int(port))
    await patrons.come(float(per_second), float(seconds))
    print(msgspec.json.encode(patrons.visits).decode(), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
