import json
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from shared.errors import Retryable
from shared.record import FinishedRecord
from workers.dead_letters import KEY, DeadLetter, DeadLetters

NOW = 1_794_398_400.5
RECORD = FinishedRecord("a" * 32, 1_794_000_000_001, 1_794_000_000_002, b'{"AnonymitySetID":"00ff"}')
OTHER = FinishedRecord("b" * 32, 1_794_000_000_003, 1_794_000_000_004, b'{"AnonymitySetID":"00fe"}')


def letters(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "dead-letters").rglob("*.json"))


@pytest.fixture
async def dead_letters(tmp_path: Path) -> AsyncIterator[DeadLetters]:
    dead_letters = DeadLetters(f"file://{tmp_path}/dead-letters", lambda: NOW)
    yield dead_letters
    await dead_letters.close()


async def test_a_dead_letter_says_why_and_has_what_a_replay_needs(dead_letters: DeadLetters, tmp_path: Path) -> None:
    await dead_letters.bury("shop", "objects-1f2e3d4c", "refused", [RECORD], "b10c")
    (path,) = letters(tmp_path)
    place = "reason=refused/property=shop/sink=objects-1f2e3d4c"
    assert path.parent == tmp_path / "dead-letters" / place
    assert KEY.fullmatch(f"{place}/{path.name}")
    assert json.loads(path.read_bytes()) == {
        "property": "shop",
        "sink": "objects-1f2e3d4c",
        "reason": "refused",
        "at": "2026-11-11T12:00:00Z",
        "block_id": "b10c",
        "records": [
            {
                "id": "a" * 32,
                "at_ms": 1_794_000_000_001,
                "received_at_ms": 1_794_000_000_002,
                "record": {"AnonymitySetID": "00ff"},
            }
        ],
    }


async def test_a_dead_letter_gives_back_the_very_records(dead_letters: DeadLetters, tmp_path: Path) -> None:
    await dead_letters.bury("shop", "objects-1f2e3d4c", "refused", [RECORD, OTHER])
    (path,) = letters(tmp_path)
    letter = msgspec.json.decode(path.read_bytes(), type=DeadLetter)
    assert letter.finished == [RECORD, OTHER]
    assert letter.key == path.relative_to(tmp_path / "dead-letters").as_posix()


async def test_burying_again_changes_nothing(dead_letters: DeadLetters, tmp_path: Path) -> None:
    await dead_letters.bury("shop", "objects-1f2e3d4c", "refused", [RECORD, OTHER], "b10c")
    (path,) = letters(tmp_path)
    first = path.read_bytes()
    later = DeadLetters(f"file://{tmp_path}/dead-letters", lambda: NOW + 60)
    await later.bury("shop", "objects-1f2e3d4c", "refused", [OTHER, RECORD], "b10c")
    await later.close()
    assert letters(tmp_path) == [path]
    assert path.read_bytes() == first


async def test_other_records_another_block_and_another_reason_have_letters_of_their_own(
    dead_letters: DeadLetters, tmp_path: Path
) -> None:
    await dead_letters.bury("shop", "objects-1f2e3d4c", "refused", [RECORD], "b10c")
    await dead_letters.bury("shop", "objects-1f2e3d4c", "refused", [OTHER], "b10c")
    await dead_letters.bury("shop", "objects-1f2e3d4c", "refused", [RECORD], "b10d")
    await dead_letters.bury("shop", "objects-1f2e3d4c", "gave_up", [RECORD], "b10c")
    assert len(letters(tmp_path)) == 4


async def test_what_cannot_be_buried_may_be_later(dead_letters: DeadLetters, tmp_path: Path) -> None:
    (tmp_path / "dead-letters").touch()
    with pytest.raises(Retryable, match="1 dead records"):
        await dead_letters.bury("shop", "objects-1f2e3d4c", "refused", [RECORD])
    (tmp_path / "dead-letters").unlink()
    await dead_letters.bury("shop", "objects-1f2e3d4c", "refused", [RECORD])
    assert len(letters(tmp_path)) == 1
