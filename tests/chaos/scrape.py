"""What processes say of themselves, and what the embedded queue and the journals hold."""

import asyncio
import sqlite3
import time
import urllib.request
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from gateway.position import furthest
from gateway.segments import Segments
from tests.running import Running


def scrape(process: Running) -> list[Sample]:
    """All its series."""
    with urllib.request.urlopen(process.url("metrics"), timeout=10) as answer:
        families = text_string_to_metric_families(answer.read().decode())
    return [sample for family in families for sample in family.samples]


def total(samples: Iterable[Sample], name: str, **labels: str) -> float:
    """The sum of a metric's series that have these labels."""
    return sum(s.value for s in samples if s.name == f"blockmetry_{name}" and labels.items() <= s.labels.items())


def read(process: Running, name: str, **labels: str) -> float:
    """The same, now."""
    return total(scrape(process), name, **labels)


def queued(data: Path) -> int:
    """Messages that are not acked."""
    return _count(data, "SELECT count(*) FROM messages")


def unshipped(data: Path) -> int:
    """Bytes in all journals, whosever they are."""
    return sum(_waiting_in(directory) for directory in (data / "journal").iterdir())


def _waiting_in(journal: Path) -> int:
    segments = Segments()
    try:
        segments.open_left(journal)
        return segments.bytes_after(furthest((journal / "position").read_bytes()).committed)
    except FileNotFoundError:  # it is being shipped
        return 1
    finally:
        segments.close()


def held(data: Path) -> int:
    """Messages that somebody has, or had when it was killed."""
    return _count(data, "SELECT count(*) FROM messages WHERE held = 1")


async def until_held(data: Path, seconds: float) -> None:
    """Or for so long."""
    deadline = time.monotonic() + seconds
    while not held(data) and time.monotonic() < deadline:
        await asyncio.sleep(0)


def _count(data: Path, sql: str) -> int:
    with closing(sqlite3.connect(data / "queue.sqlite3")) as queue:
        count: int = queue.execute(sql).fetchone()[0]
        return count
