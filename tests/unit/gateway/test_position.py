import os
from pathlib import Path

import pytest

from gateway.position import Position, PositionFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "position"


@pytest.mark.parametrize("position", [Position(0, 0), Position(1, 2), Position(2**40, 2**60)])
def test_what_was_written_last_is_read_by_the_next(path: Path, position: Position) -> None:
    file = PositionFile(path)
    file.write(Position(9, 9))
    file.write(position)
    assert file.read() == position
    file.close()
    again = PositionFile(path)
    assert again.read() == position
    again.close()


@pytest.mark.parametrize("stored", [b"", b"x", b"x" * 19, b"x" * 20, bytes(20), b"x" * 100])
def test_what_is_no_position_is_the_beginning(path: Path, stored: bytes) -> None:
    path.write_bytes(stored)
    file = PositionFile(path)
    assert file.read() == Position(0, 0)
    file.write(Position(3, 4))
    assert file.read() == Position(3, 4)
    file.close()


def test_a_disk_that_takes_nothing_is_no_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    file = PositionFile(path)
    with monkeypatch.context() as failing:
        failing.setattr(os, "pwrite", full)
        file.write(Position(3, 4))
    assert file.read() == Position(0, 0)
    file.close()
