"""Disks: gateways of every mode and a worker, on disks that fill, fail, and work again; and how they take it."""

import asyncio
import fcntl
import json
import os
import resource
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from tests.chaos.failing import FAULTS
from tests.chaos.load import Load
from tests.faults.small_disk import SmallDisk
from tests.running import Running

MODES = {"write": 1, "fsync": 2, "queue": 1}
"""What a gateway acknowledges after, and its processes."""
QUICK = {
    "BLOCKMETRY_QUEUE__VISIBILITY_TIMEOUT_SECONDS": "2",
    "BLOCKMETRY_WORKER__VISIBILITY_HEARTBEAT_SECONDS": "0.5",
    "BLOCKMETRY_GATEWAY__QUEUE_TIMEOUT_SECONDS": "1",
    "BLOCKMETRY_GATEWAY__SHUTDOWN_GRACE_SECONDS": "0",
}
MACHINE = {"User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"}
"""Of whom there are no records: for questions beside the load."""
QUESTION = json.dumps({"property": "demo", "url": "https://shop.example.com/"}).encode()
PATIENCE_SECONDS = 10.0
TICKS = os.sysconf("SC_CLK_TCK")


class Said(NamedTuple):
    """An answer: its status, and the reason of a refusal."""

    status: int
    reason: str


FAILED = Said(503, "journal_failed")


class Process(NamedTuple):
    """One that serves: its id, its public port, and its admin port."""

    pid: int
    url: str
    admin: str

    def says(self, of: str) -> Said:
        """`ready`, `live` or `metrics`."""
        said = _ask(urllib.request.Request(self.admin + of))
        return Said(said[0], str(json.loads(said[2]).get("reason", "")) if of == "ready" else "")

    def answers(self) -> Said:
        """What becomes of a beacon."""
        asked = urllib.request.Request(self.url + "v1/beacon", QUESTION, MACHINE)
        status, reason, _ = _ask(asked)
        return Said(status, reason)

    @property
    def is_ready(self) -> bool:
        return self.says("ready").status == 200

    def cpu_seconds(self) -> float:
        """That it has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


class Machine:
    """The gateways' journals lie on the disk; everything else does not."""

    def __init__(self, data: Path, disk: SmallDisk) -> None:
        self.data, self.disk = data, disk
        self._faults = data / "faults"
        data.mkdir()
        self._queue_lock = (data / "unlocked").open("x")
        self._queue_lock.close()
        (disk.root / "journal").mkdir()
        (data / "journal").symlink_to(disk.root / "journal")
        self._gateways = [self._start_gateway(mode) for mode in MODES]
        self.worker = Running(data, "worker", "--admin-port", "0", environ=QUICK)

    @cached_property
    def processes(self) -> list[Process]:
        """All that take beacons in."""
        return [process for gateway in self._gateways for process in processes_of(gateway)]

    def fail(self, **calls: str) -> None:
        """From now on, the journals' calls fail so: `fsync="EIO"`. None: all work."""
        draft = self._faults.with_suffix(".draft")
        draft.write_text("".join(f"{call} {fault}\n" for call, fault in calls.items()))
        draft.rename(self._faults)

    def limit_files(self, size: int) -> None:
        """No process' files may be larger; what is written beyond fails (`RLIMIT_FSIZE`)."""
        for pid in (self.worker.pid, *(process.pid for process in self.processes)):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def fail_unshipped(self, **calls: str) -> None:
        """The same, and the queue takes nothing: what is shipped is deleted, and no second sync of it would be seen."""
        if self._queue_lock.closed:
            self._queue_lock = (self.data / "queue.sqlite3.lock").open("w")
            fcntl.flock(self._queue_lock, fcntl.LOCK_EX)
        self.fail(**calls)

    def heal(self) -> None:
        """Everything works."""
        self.fail()
        self._queue_lock.close()

    @property
    def synced(self) -> list[tuple[str, str]]:
        """Each fsync of a segment, in order: which one, and what came of it."""
        lines = map(str.split, self._faults.with_suffix(".told").read_text().splitlines())
        return [(name, outcome) for name, outcome in lines if name.endswith(".segment")]

    @property
    def said(self) -> str:
        """By all processes to standard error."""
        return "".join(running.errors for running in [*self._gateways, self.worker])

    def stop(self) -> list[int]:
        """Their exit codes; who can ship, does."""
        return [running.stop() for running in [*self._gateways, self.worker]]

    def _start_gateway(self, mode: str) -> Running:
        environ = {
            **QUICK,
            FAULTS: str(self._faults),
            "BLOCKMETRY_GATEWAY__ACKNOWLEDGE_AFTER": mode,
            "BLOCKMETRY_GATEWAY__PROCESSES": str(MODES[mode]),
        }
        arguments = ("gateway", "--port", "0", "--admin-port", "0")
        return Running(self.data, *arguments, environ=environ, module="tests.chaos.failing")


def processes_of(gateway: Running, page: str = "gateway") -> list[Process]:
    """Those that serve for it. `page`: how it calls its public port."""
    url = gateway.url(page).removesuffix("demo")
    children = Path(f"/proc/{gateway.pid}/task/{gateway.pid}/children").read_text().split()
    if not children:
        return [Process(gateway.pid, url, _admin(gateway.url("metrics")))]
    admins = (_admin(gateway.url(f"metrics {place}")) for place in range(len(children)))
    return [Process(int(child), url, admin) for child, admin in zip(children, admins, strict=True)]


async def refusing(load: Load, processes: Sequence[Process], disk: SmallDisk, within: float) -> float:
    """The disk is no good since now, or since it last had room: within so many seconds nothing is acknowledged,
    everybody says why, and lives. How long the last acknowledgement came after it.
    """
    began = time.time()
    await until_all(processes, lambda process: process.answers() == process.says("ready") == FAILED)
    await asyncio.sleep(0.3)
    late = max(0.0, max(load.obligations.values()) - max(began, disk.had_room_at))
    assert late < within, f"acknowledged {late:.2f} s after the disk was no good any more"
    for process in processes:
        for what in ("live", "metrics"):
            assert (await asyncio.to_thread(process.says, what)).status == 200
    return late


async def until_all(processes: Sequence[Process], look: Callable[[Process], bool]) -> float:
    """How long it took until each is seen so once; an AssertionError when it takes longer."""
    began, left = time.monotonic(), list(processes)
    while left := [process for process in left if not await asyncio.to_thread(look, process)]:
        assert time.monotonic() < began + PATIENCE_SECONDS, [
            (process.says("ready"), process.answers()) for process in left
        ]
        await asyncio.sleep(0.05)
    return time.monotonic() - began


def _admin(metrics: str) -> str:
    return metrics.removesuffix("metrics")


def _ask(asked: urllib.request.Request) -> tuple[int, str, bytes]:
    """Status, the reason of a refusal, and the body."""
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status, "", answer.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.headers.get("X-Blockmetry-Reject", ""), refusal.read()
