"""Child: what one of several gateway processes has from its parent: a place, sockets, and a line between the two.

The child says on the line that it serves. A parent that lets go of the line, because the child has a successor or
because the parent itself is gone, has no more use for the child, which makes room at once for whoever serves next.
A parent may run older code than its children: what passes between them stays as it is.
"""

import asyncio
import signal
import socket
from contextlib import suppress

from shared.errors import ConfigError

SERVING = b"s"


def inheritance(place: int, public: int, admin: int, line: int) -> str:
    """What a child is told at its start: its place, and the descriptors that it inherits."""
    return f"{place}:{public}:{admin}:{line}"


class Child:
    """This process's end."""

    def __init__(self, inherited: str) -> None:
        """`inherited`: what `inheritance` made. Raises `ConfigError`, or `OSError`: no parent has said so."""
        try:
            self.place, public, admin, line = map(int, inherited.split(":"))
        except ValueError:
            raise ConfigError("--child is for children of a gateway") from None
        self.public = socket.socket(fileno=public)
        self.admin = socket.socket(fileno=admin)
        self._line = socket.socket(fileno=line)
        self._line.setblocking(False)
        self.is_relieved = False
        """It makes room at once."""
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # it is the parent who renews us

    def watch_line(self, stop: asyncio.Event) -> None:
        """`stop` is set when the line ends."""
        asyncio.get_running_loop().add_reader(self._line, self._relieve, stop)

    def serves(self) -> None:
        """To be told once."""
        with suppress(ConnectionError):
            self._line.send(SERVING)

    def _relieve(self, stop: asyncio.Event) -> None:
        asyncio.get_running_loop().remove_reader(self._line)
        self.is_relieved = True
        stop.set()
