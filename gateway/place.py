"""Place: one of the processes that share a port, as its parent sees it: begun, started again, renewed, ended."""

import asyncio
import logging
import signal
import socket
from collections.abc import Iterator, Sequence

from gateway import listening, process
from gateway.process import Process

START_SECONDS = 60.0
"""How long a successor may take until it serves; then its predecessor stays."""
LONGEST_PAUSE_SECONDS = 30.0
STAND_ASIDE_SECONDS = 2.0
"""A place that pauses for as long leaves the port to the others meanwhile."""

log = logging.getLogger("blockmetry.processes")


class Place:
    """Keeps one process serving on its sockets, which outlive it: who connects meanwhile waits for the next."""

    def __init__(self, number: int, command: Sequence[str], public: socket.socket, admin: socket.socket) -> None:
        self.number = number
        self._command = command
        self._public = public
        self._address: tuple[str, int] = public.getsockname()[:2]
        self._admin = admin
        self._process: Process | None = None
        """The one that serves, or will."""
        self._endings: dict[Process, asyncio.Task[int]] = {}
        """Of all that have not ended yet."""
        self._is_vacant = asyncio.Event()
        self._changing = asyncio.Lock()
        self._pauses = pauses()

    async def begin(self) -> int:
        """0 once a process serves; else the exit code of one that cannot. Raises `OSError`."""
        first = await self._start()
        if not await first.serves():
            return max(1, await first.ended())
        self._take_over(first)
        return 0

    async def keep(self) -> None:
        """Until cancelled: a process that has ended is followed by another. Raises `OSError`: not now."""
        while True:
            await self._is_vacant.wait()
            await self._pause(next(self._pauses))
            async with self._changing:
                if not self._process:
                    self._process = await self._start()
                self._is_vacant.clear()

    async def renew(self) -> bool:
        """A successor serves, and its predecessor leaves; or False, and the predecessor stays. Raises `OSError`."""
        async with self._changing:
            successor = await self._start()
            if not await _comes_up(successor):
                successor.signal(signal.SIGKILL)
                await successor.ended()
                log.error("process %d stays as it is: what should follow it does not serve", self.number)
                return False
            predecessor = self._process
            self._take_over(successor)
            self._pauses = pauses()
        if predecessor:
            predecessor.relieve()
        log.info("process %d is renewed", self.number)
        return True

    async def leave(self, patience_seconds: float) -> bool:
        """All have ended: whether they did so when they were told to, and well."""
        self._public.close()
        self._admin.close()
        self._process = None
        endings = list(self._endings.values())
        self._signal(signal.SIGTERM)
        if endings:
            await asyncio.wait(endings, timeout=patience_seconds)
        self._signal(signal.SIGKILL)
        return all(code in (0, -signal.SIGTERM) for code in await asyncio.gather(*endings))

    async def _start(self) -> Process:
        if self._public.fileno() < 0:
            self._public = listening.share_too(*self._address)
        started = await process.start(self._command, self.number, self._public, self._admin)
        self._endings[started] = asyncio.create_task(self._watch(started))
        return started

    def _take_over(self, serving: Process) -> None:
        """It may have ended again since it said that it serves."""
        self._process = serving
        if serving not in self._endings:
            self._vacate()

    def _vacate(self) -> None:
        self._process = None
        self._is_vacant.set()

    async def _watch(self, watched: Process) -> int:
        """Its exit code."""
        code = await watched.ended()
        del self._endings[watched]
        if watched is self._process:
            self._vacate()
            self._pauses = pauses() if watched.is_sound else self._pauses
            log.error("process %d has ended (%s) and is started again", self.number, _told(code))
        return code

    async def _pause(self, seconds: float) -> None:
        """The port is left to the others, when it takes long."""
        async with self._changing:
            if seconds >= STAND_ASIDE_SECONDS and not self._process:
                self._public.close()
        await asyncio.sleep(seconds)

    def _signal(self, number: signal.Signals) -> None:
        for one in self._endings:
            one.signal(number)


def pauses() -> Iterator[float]:
    """Before each new start of what ends again and again: 0, 1, 2, 4 ... 30 s."""
    yield 0.0
    pause = 1.0
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


async def _comes_up(successor: Process) -> bool:
    try:
        async with asyncio.timeout(START_SECONDS):
            return await successor.serves()
    except TimeoutError:
        return False


def _told(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
