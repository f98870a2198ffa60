"""Group commit: however many wait for the disk, one fsync serves them all."""

import asyncio
import logging

from gateway.journal import Journal, JournalError
from gateway.reject import RejectReason

SYNC_EVERY_SECONDS = 0.9
"""So that what is acknowledged after `append` is on disk within a second, or no more is acknowledged."""

log = logging.getLogger("blockmetry.journal")


class JournalSync:
    """Puts a journal on disk: at once for those who wait (`acknowledge_after = "fsync"`), and every second."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._waiting: list[asyncio.Future[None]] = []
        self._running: asyncio.Task[None] | None = None

    async def wait(self) -> None:
        """Returns when everything appended before the call is on disk. Raises `JournalError`: then it may not be."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        if self._running is None:
            self._running = asyncio.create_task(self._sync_for_waiting())
        await waiter

    async def run(self, every_seconds: float = SYNC_EVERY_SECONDS) -> None:
        """Until cancelled; also what brings a failed disk back into use."""
        while True:
            await asyncio.sleep(every_seconds)
            try:
                await self._tend()
            except (OSError, JournalError) as error:
                log.error("the journal cannot be written: %s", error)

    async def _tend(self) -> None:
        """What is there is synced first: a disk that is full for hours has room for nothing more, but keeps that."""
        if self._journal.is_broken:
            self._journal.restore()
            await self.wait()
            self._journal.accept_again()
            log.info("the disk works again")
        elif self._journal.needs_sync:
            await self.wait()
        self._journal.try_to_write()

    async def _sync_for_waiting(self) -> None:
        try:
            await self._serve_waiting()
        finally:
            self._running = None

    async def _serve_waiting(self) -> None:
        while self._waiting:
            served, self._waiting = self._waiting, []
            error = await self._sync()
            if error:  # who appended meanwhile did so to the same segment
                served, self._waiting = [*served, *self._waiting], []
            for waiter in served:
                if waiter.done():
                    continue
                if error:
                    waiter.set_exception(JournalError(RejectReason.JOURNAL_FAILED, str(error)))
                else:
                    waiter.set_result(None)

    async def _sync(self) -> Exception | None:
        try:
            sync = self._journal.begin_sync()
        except OSError as error:
            return error
        try:
            await asyncio.to_thread(sync.run)
        except Exception as error:  # also where there is no thread to be had: what was taken is on no disk
            sync.close()
            self._journal.abandon()
            return error
        return None
