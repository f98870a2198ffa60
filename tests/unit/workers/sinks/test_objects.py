from collections.abc import Mapping
from pathlib import Path

import pytest

from shared.errors import WriteFailed
from shared.record import FinishedRecord
from shared.sinks import ObjectsSink
from workers.sinks.directory import DirectoryStore
from workers.sinks.failure import Failure
from workers.sinks.layouts import HOUR_MS, key_of
from workers.sinks.objects import Objects

HIT = ObjectsSink(url="file://records")
BLOCK = ObjectsSink(url="file://records", layout="block")


def record(name: str, at_ms: int = 0) -> FinishedRecord:
    return FinishedRecord(name, at_ms, 0, b"{}")


class Seen(DirectoryStore):
    """And remembered."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, 8)
        self.content_types: list[str] = []

    async def create(self, objects: Mapping[str, bytes], content_type: str = "") -> dict[str, Failure]:
        self.content_types.append(content_type)
        return await super().create(objects, content_type)


async def test_only_the_records_that_failed_are_named(tmp_path: Path) -> None:
    """A directory where one of the files should be."""
    sink = Objects("shop", DirectoryStore(tmp_path, 8), HIT)
    (tmp_path / key_of("shop", record("taken"))).mkdir(parents=True)
    with pytest.raises(WriteFailed) as failure:
        await sink.write([record("before"), record("taken"), record("after")], "b")
    assert failed(failure.value) == ({"taken": "unavailable"}, {})
    assert (tmp_path / key_of("shop", record("before"))).is_file()
    assert (tmp_path / key_of("shop", record("after"))).is_file()
    await sink.close()


async def test_a_key_that_no_store_can_take_is_refused_for_good(tmp_path: Path) -> None:
    sink = Objects("shop", DirectoryStore(tmp_path, 8), HIT)
    with pytest.raises(WriteFailed) as failure:
        await sink.write([record("good"), record("a//b")], "b")
    assert failed(failure.value) == ({}, {"a//b": "refused"})
    await sink.close()


async def test_a_block_that_failed_names_all_its_records_of_that_hour(tmp_path: Path) -> None:
    sink = Objects("shop", DirectoryStore(tmp_path, 8), BLOCK)
    (tmp_path / "property=shop/date=1970-01-01/hour=00/b.ndjson.zst").mkdir(parents=True)
    with pytest.raises(WriteFailed) as failure:
        await sink.write([record("a"), record("b"), record("later", HOUR_MS)], "b")
    assert failed(failure.value) == ({"a": "unavailable", "b": "unavailable"}, {})
    assert (tmp_path / "property=shop/date=1970-01-01/hour=01/b.ndjson.zst").is_file()
    await sink.close()


@pytest.mark.parametrize(("configured", "said"), [(HIT, "application/json"), (BLOCK, "application/x-ndjson")])
async def test_each_layout_says_what_it_writes(tmp_path: Path, configured: ObjectsSink, said: str) -> None:
    store = Seen(tmp_path)
    sink = Objects("shop", store, configured)
    await sink.write([record("a")], "b")
    assert store.content_types == [said]
    await sink.close()


def failed(failure: WriteFailed) -> tuple[Mapping[str, str], Mapping[str, str]]:
    return failure.retryable, failure.permanent
