"""Memory of a gateway whose queue is down, while beacons wait in its journal."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from bench.bucket import CREDENTIALS
from bench.edge import Server, gateway
from bench.load import send

CONNECTIONS = 64
BEACONS = (0, 250_000, 500_000, 1_000_000)
COLUMNS = ("waiting", "resident", "proportional", "highest so far", "in the journal", "acks/s on the way", "not 204")


def measure() -> Iterator[tuple[str, ...]]:
    """A row for each number of beacons that wait."""
    with _nobody() as url, gateway()._replace(environ=_environ(url)).running() as server:
        waiting = 0
        for beacons in BEACONS:
            yield _row(server, range(waiting, beacons))
            waiting = beacons


def _row(server: Server, numbers: range) -> tuple[str, ...]:
    outcome = send(server.url, CONNECTIONS, numbers)
    books, memory = server.books(), server.process.memory()
    assert books
    return (
        f"{books.accepted:,.0f}",
        f"{memory.resident:,.0f} MiB",
        f"{memory.proportional:,.0f} MiB",
        f"{memory.highest:,.0f} MiB",
        f"{books.waiting_bytes / 1e6:,.0f} MB",
        f"{outcome.rate:,.0f}",
        f"{outcome.others:,}",
    )


@contextmanager
def _nobody() -> Iterator[str]:
    """A URL where every connection is refused, for as long as it is needed."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and never listens
        yield "http://{}:{}/".format(*taken.getsockname())


def _environ(sqs: str) -> dict[str, str]:
    return {
        **gateway().environ,
        **CREDENTIALS,
        "BLOCKMETRY_QUEUE__KIND": "sqs",
        "BLOCKMETRY_QUEUE__URL": f"{sqs}123456789012/beacons",
        "BLOCKMETRY_QUEUE__ENDPOINT_URL": sqs,
    }
