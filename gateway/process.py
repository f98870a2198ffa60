"""Process: a gateway process as its parent has it: started with what it inherits, heard, signalled, ended."""

import asyncio
import signal
import socket
import time
from collections.abc import Sequence

from gateway.child import SERVING, inheritance

SOUND_AFTER_SECONDS = 10.0
"""Of a process that lived as long, the end says nothing about the next one."""


class Process:
    """A running child, and our end of the line to it."""

    def __init__(self, running: asyncio.subprocess.Process, line: socket.socket) -> None:
        self._running = running
        self._line = line
        self._begun = time.monotonic()

    async def serves(self) -> bool:
        """True once it does; False when it has ended before."""
        return await asyncio.get_running_loop().sock_recv(self._line, 1) == SERVING

    async def ended(self) -> int:
        """The exit code; that of a signal is negative."""
        code = await self._running.wait()
        self._line.close()
        return code

    def relieve(self) -> None:
        """Its successor serves: it leaves at once."""
        self._line.close()

    def signal(self, number: signal.Signals) -> None:
        """Nothing, when it has ended."""
        if self._running.returncode is None:
            self._running.send_signal(number)

    @property
    def is_sound(self) -> bool:
        """It has lived for long."""
        return time.monotonic() - self._begun >= SOUND_AFTER_SECONDS


async def start(command: Sequence[str], place: int, public: socket.socket, admin: socket.socket) -> Process:
    """Not serving yet. Raises `OSError`."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with theirs:
        passed = public.fileno(), admin.fileno(), theirs.fileno()
        try:
            running = await asyncio.create_subprocess_exec(
                *command,
                "--child",
                inheritance(place, *passed),
                pass_fds=passed,
                stdin=asyncio.subprocess.DEVNULL,
            )
        except BaseException:
            ours.close()
            raise
    return Process(running, ours)
