"""What a worker keeps on disk, while there is no room: it waits, nothing is lost, and nobody sees half of it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.config import Config
from shared.errors import ConfigError, Retryable
from shared.record import FinishedRecord
from tests.faults.small_disk import SmallDisk, small_disk
from workers.dead_letters import DeadLetters
from workers.secret import load_secret
from workers.sinks.directory import DirectoryStore

BODIES = {f"property=shop/hour={n % 7}/{n:04d}.json": json.dumps("x" * (n * 97 % 30_000)).encode() for n in range(120)}
MOST_ROUNDS = 60


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", 4) as disk:
        yield disk


def whole_files(root: Path) -> dict[str, bytes]:
    """As a reader finds them; all that there is."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


async def test_records_wait_for_room_and_no_reader_sees_half_of_one(disk: SmallDisk) -> None:
    store, root = DirectoryStore(disk.root / "records", 8), disk.root / "records"
    left, failures = dict(BODIES), 0
    for room in range(MOST_ROUNDS):
        disk.free()
        disk.fill(leave_bytes=room * 4_096)
        failed = await store.create(left)
        failures += len(failed)
        left = {key: left[key] for key in failed}
        found = whole_files(root)
        assert {key: found[key] for key in BODIES.keys() - left.keys()}.items() <= BODIES.items()
        assert found.items() <= BODIES.items(), "half of one, or what nobody removes"
    disk.free()
    assert failures > len(BODIES)
    assert await store.create(left) == {}
    assert whole_files(root) == BODIES
    await store.close()


async def test_a_dead_letter_waits_for_room_and_no_replay_sees_half_of_it(disk: SmallDisk) -> None:
    root = disk.root / "dead-letters"
    letters = DeadLetters(root.as_uri())
    records = [FinishedRecord(f"{n:032x}", n, n, json.dumps("x" * 2_000).encode()) for n in range(100)]
    for room in range(20):
        disk.fill(leave_bytes=room * 4_096)
        with pytest.raises(Retryable, match="No space"):
            await letters.bury("shop", "objects", "refused", records)
        assert [path for path in root.rglob("*") if path.is_file()] == []
        disk.free()
    await letters.bury("shop", "objects", "refused", records)
    ((_, letter),) = whole_files(root).items()
    assert len(json.loads(letter)["records"]) == len(records)
    await letters.close()


def test_there_is_no_half_of_a_secret(disk: SmallDisk) -> None:
    config = Config(data=str(disk.root / "data"))
    Path(config.data).mkdir()
    disk.fill()
    with pytest.raises(ConfigError, match="No space left"):
        load_secret(config)
    assert not list(Path(config.data).iterdir())
    disk.free()
    assert load_secret(config) == load_secret(config)
