import os
from pathlib import Path

import pytest

from gateway.position import BEGINNING, FORM, Position, PositionFile, Progress


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "position"


def progress(committed: Position, under_way: Position = BEGINNING) -> Progress:
    return Progress(committed, under_way)


@pytest.mark.parametrize("position", [BEGINNING, Position(1, 2), Position(2**40, 2**60)])
def test_what_was_written_last_is_read_by_the_next(path: Path, position: Position) -> None:
    file = PositionFile(path)
    file.write(progress(BEGINNING))
    file.write(progress(position, Position(7, 5)))
    assert file.read() == progress(position, Position(7, 5))
    file.close()
    again = PositionFile(path)
    assert again.read() == progress(position, Position(7, 5))
    again.close()


@pytest.mark.parametrize("stored", [b"", b"x", b"x" * 35, b"x" * 36, bytes(36), b"x" * 100])
def test_what_is_no_position_is_the_beginning(path: Path, stored: bytes) -> None:
    path.write_bytes(stored)
    file = PositionFile(path)
    assert file.read() == progress(BEGINNING)
    file.write(progress(Position(3, 4)))
    assert file.read() == progress(Position(3, 4))
    file.close()


def test_a_disk_that_takes_nothing_is_no_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    file = PositionFile(path)
    with monkeypatch.context() as failing:
        failing.setattr(os, "pwrite", full)
        file.write(progress(Position(3, 4)))
    assert file.read() == progress(BEGINNING)
    file.close()


def test_what_was_synced_is_there_though_everything_written_since_is_torn(path: Path) -> None:
    file = PositionFile(path)
    for number in range(1, 6):
        file.write(progress(Position(number, 0)))
        file.sync()
        synced = path.read_bytes()
        for later in range(3):
            file.write(progress(Position(number, later), Position(number, later)))
        now = path.read_bytes()
        path.write_bytes(bytes(old if old == new else 0xFF for old, new in zip(synced, now, strict=True)))
        assert file.read() == progress(Position(number, 0))
        path.write_bytes(now)
        assert file.read() == progress(Position(number, 2), Position(number, 2))
    file.close()


def test_who_opens_it_overwrites_the_older_one(path: Path) -> None:
    for number in range(1, 6):
        file = PositionFile(path)
        before = file.read()
        file.write(progress(Position(number, 0)))
        stored = path.read_bytes()
        assert before.committed.segment == number - 1
        assert FORM.pack(*before.committed, *before.under_way) in stored or number == 1
        file.close()
