"""What is on disk before a block leaves, so that what is shipped again after a power loss makes the same one."""

import asyncio
import errno
import os
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from gateway.server import Server
from tests.unit.gateway.serving import MemoryQueue, server_of, until


class Disk:
    """Stands where `os.fsync` and `os.fdatasync` do."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.synced: set[int] = set()
        self.works = True
        for name in ("fsync", "fdatasync"):
            monkeypatch.setattr(os, name, self._sync)

    def _sync(self, descriptor: int) -> None:
        if not self.works:
            raise OSError(errno.EIO, "Input/output error")
        self.synced.add(os.fstat(descriptor).st_ino)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


class LookingQueue(MemoryQueue):
    """Looks at the disk when a block arrives."""

    def __init__(self, disk: Disk) -> None:
        super().__init__()
        self.found: list[set[int]] = []
        self._disk = disk

    async def send(self, body: str, delay_seconds: float = 0, group: str = "") -> None:
        self.found.append(set(self._disk.synced))
        self._disk.synced.clear()
        await super().send(body, delay_seconds, group)


async def ship(server: Server, blocks: int, queue: MemoryQueue) -> None:
    """One beacon each."""
    await server.start()
    for number in range(1, blocks + 1):
        server._journal.append(b"\x97")
        await until(lambda: len(queue.bodies) == number)  # noqa: B023 - it is done with within this turn


@pytest.mark.parametrize(("mode", "is_synced"), [("write", False), ("fsync", True), ("queue", True)])
async def test_the_position_and_what_a_power_loss_may_not_take(
    tmp_path: Path, disk: Disk, mode: str, is_synced: bool
) -> None:
    queue = LookingQueue(disk)
    server = server_of(tmp_path, queue, CollectorRegistry(), acknowledge_after=mode, shutdown_grace_seconds=0)
    await asyncio.wait_for(ship(server, 3, queue), 10)
    journal = tmp_path / "journal" / "000"
    position = (journal / "position").stat().st_ino
    (segment,) = (path.stat().st_ino for path in journal.glob("*.segment"))
    assert all(position in found for found in queue.found)
    assert all(segment in found for found in queue.found) is is_synced
    await server.stop()


@pytest.mark.parametrize("mode", ["write", "fsync"])
async def test_a_disk_that_fails_keeps_nothing_from_being_shipped(tmp_path: Path, disk: Disk, mode: str) -> None:
    queue = LookingQueue(disk)
    server = server_of(tmp_path, queue, CollectorRegistry(), acknowledge_after=mode, shutdown_grace_seconds=0)
    disk.works = False
    await asyncio.wait_for(ship(server, 1, queue), 10)
    disk.works = True
    await server.stop()
