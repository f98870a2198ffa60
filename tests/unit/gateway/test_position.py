import os
from pathlib import Path

import pytest

from gateway.position import BEGINNING, Position, PositionFile, Progress


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "position"


def progress(committed: Position, under_way: Position = BEGINNING) -> Progress:
    return Progress(committed, under_way)


@pytest.mark.parametrize("position", [BEGINNING, Position(1, 2), Position(2**40, 2**60)])
def test_what_was_written_last_is_read_by_the_next(path: Path, position: Position) -> None:
    file = PositionFile(path)
    file.write(progress(Position(9, 9)))
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
