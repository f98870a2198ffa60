"""Turn: what is answered at once in one turn of the event loop: one write for all of it, and only then the answers.

A busy gateway reads from dozens of connections in a turn; a write for each beacon costs it a fifth of its time.
"""

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

from gateway import answers
from gateway.answers import Asked
from gateway.intake import Intake
from gateway.reject import Reject
from shared.beacon import Beacon, Channel


class Client(Protocol):
    """Who waits for answers."""

    @property
    def peer(self) -> str:
        """Its address, as the connection has it."""

    def send(self, sent: bytes) -> None:
        """All that this turn has for it."""

    def abort(self) -> None:
        """There will be none."""


class Waiting(NamedTuple):
    """One request."""

    client: Client
    asked: Asked
    captured: Beacon | Reject
    started: float
    """`time.perf_counter()`"""


class Turn:
    """Begins with the first request and ends when every connection that had something to read has been read."""

    def __init__(self, intake: Intake, now: Callable[[], float] = time.time) -> None:
        self._intake = intake
        self._now = now
        self._waiting: list[Waiting] = []

    def take(self, client: Client, asked: Asked, captured: Beacon | Reject, started: float) -> None:
        """To be answered with the others of this turn."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._end)
        self._waiting.append(Waiting(client, asked, self._intake.admit(captured), started))

    def _end(self) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            sent = self._answer(waiting)
        except BaseException:
            for one in waiting:
                one.client.abort()
            raise
        for client, answered in sent.items():
            client.send(answered)

    def _answer(self, waiting: list[Waiting]) -> dict[Client, bytes]:
        now = self._now()
        admitted = [one.captured for one in waiting if isinstance(one.captured, Beacon)]
        failure = self._intake.write(admitted) if admitted else None
        sent: dict[Client, bytes] = {}
        for client, asked, captured, started in waiting:
            refused = captured if isinstance(captured, Reject) else failure
            self._intake.count(Channel.SCRIPT, refused, started)
            answer = answers.refused(asked, now, refused) if refused else answers.accepted(asked, now)
            sent[client] = sent.get(client, b"") + answer.sent
        return sent
