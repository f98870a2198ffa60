"""A gateway that is fed bytes piece by piece, and what comes of them: answers, beacons, counts."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from prometheus_client import CollectorRegistry

from shared import beacon as beacons
from shared.beacon import Beacon
from tests.unit.gateway.serving import MemoryQueue, server_of

PEER = ("192.0.2.7", 4711)
QUIET_TURNS = 12
"""Of the loop: when nothing has been answered in so many, nothing more will be."""
DATE = re.compile(rb"\r\nDate: [^\r]*")


class Came(NamedTuple):
    """Of the bytes of one connection; times and random ids, which nobody can repeat, are left out."""

    answers: bytes
    is_closed: bool
    beacons: list[Beacon]
    counts: dict[tuple[str, ...], float]


class Pipe(asyncio.Transport):
    """The client's side of a connection."""

    def __init__(self) -> None:
        super().__init__({"peername": PEER})
        self.received = b""
        self.is_closed = False

    def write(self, data: Any) -> None:
        self.received += b"" if self.is_closed else bytes(data)

    async def is_quiet(self) -> None:
        """Returns when all that can be answered has been."""
        known, quiet = -1, 0
        while quiet < QUIET_TURNS:
            quiet = quiet + 1 if len(self.received) == known else 0
            known = len(self.received)
            await asyncio.sleep(0)

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return self.is_closed

    def is_reading(self) -> bool:
        return True

    def pause_reading(self) -> None:
        return

    def resume_reading(self) -> None:
        return

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        self.is_closed = True


class Fed:
    """A gateway without a port."""

    def __init__(self, data: Path, *, has_shortcut: bool) -> None:
        self._registry = CollectorRegistry()
        self._server = server_of(data, MemoryQueue(), self._registry)
        if not has_shortcut:
            self._server._front._at_once = None

    async def feed(self, pieces: Sequence[bytes], *, is_hasty: bool) -> Came:
        """`is_hasty`: the next piece comes before anything is answered."""
        before = self._counts()
        connection, pipe = self._server._front._connect(), Pipe()
        connection.connection_made(pipe)
        await pipe.is_quiet()
        for piece in pieces:
            if not pipe.is_closed:
                connection.data_received(piece)
            if not is_hasty:
                await pipe.is_quiet()
        await pipe.is_quiet()
        is_closed = pipe.is_closed
        pipe.close()
        connection.connection_lost(None)
        await pipe.is_quiet()
        counts = {key: count - before.get(key, 0) for key, count in self._counts().items()}
        return Came(DATE.sub(b"", pipe.received), is_closed, self._beacons(), counts)

    async def end(self) -> None:
        """The journal is closed."""
        await self._server.stop()

    def _beacons(self) -> list[Beacon]:
        journal = self._server._journal
        stretch = journal.read(1 << 22)
        journal.commit(stretch.end)
        return [msgspec.structs.replace(beacons.decode(one), id=b"", received_at_ms=0) for one in stretch.payloads]

    def _counts(self) -> dict[tuple[str, ...], float]:
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in self._registry.collect()
            for sample in family.samples
            if sample.name.endswith(("received_total", "rejected_total", "ack_seconds_count"))
        }
