import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from workers.sinks.disk import LEFT_OVER_SECONDS, Disk


class Clock:
    seconds = 10_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def disk(tmp_path: Path, clock: Clock) -> Iterator[Disk]:
    disk = Disk(tmp_path, clock)
    yield disk
    disk.close()


def leave(path: Path, written_at: float) -> Path:
    path.write_bytes(b"half of i")
    os.utime(path, (written_at, written_at))
    return path


def test_what_a_killed_process_left_beside_a_file_goes(disk: Disk, tmp_path: Path, clock: Clock) -> None:
    old = [leave(tmp_path / f"a.json#{number}", clock.seconds - LEFT_OVER_SECONDS) for number in (1, 2)]
    disk.settle([tmp_path / "a.json"])
    assert not any(path.exists() for path in old)


def test_what_a_living_process_may_be_writing_stays_until_it_is_old(disk: Disk, tmp_path: Path, clock: Clock) -> None:
    young = leave(tmp_path / "a.json#1", clock.seconds - 1)
    disk.settle([tmp_path / "a.json"])
    assert young.exists()
    clock.seconds += LEFT_OVER_SECONDS
    disk.settle([tmp_path / "another.json"])
    assert not young.exists()


def test_files_that_are_nobodys_staging_stay(disk: Disk, tmp_path: Path) -> None:
    others = [leave(tmp_path / name, 0) for name in ("a.json", "a.json#notes", "b.json#1")]
    disk.settle([tmp_path / "a.json"])
    assert all(path.exists() for path in others)


def test_a_directory_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        Disk(tmp_path / "file" / "records")
