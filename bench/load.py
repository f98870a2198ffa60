"""Load, in the three ways in which it comes.

`saturate`: every connection sends its next beacon when the last one has been answered. `paced`: beacons are due at
moments that do not depend on answers, and latency counts from there, so that a stall costs all whom it kept waiting.
`steady`: a few, each of them remembered.
"""

import asyncio
import random
import time
from collections.abc import Iterator
from typing import NamedTuple

from bench import wrk
from bench.bodies import BODY, requests
from bench.clients import ACK, HEAD_END, Clients
from bench.outcome import Outcome, latency_of
from bench.servers import address

SEED = 1
FEW_CONNECTIONS = 100
PATIENCE_SECONDS = 0.1
AWAY_SECONDS = 0.001
"""More than a look at all connections takes."""


class Pace(NamedTuple):
    """What came of a paced run."""

    outcome: Outcome
    away: float
    """Share of the time for which others had the client's core: what came then was late, whatever the server did."""


def is_for_wrk(connections: int) -> bool:
    """wrk opens its connections while it measures: where they are many, that would be most of what it finds slow."""
    return wrk.is_installed() and connections <= FEW_CONNECTIONS


def saturate(url: str, connections: int, seconds: float, body: str = BODY) -> Outcome:
    """As many as the server answers, for `seconds` (whole ones where wrk is the client)."""
    run = wrk.saturate if is_for_wrk(connections) else saturate_ourselves
    return run(url, connections, seconds, body)


def saturate_ourselves(url: str, connections: int, seconds: float, body: str = BODY) -> Outcome:
    """The same, never with wrk. Connections are open beforehand."""
    with Clients(url, connections, requests(body=body)) as clients:
        begun, cpu_begun = time.perf_counter(), time.process_time()
        while (now := time.perf_counter()) < begun + seconds:
            if clients.has_idle(PATIENCE_SECONDS):
                clients.send(now)
        return _finished(clients, begun, cpu_begun)


def send(url: str, connections: int, numbers: range) -> Outcome:
    """One beacon of each number, as fast as the server answers."""
    with Clients(url, connections, requests(numbers.start)) as clients:
        begun, cpu_begun = time.perf_counter(), time.process_time()
        for _ in numbers:
            while not clients.has_idle(PATIENCE_SECONDS):
                pass
            clients.send(time.perf_counter())
        return _finished(clients, begun, cpu_begun)


def paced(url: str, connections: int, per_second: float, seconds: float) -> Pace:
    """At random moments, as visitors come, so many a second. The client never sleeps: it needs a core of its own."""
    with Clients(url, connections, requests()) as clients:
        looked = begun = time.perf_counter()
        cpu_begun, away = time.process_time(), 0.0
        for moment in moments(per_second, seconds):
            is_due = False
            while not is_due:
                is_idle, last, looked = clients.has_idle(), looked, time.perf_counter()
                away += looked - last if looked - last > AWAY_SECONDS else 0.0
                is_due = is_idle and looked >= begun + moment
            clients.send(begun + moment)
        outcome = _finished(clients, begun, cpu_begun)
        return Pace(outcome, away / outcome.seconds)


def moments(per_second: float, seconds: float) -> Iterator[float]:
    """Seconds from the beginning, ascending, up to `seconds`; the same at every call."""
    gap = random.Random(SEED).expovariate
    moment = gap(per_second)
    while moment < seconds:
        yield moment
        moment += gap(per_second)


async def steady(url: str, per_second: float, seconds: float, first: int = 0) -> dict[int, float]:
    """One connection, so many beacons a second from number `first` on. When each was sent (seconds since the epoch),
    for those that were answered with 204.
    """
    reader, writer = await asyncio.open_connection(*address(url))
    sent: dict[int, float] = {}
    begun = time.monotonic()
    for number, request in zip(range(int(per_second * seconds)), requests(first), strict=False):
        await asyncio.sleep(max(0.0, begun + number / per_second - time.monotonic()))
        at = time.time()
        writer.write(request)
        if (await reader.readuntil(HEAD_END)).startswith(ACK):
            sent[first + number] = at
    writer.close()
    return sent


def _finished(clients: Clients, begun: float, cpu_begun: float) -> Outcome:
    clients.finish()
    seconds = time.perf_counter() - begun
    cpu = (time.process_time() - cpu_begun) / seconds
    return Outcome(len(clients.latencies), clients.others, seconds, latency_of(clients.latencies), cpu)
