import asyncio
import os
import time
from contextlib import suppress
from pathlib import Path

import pytest

from shared.errors import ConfigError
from shared.watch import Watched, keep_fresh


class Number:
    """A file with a number, and how often it was read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.reads = 0

    def read(self) -> int:
        self.reads += 1
        try:
            return int(self.path.read_text())
        except (OSError, ValueError) as error:
            raise ConfigError(str(error)) from error

    def write(self, text: str) -> None:
        """Newer than whatever was there."""
        before = self.path.stat().st_mtime_ns if self.path.exists() else 0
        self.path.write_text(text)
        os.utime(self.path, ns=(before + 10_000_000, before + 10_000_000))


@pytest.fixture
def number(tmp_path: Path) -> Number:
    one = Number(tmp_path / "number")
    one.write("1")
    return one


def test_a_file_that_stays_is_read_once(number: Number) -> None:
    watched = Watched([number.path], number.read)
    assert [watched.refresh() for _ in range(3)] == [False] * 3
    assert (watched.value, number.reads) == (1, 1)


def test_a_file_that_changes_is_read_again(number: Number) -> None:
    watched = Watched([number.path], number.read)
    number.write("2")
    assert watched.refresh()
    assert watched.value == 2


def test_a_file_that_looks_as_old_as_before_is_read_again(number: Number) -> None:
    """`cp -p` and `rsync -t` keep the time; a file that could not be read may be made readable later."""
    written = number.path.stat().st_mtime_ns
    watched = Watched([number.path], number.read)
    number.path.write_text("2")
    os.utime(number.path, ns=(written, written))
    assert watched.refresh()
    assert watched.value == 2


def test_a_bad_file_is_refused_once_and_the_old_value_stays(number: Number, caplog: pytest.LogCaptureFixture) -> None:
    watched = Watched([number.path], number.read)
    number.write("two")
    assert [watched.refresh() for _ in range(3)] == [False] * 3
    assert (watched.value, number.reads) == (1, 2)
    assert "two" in watched.error
    assert len([line for line in caplog.records if "refused" in line.getMessage()]) == 1


def test_the_first_read_raises(number: Number) -> None:
    number.write("one")
    with pytest.raises(ConfigError):
        Watched([number.path], number.read)


def test_a_file_replaced_by_another_of_the_same_size_and_date_is_read_again(number: Number, tmp_path: Path) -> None:
    watched = Watched([number.path], number.read)
    status = number.path.stat()
    (tmp_path / "new").write_text("7")
    os.utime(tmp_path / "new", ns=(status.st_atime_ns, status.st_mtime_ns))
    (tmp_path / "new").rename(number.path)
    assert watched.refresh()
    assert watched.value == 7


def test_something_may_stand_in_for_the_first_read(number: Number) -> None:
    number.path.unlink()
    watched = Watched([number.path], number.read, 9)
    assert (watched.value, watched.refresh(), watched.age_seconds) == (9, False, None)
    number.write("3")
    assert watched.refresh()
    assert watched.value == 3


def test_its_age_is_that_of_the_oldest_file(number: Number, tmp_path: Path) -> None:
    (tmp_path / "other").write_text("x")
    hour_ago = time.time() - 3600
    os.utime(tmp_path / "other", (hour_ago, hour_ago))
    os.utime(number.path)
    watched = Watched([number.path, tmp_path / "other"], number.read)
    assert watched.age_seconds == pytest.approx(3600, abs=60)
    assert Watched([], number.read).age_seconds is None


def test_a_refused_file_makes_what_is_in_use_no_younger(number: Number) -> None:
    os.utime(number.path, (1_000_000_000, 1_000_000_000))
    watched = Watched([number.path], number.read)
    for breaks in (lambda: number.path.write_text("two"), number.path.unlink):
        breaks()
        assert not watched.refresh()
        assert (watched.age_seconds or 0) > 500_000_000


def test_a_file_from_the_future_is_new(number: Number) -> None:
    os.utime(number.path, (4_000_000_000, 4_000_000_000))
    assert Watched([number.path], number.read).age_seconds == 0


async def test_it_can_be_kept_fresh(number: Number) -> None:
    watched = Watched([number.path], number.read)
    task = asyncio.create_task(keep_fresh(watched, every_seconds=0.002))
    number.write("5")
    async with asyncio.timeout(5):
        while watched.value != 5:
            await asyncio.sleep(0.002)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
