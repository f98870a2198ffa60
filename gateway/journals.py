"""Journals: each gateway process has one, and those that dead processes left are shipped by the living."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

from gateway.journal import Journal
from gateway.lock import JournalLocked
from gateway.shipper import Shipper

ADOPT_EVERY_SECONDS = 5.0
TURN_SECONDS = 30.0
"""For one of them; then the others have their turn, and it goes on after that."""

log = logging.getLogger("blockmetry.journal")


def claim(root: Path, max_bytes: int) -> Journal:
    """The first journal below `root` that no process has, made when all are taken. Raises `OSError`."""
    for number in count():
        try:
            return Journal(root / f"{number:03d}", max_bytes)
        except JournalLocked:
            continue
    raise AssertionError("count() does not end")


async def adopt(root: Path, max_bytes: int, shipper_of: Callable[[Journal], Shipper]) -> None:
    """Until cancelled: ships what dead processes left."""
    while True:
        for orphan in _orphans(root, max_bytes):
            await _ship(orphan, shipper_of)
        await asyncio.sleep(ADOPT_EVERY_SECONDS)


def _orphans(root: Path, max_bytes: int) -> Iterator[Journal]:
    for directory in sorted(root.iterdir()):
        if any(directory.glob("*.segment")):
            try:
                yield Journal(directory, max_bytes)
            except (JournalLocked, OSError):
                continue


async def _sync(orphan: Journal) -> None:
    """What its process may not have come to; a disk that fails keeps nothing from being shipped."""
    with suppress(OSError):
        await asyncio.to_thread(orphan.begin_sync().run)


async def _ship(orphan: Journal, shipper_of: Callable[[Journal], Shipper]) -> None:
    log.info("adopting %s: %d bytes to ship", orphan.directory.name, orphan.waiting_bytes)
    shipper = shipper_of(orphan)
    shipper.finish()
    try:
        await _sync(orphan)
        async with asyncio.timeout(TURN_SECONDS):
            await shipper.run()
    except TimeoutError:
        log.warning("%s still has %d bytes to ship", orphan.directory.name, orphan.waiting_bytes)
    finally:
        orphan.close()
