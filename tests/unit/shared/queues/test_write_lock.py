from pathlib import Path

import pytest

from shared.errors import Retryable
from shared.queues.write_lock import WriteLock


def test_only_one_has_it_and_the_other_gives_up_when_its_patience_ends(tmp_path: Path) -> None:
    first, second = (WriteLock(tmp_path / "lock", 0.01) for _ in range(2))
    with first, pytest.raises(Retryable, match="another process"), second:
        pass
    with second:
        pass
    first.close()
    second.close()


def test_a_lock_closed_while_held_is_free(tmp_path: Path) -> None:
    first, second = (WriteLock(tmp_path / "lock", 0.01) for _ in range(2))
    first.__enter__()
    first.close()
    with second:
        pass
    second.close()


def test_it_is_closed_when_what_it_was_opened_for_fails(tmp_path: Path) -> None:
    lock = WriteLock(tmp_path / "lock", 0.01)
    with pytest.raises(ValueError, match="failed"), lock.closed_on_error():
        raise ValueError("failed")
    with pytest.raises(OSError, match="descriptor"):
        lock.close()
