"""Turn: what is answered at once in one turn of the event loop: one write for all of it, and only then the answers.

A busy gateway reads from dozens of connections in a turn; a write for each beacon costs it a fifth of its time.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from multidict import CIMultiDictProxy

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


Waiting = tuple[Client, CIMultiDictProxy[str], Beacon | Reject, float]
"""One request: its headers, what it came to, and `time.perf_counter()` when it was begun with."""


class Turn:
    """Begins with the first request and ends when every connection that had something to read has been read."""

    def __init__(self, intake: Intake, now: Callable[[], float] = time.time) -> None:
        self._intake = intake
        self._now = now
        self._waiting: list[Waiting] = []

    def take(self, client: Client, sent: CIMultiDictProxy[str], captured: Beacon | Reject, started: float) -> None:
        """To be answered with the others of this turn. `sent`: the request's headers."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._end)
        self._waiting.append((client, sent, self._intake.admit(captured), started))

    def _end(self) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            answered = self._answer(waiting)
        except BaseException:
            for client, *_ in waiting:
                client.abort()
            raise
        for client, sent in answered.items():
            client.send(sent)

    def _answer(self, waiting: list[Waiting]) -> dict[Client, bytes]:
        now = self._now()
        admitted = [captured for _, _, captured, _ in waiting if isinstance(captured, Beacon)]
        failure = self._intake.write(admitted) if admitted else None
        accepted: list[float] = []
        answered: dict[Client, bytes] = {}
        for client, sent, captured, started in waiting:
            if refused := captured if isinstance(captured, Reject) else failure:
                self._intake.count(Channel.SCRIPT, refused, started)
                answer = answers.refused(Asked(sent), now, refused)
            else:
                accepted.append(started)
                answer = answers.accepted_plain(sent, now)
            answered[client] = answered.get(client, b"") + answer.sent
        self._intake.count_accepted(Channel.SCRIPT, accepted)
        return answered
