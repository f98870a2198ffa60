"""Child: what one of several gateway processes has from its parent: a place, sockets, and a line between the two.

The child says on the line that it serves; the parent, that the child's successor does. A line that ends is a parent
that is gone.
"""

import asyncio
import signal
import socket

from shared.errors import ConfigError

SERVING = b"s"
SUCCEEDED = b"l"


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
        self.has_successor = False
        """Another process serves in our place already."""
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # it is the parent who renews us

    def stop_at_word(self, stop: asyncio.Event) -> None:
        """`stop` is set once there is a successor, or no parent any more."""
        asyncio.get_running_loop().add_reader(self._line, self._hear, stop)

    def serves(self) -> None:
        """To be told once."""
        self._line.send(SERVING)

    def _hear(self, stop: asyncio.Event) -> None:
        asyncio.get_running_loop().remove_reader(self._line)
        self.has_successor = _heard(self._line) == SUCCEEDED
        stop.set()


def _heard(line: socket.socket) -> bytes:
    """One word; empty: the line has ended."""
    try:
        return line.recv(1)
    except ConnectionError:
        return b""
