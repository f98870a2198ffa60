import json
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from shared.errors import Retryable
from shared.record import FinishedRecord
from workers.dead_letters import HOUR_MS, DeadLetter, DeadLetters

NOW = 1_794_398_400.5
RECORD = FinishedRecord("a" * 32, 1_794_000_000_001, 1_794_000_000_002, b'{"AnonymitySetID":"00ff"}')
PLACE = f"reason=refused/property=shop/sink=objects-1f2e3d4c/{'a' * 32}.json"


@pytest.fixture
async def dead_letters(tmp_path: Path) -> AsyncIterator[DeadLetters]:
    dead_letters = DeadLetters(f"file://{tmp_path}/dead-letters", lambda: NOW)
    yield dead_letters
    await dead_letters.close()


async def test_a_dead_letter_says_why_and_has_what_a_replay_needs(dead_letters: DeadLetters, tmp_path: Path) -> None:
    await dead_letters.bury("shop", "objects-1f2e3d4c", "refused", [RECORD])
    assert json.loads((tmp_path / "dead-letters" / PLACE).read_bytes()) == {
        "property": "shop",
        "sink": "objects-1f2e3d4c",
        "reason": "refused",
        "at": "2026-11-11T12:00:00Z",
        "id": "a" * 32,
        "at_ms": 1_794_000_000_001,
        "received_at_ms": 1_794_000_000_002,
        "record": {"AnonymitySetID": "00ff"},
    }


async def test_a_dead_letter_gives_back_the_very_record(dead_letters: DeadLetters, tmp_path: Path) -> None:
    await dead_letters.bury("shop", "objects-1f2e3d4c", "refused", [RECORD])
    letter = msgspec.json.decode((tmp_path / "dead-letters" / PLACE).read_bytes(), type=DeadLetter)
    assert letter.finished == RECORD


async def test_a_dead_letter_of_an_earlier_version_stays_readable(dead_letters: DeadLetters) -> None:
    letter = msgspec.json.decode(
        b'{"property":"shop","sink":"objects-1","reason":"gave_up","at":"2026-11-11T12:00:00Z","id":"ab",'
        b'"at_ms":1,"received_at_ms":2,"record":{"AnonymitySetID":"00ff"}}',
        type=DeadLetter,
    )
    assert letter.key == "reason=gave_up/property=shop/sink=objects-1/ab.json"
    assert (letter.block_id, letter.siblings) == ("", 0)


async def test_letters_of_a_block_know_how_many_of_their_hour_were_buried_together(
    dead_letters: DeadLetters, tmp_path: Path
) -> None:
    hours = {"a": 1, "b": 1, "c": 2}
    records = [FinishedRecord(name, hour * HOUR_MS + 5, 0, b"{}") for name, hour in hours.items()]
    await dead_letters.bury("shop", "objects-1f2e3d4c", "refused", [*records, records[0]], "block-1")
    letters = [msgspec.json.decode(path.read_bytes(), type=DeadLetter) for path in tmp_path.rglob("*.json")]
    assert {letter.id: letter.siblings for letter in letters} == {"a": 2, "b": 2, "c": 1}
    assert {letter.block_id for letter in letters} == {"block-1"}


async def test_burying_again_changes_nothing(dead_letters: DeadLetters, tmp_path: Path) -> None:
    await dead_letters.bury("shop", "objects-1f2e3d4c", "refused", [RECORD])
    first = (tmp_path / "dead-letters" / PLACE).read_bytes()
    later = DeadLetters(f"file://{tmp_path}/dead-letters", lambda: NOW + 60)
    await later.bury("shop", "objects-1f2e3d4c", "refused", [RECORD])
    await later.close()
    assert (tmp_path / "dead-letters" / PLACE).read_bytes() == first


async def test_what_cannot_be_buried_may_be_later(dead_letters: DeadLetters, tmp_path: Path) -> None:
    (tmp_path / "dead-letters").touch()
    with pytest.raises(Retryable, match="1 dead letters"):
        await dead_letters.bury("shop", "objects-1f2e3d4c", "refused", [RECORD])
    (tmp_path / "dead-letters").unlink()
    await dead_letters.bury("shop", "objects-1f2e3d4c", "refused", [RECORD])
    assert (tmp_path / "dead-letters" / PLACE).exists()
