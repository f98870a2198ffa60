"""What was shipped does not lie about on disk: it holds client addresses."""

from pathlib import Path

from gateway.journal import Journal


def held(directory: Path) -> list[bytes]:
    return [path.read_bytes() for path in directory.glob("*.segment")]


def test_a_segment_that_is_shipped_as_a_whole_is_deleted_when_asked_and_the_next_one_goes_on(tmp_path: Path) -> None:
    journal = Journal(tmp_path, 1 << 20)
    journal.append(b"203.0.113.77")
    journal.commit(journal.read(1 << 20).end)
    assert len(held(tmp_path)) == 1
    journal.retire()
    assert held(tmp_path) == []
    journal.append(b"next")
    assert journal.read(1 << 20).payloads == [b"next"]
    journal.close()


def test_nothing_is_deleted_that_has_not_been_shipped(tmp_path: Path) -> None:
    journal = Journal(tmp_path, 1 << 20)
    journal.append(b"one")
    journal.append(b"two")
    journal.retire()
    assert journal.read(1 << 20).payloads == [b"one", b"two"]
    journal.close()
