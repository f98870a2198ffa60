from collections.abc import Mapping
from pathlib import Path

import pytest

from shared.errors import WriteFailed
from shared.record import FinishedRecord
from workers.sinks.directory import DirectoryStore
from workers.sinks.objects import Objects, key_of


def record(name: str, at_ms: int = 0) -> FinishedRecord:
    return FinishedRecord(name, at_ms, 0, b"{}")


@pytest.mark.parametrize(
    ("at_ms", "hour"),
    [
        (1_794_398_399_999, "date=2026-11-11/hour=11"),
        (1_794_398_400_000, "date=2026-11-11/hour=12"),
        (1_767_225_599_999, "date=2025-12-31/hour=23"),
        (1_767_225_600_000, "date=2026-01-01/hour=00"),
    ],
)
def test_the_key_has_the_hour_in_utc(at_ms: int, hour: str) -> None:
    assert key_of("shop", record("a" * 32, at_ms)) == f"property=shop/{hour}/{'a' * 32}.json"


async def test_only_the_records_that_failed_are_named(tmp_path: Path) -> None:
    """A directory where one of the files should be."""
    sink = Objects("shop", DirectoryStore(tmp_path, 8))
    (tmp_path / key_of("shop", record("taken"))).mkdir(parents=True)
    with pytest.raises(WriteFailed) as failure:
        await sink.write([record("before"), record("taken"), record("after")])
    assert failed(failure.value) == ({"taken": "unavailable"}, {})
    assert (tmp_path / key_of("shop", record("before"))).is_file()
    assert (tmp_path / key_of("shop", record("after"))).is_file()
    await sink.close()


async def test_a_key_that_no_store_can_take_is_refused_for_good(tmp_path: Path) -> None:
    sink = Objects("shop", DirectoryStore(tmp_path, 8))
    with pytest.raises(WriteFailed) as failure:
        await sink.write([record("good"), record("a//b")])
    assert failed(failure.value) == ({}, {"a//b": "refused"})
    await sink.close()


def failed(failure: WriteFailed) -> tuple[Mapping[str, str], Mapping[str, str]]:
    return failure.retryable, failure.permanent
