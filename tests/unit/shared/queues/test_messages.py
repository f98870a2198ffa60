import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.errors import ConfigError, Retryable
from shared.queues import messages as module
from shared.queues.messages import DeadLetter, Messages, Unsent


@pytest.fixture
def messages(tmp_path: Path) -> Iterator[Messages]:
    messages = Messages(tmp_path / "queue.sqlite3")
    yield messages
    messages.close()


def execute(path: Path, sql: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(sql)
    connection.close()


def test_a_dead_letter_keeps_its_body_reason_attempt_and_time(messages: Messages) -> None:
    messages.insert([Unsent("rotten", 0, 0)])
    (delivery,) = messages.claim(1, 0, 1_000).deliveries
    messages.bury(delivery.receipt, "undecodable", 77)
    assert messages.dead() == [DeadLetter("rotten", "undecodable", 1, 77)]


@pytest.mark.parametrize("receipt", ["", "1", "1.", ".1", "x.y", "1.1.1", "2.1", "1.2", "-1.1"])
def test_a_receipt_that_is_none_of_ours_changes_nothing(messages: Messages, receipt: str) -> None:
    messages.insert([Unsent("kept", 0, 0)])
    messages.claim(1, 0, 1_000)
    messages.remove([receipt])
    messages.release(receipt, 0)
    messages.bury(receipt, "reason", 0)
    assert messages.claim(1, 500, 1_000).deliveries == []
    assert messages.depth(0).in_flight == 1


def test_the_receipt_of_a_removed_message_never_means_a_new_one(messages: Messages) -> None:
    messages.insert([Unsent("old", 0, 0)])
    (old,) = messages.claim(1, 0, 1_000).deliveries
    messages.remove([old.receipt])
    messages.insert([Unsent("new", 0, 0)])
    (new,) = messages.claim(1, 0, 1_000).deliveries
    assert new.receipt != old.receipt


def test_an_empty_claim_says_when_to_look_again(messages: Messages) -> None:
    assert messages.claim(1, 0, 1_000).next_visible_ms is None
    messages.insert([Unsent("later", 900, 0), Unsent("sooner", 700, 0)])
    assert messages.claim(1, 0, 1_000).next_visible_ms == 700


def test_messages_are_inserted_together_or_not_at_all(messages: Messages) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        messages.insert([Unsent("good", 0, 0), Unsent(None, 0, 0)])  # type: ignore[arg-type]
    assert messages.depth(0).visible == 0
    messages.insert([Unsent("good", 0, 0)])
    assert messages.depth(0).visible == 1


def test_tables_of_a_newer_version_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite3"
    Messages(path).close()
    execute(path, "PRAGMA user_version = 2")
    with pytest.raises(ConfigError, match=r"queue\.sqlite3: written by a newer Blockmetry"):
        Messages(path)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite3"
    path.write_bytes(b"no database, but long enough to be one: " * 100)
    with pytest.raises(ConfigError, match="not a database"):
        Messages(path)


def test_the_files_are_for_their_owner_only(tmp_path: Path) -> None:
    messages = Messages(tmp_path / "queue.sqlite3")
    messages.insert([Unsent("198.51.100.7", 0, 0)])
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    messages.close()


def test_a_queue_that_another_program_has_locked_may_work_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.05)
    messages = Messages(tmp_path / "queue.sqlite3")
    other = sqlite3.connect(tmp_path / "queue.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Retryable, match="locked"):
        messages.insert([Unsent("refused", 0, 0)])
    other.execute("ROLLBACK")
    messages.insert([Unsent("taken", 0, 0)])
    assert messages.depth(0).visible == 1
    other.close()
    messages.close()


def test_a_full_disk_may_have_room_later(messages: Messages) -> None:
    messages.insert([Unsent("before", 0, 0)])
    connection = messages._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(Retryable, match="full"):
        messages.insert([Unsent("x" * 100_000, 0, 0)])
    connection.execute("PRAGMA max_page_count = 1000000")
    messages.insert([Unsent("after", 0, 0)])
    assert [delivery.body for delivery in messages.claim(10, 0, 1_000).deliveries] == ["before", "after"]
