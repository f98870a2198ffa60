"""A place keeps one process serving, whatever becomes of it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path

import pytest

from gateway import listening
from gateway.place import Place, pauses
from tests.unit.gateway.serving import until

PATIENCE_SECONDS = 10.0
CHILD = """
import os, signal, socket, sys, time
mode, told = open(sys.argv[1]).read(), open(sys.argv[1] + ".log", "a", buffering=1)
place, public, admin, line = map(int, sys.argv[-1].split(":"))
if mode == "cannot":
    sys.exit(2)
if mode == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
told.write(f"{os.getpid()}\\n")
os.write(line, b"s")
if mode == "answers":
    connection, _ = socket.socket(fileno=public).accept()
    connection.sendall(b"here")
assert os.read(line, 1) == b""
told.write("relieved\\n")
while mode == "stubborn":
    time.sleep(1)
"""
"""As much of a gateway as a place knows: it says that it serves, and leaves when its line ends."""


class Stage:
    """A place whose processes do what is written in a file when they start."""

    def __init__(self, script: Path) -> None:
        self._script = script
        self._log = script.with_name(script.name + ".log")
        (self.public,) = listening.share("127.0.0.1", 0, 1)
        self.address = self.public.getsockname()
        command = [sys.executable, "-S", "-c", CHILD, str(script)]
        self.place = Place(3, command, self.public, listening.listen("127.0.0.1", 0))

    def play(self, mode: str) -> None:
        """From the next start on."""
        self._script.write_text(mode)

    @property
    def pids(self) -> list[int]:
        """Of all that have served, in their order."""
        return [int(line) for line in self.told if line.isdigit()]

    @property
    def told(self) -> list[str]:
        """All they have said."""
        return self._log.read_text().splitlines() if self._log.exists() else []


@asynccontextmanager
async def kept(stage: Stage) -> AsyncIterator[None]:
    task = asyncio.create_task(stage.place.keep())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    one = Stage(tmp_path / "mode")
    one.play("serves")
    yield one
    await one.place.leave(PATIENCE_SECONDS)


def test_the_pauses_grow_to_half_a_minute() -> None:
    assert list(islice(pauses(), 8)) == [0, 1, 2, 4, 8, 16, 30, 30]


async def test_a_process_that_cannot_begin_says_why_with_its_exit_code_and_is_not_said_to_be_started_again(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.play("cannot")
    assert await stage.place.begin() == 2
    assert not caplog.records


async def test_one_that_ended_as_soon_as_it_served_is_followed_too(stage: Stage) -> None:
    gone = await stage.place._start()
    assert await gone.serves()
    gone.signal(signal.SIGKILL)
    await until(lambda: gone not in stage.place._endings, PATIENCE_SECONDS)
    stage.place._take_over(gone)
    async with kept(stage):
        await until(lambda: len(stage.pids) == 2, PATIENCE_SECONDS)


async def test_a_process_that_ends_is_followed_by_another_at_once(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    assert await stage.place.begin() == 0
    await until(lambda: len(stage.pids) == 1)
    async with kept(stage):
        os.kill(stage.pids[0], signal.SIGKILL)
        await until(lambda: len(stage.pids) == 2, PATIENCE_SECONDS)
    assert [line.getMessage() for line in caplog.records if line.name == "blockmetry.processes"] == [
        "process 3 has ended (SIGKILL) and is started again"
    ]


async def test_who_connects_while_nobody_serves_waits_for_the_next(stage: Stage) -> None:
    await stage.place.begin()
    stage.play("answers")
    await until(lambda: stage.pids)
    os.kill(stage.pids[0], signal.SIGKILL)
    reader, writer = await asyncio.open_connection(*stage.address)
    async with kept(stage), asyncio.timeout(PATIENCE_SECONDS):
        assert await reader.read(4) == b"here"
    writer.close()


async def test_a_successor_serves_before_its_predecessor_is_told_to_leave(stage: Stage) -> None:
    await stage.place.begin()
    async with kept(stage):
        assert await stage.place.renew()
        await until(lambda: "relieved" in stage.told, PATIENCE_SECONDS)
    assert len(stage.pids) == 2


async def test_a_predecessor_stays_when_its_successor_cannot_begin(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await stage.place.begin()
    stage.play("cannot")
    async with kept(stage):
        assert not await stage.place.renew()
    await until(lambda: len(stage.pids) == 1)
    assert "relieved" not in stage.told
    assert "process 3 stays as it is" in caplog.text
    os.kill(stage.pids[0], 0)


async def test_what_cannot_begin_again_is_tried_again_and_leaves_the_port_to_the_others(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.place.STAND_ASIDE_SECONDS", 0.01)
    monkeypatch.setattr(stage.place, "_pauses", iter([0.0, 0.02, 0.02, 0.02, 0.02, *[5.0] * 9]))
    await stage.place.begin()
    stage.play("cannot")
    await until(lambda: stage.pids)
    async with kept(stage):
        os.kill(stage.pids[0], signal.SIGKILL)
        await until(lambda: stage.public.fileno() < 0, PATIENCE_SECONDS)
        stage.play("serves")
        await until(lambda: len(stage.pids) == 2, PATIENCE_SECONDS)
        _, writer = await asyncio.open_connection(*stage.address)
        writer.close()


async def test_the_end_of_one_that_has_lived_for_long_says_nothing_about_the_next(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.process.SOUND_AFTER_SECONDS", 0.0)
    await stage.place.begin()
    monkeypatch.setattr(stage.place, "_pauses", iter([]))
    await until(lambda: stage.pids)
    async with kept(stage):
        os.kill(stage.pids[0], signal.SIGKILL)
        await until(lambda: len(stage.pids) == 2, PATIENCE_SECONDS)


async def test_all_leave_when_they_are_told_to(stage: Stage) -> None:
    await stage.place.begin()
    assert await stage.place.leave(PATIENCE_SECONDS)


async def test_one_that_does_not_leave_is_killed(stage: Stage) -> None:
    stage.play("stubborn")
    await stage.place.begin()
    assert not await stage.place.leave(0.05)
