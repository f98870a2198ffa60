import os
from pathlib import Path

import pytest

from shared.queues.lull import FRESH_SECONDS, Lull


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "queue.sqlite3-wal"
    path.write_bytes(b"frame")
    os.utime(path, (1_000, 1_000))
    return path


def test_nothing_is_known_before_the_first_look(log: Path) -> None:
    assert not Lull(log, lambda: 2_000).goes_on(0)


def test_a_look_that_found_nothing_need_not_be_repeated(log: Path) -> None:
    lull = Lull(log, lambda: 2_000)
    lull.begin(lull.trace(), None)
    assert lull.goes_on(10**15)


def test_a_commit_ends_it(log: Path) -> None:
    lull = Lull(log, lambda: 2_000)
    lull.begin(lull.trace(), None)
    os.utime(log, (1_001, 1_001))
    assert not lull.goes_on(0)


def test_a_message_that_becomes_visible_ends_it(log: Path) -> None:
    lull = Lull(log, lambda: 2_000)
    lull.begin(lull.trace(), 500)
    assert lull.goes_on(499)
    assert not lull.goes_on(500)


def test_a_log_written_a_moment_ago_could_be_written_again_unseen(log: Path) -> None:
    lull = Lull(log, lambda: 1_000 + FRESH_SECONDS / 2)
    lull.begin(lull.trace(), None)
    assert not lull.goes_on(0)


def test_without_a_log_every_look_counts(tmp_path: Path) -> None:
    lull = Lull(tmp_path / "missing", lambda: 2_000)
    lull.begin(lull.trace(), None)
    assert not lull.goes_on(0)
