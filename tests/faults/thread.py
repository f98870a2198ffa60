"""An event loop in a thread of its own."""

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

Value = TypeVar("Value")
PATIENCE_SECONDS = 10.0
NO_LINGER = struct.pack("ii", 1, 0)


class LoopThread:
    """Where a server lives, so that it needs nothing of the test's own loop, and leaves nothing in it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="server of a test", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Value]) -> Value:
        """From the test's thread: waits for its outcome."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_SECONDS)

    def end(self) -> None:
        """All that still runs there is cancelled."""
        self.run(_cancel_the_others())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_SECONDS)
        self._loop.close()


@contextmanager
def loop_thread() -> Iterator[LoopThread]:
    """Ended at the end of the block."""
    thread = LoopThread()
    try:
        yield thread
    finally:
        thread.end()


def reset(writer: asyncio.StreamWriter) -> None:
    """The other side sees `ECONNRESET`, and nothing that was sent but not read yet."""
    plain = writer.get_extra_info("socket")
    with suppress(OSError):
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    writer.transport.abort()


async def _cancel_the_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)  # transports that were aborted say goodbye in the next round
