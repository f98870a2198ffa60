"""The embedded queue on a disk that fails or is full: what was confirmed is there, the rest may be tried again."""

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from shared.errors import Retryable
from shared.queues import Delivery
from shared.queues.messages import Messages, Unsent
from tests.faults.small_disk import SmallDisk, small_disk
from tests.faults.syscalls import run_failing

FOUR_SENDS = """
import sys
from pathlib import Path
from shared.errors import Retryable
from shared.queues.messages import Messages, Unsent
messages = Messages(Path(sys.argv[1]))
for number in range(4):
    try:
        messages.insert([Unsent(str(number), 0, 0)])
        print(number, flush=True)
    except Retryable:
        print("refused", flush=True)
import os
os._exit(0)
"""
FORGET_BETWEEN_SENDS = """
import os, sys
from pathlib import Path
from shared.errors import Retryable
from shared.queues.messages import Messages, Unsent
messages = Messages(Path(sys.argv[1]))
messages.insert([Unsent("before", 0, 0), Unsent("acked", 0, 0)])
messages.remove([messages.claim(2, 1, 2).deliveries[1].receipt])
try:
    messages.forget()
except Retryable:
    print("not forgotten", flush=True)
messages.insert([Unsent("behind", 0, 0)])
os._exit(0)
"""
BY_CHANCE = """
import sys
from pathlib import Path
from shared.queues.messages import Messages
from tests.unit.shared.queues.test_sick_disk import Chance
chance = Chance(Messages(Path(sys.argv[1])), seed=int(sys.argv[2]))
for _ in range(300):
    chance.act()
assert chance.refused > 20, chance.refused
chance.assert_nothing_is_lost()
"""
MOST_CLAIMS = 500
PIECES = (10, 3_000, 20_000)


class Chance:
    """Whatever may be asked of the messages, in any order, and what was confirmed of it."""

    def __init__(self, messages: Messages, seed: int) -> None:
        self._messages = messages
        self._random = random.Random(seed)
        self._now = 0
        self._held: list[Delivery] = []
        self.sent: set[str] = set()
        self.acked: set[str] = set()
        self.refused = 0

    def act(self) -> None:
        """One of them. Nothing but `Retryable` may be raised."""
        self._now += 1
        acts = [self._send, self._send, self._claim, self._settle, self._settle, self._messages.forget]
        try:
            self._random.choice(acts)()
        except Retryable:
            self.refused += 1

    def assert_nothing_is_lost(self) -> None:
        """What was sent, and not acked, comes; and nothing else that was never sent."""
        left: set[str] = set()
        for _ in range(MOST_CLAIMS):  # one by one: each of several writes that fail now and then would have to work
            with suppress(Retryable):
                left |= {one.body for one in self._messages.claim(1, 1 << 40, 1 << 41).deliveries}
        depth = self._messages.depth(1 << 40)
        assert (depth.visible, depth.in_flight) == (0, len(left))
        assert self.sent - self.acked <= left
        assert all(set(body) <= set("0123456789 ") for body in left)
        assert len(self.sent) > 20

    def _send(self) -> None:
        body = f"{self._now} ".ljust(self._random.choice(PIECES))
        self._messages.insert([Unsent(body, self._now, self._now)])
        self.sent.add(body)

    def _claim(self) -> None:
        self._held += self._messages.claim(self._random.randint(1, 9), self._now, self._now + 40).deliveries

    def _settle(self) -> None:
        """One that is held: acked, released, set aside, kept for longer."""
        if not self._held:
            return
        delivery = self._held.pop(0)
        match self._random.randrange(4):
            case 0:
                self._messages.release(delivery.receipt, self._now)
            case 1:
                self._messages.extend(delivery.receipt, self._now + 80)
                self._held.append(delivery)
            case _:
                self._messages.remove([delivery.receipt])
                self.acked.add(delivery.body)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", 3) as disk:
        yield disk


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_asked_while_the_disk_is_full_now_and_then_nothing_is_lost(disk: SmallDisk, seed: int) -> None:
    messages = Messages(disk.root / "queue.sqlite3")
    chance, when = Chance(messages, seed), random.Random(seed)
    for step in range(400):
        if step % 40 == 0:
            disk.fill(when.choice([0, 4_096, 65_536])) if step % 80 else disk.free()
        chance.act()
    disk.free()
    assert chance.refused > 20
    chance.assert_nothing_is_lost()
    messages.close()
    with closing(sqlite3.connect(disk.root / "queue.sqlite3")) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_asked_while_writes_and_syncs_fail_now_and_then_nothing_is_lost(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "queue.sqlite3"
    Messages(path).close()
    fault = f"pwrite64,fdatasync:error=EIO:when={20 + seed}+37"
    run_failing(BY_CHANCE, path.with_name("queue.sqlite3-wal"), fault, path, seed)


@pytest.mark.parametrize("number", [1, 2])
def test_after_a_failed_sync_nothing_is_confirmed_in_the_same_log(tmp_path: Path, number: int) -> None:
    """What follows a gap in it would be gone after a power loss, so the file alone has what was sent before."""
    path = tmp_path / "queue.sqlite3"
    Messages(path).close()
    fault = f"fdatasync:error=EIO:when={number + 2}"
    told = run_failing(FOUR_SENDS, path.with_name("queue.sqlite3-wal"), fault, path).split()
    assert told.count("refused") == 1
    before = told[: told.index("refused")]
    assert before
    assert alone(path) == before


def test_nor_after_a_failed_sync_of_what_was_only_to_be_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite3"
    Messages(path).close()
    told = run_failing(FORGET_BETWEEN_SENDS, path.with_name("queue.sqlite3-wal"), "fdatasync:error=EIO:when=3", path)
    assert told.split("\n") == ["not forgotten", ""]
    assert alone(path) == ["before"]


def test_nor_by_whoever_takes_the_log_after_them(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite3"
    keeper = Messages(path)
    keeper.insert([Unsent("by one whose sync may have failed", 0, 0)])
    assert alone(path) == []
    Messages(path).close()
    assert alone(path) == ["by one whose sync may have failed"]
    keeper.close()


def alone(path: Path) -> list[str]:
    """What the file has without its log."""
    copied = shutil.copy(path, path.with_name("alone.sqlite3"))
    with closing(sqlite3.connect(copied)) as file:
        return [body for (body,) in file.execute("SELECT body FROM messages")]
