from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from workers.sinks import disk
from workers.sinks.directory import DirectoryStore
from workers.sinks.disk import Disk
from workers.sinks.failure import FailureReason
from workers.sinks.layouts import COMPRESSIONS, Compression


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[DirectoryStore]:
    store = DirectoryStore(tmp_path / "records", 8)
    yield store
    await store.close()


def names(directory: Path) -> set[str]:
    return {path.name for path in directory.rglob("*") if path.is_file()}


async def test_the_directory_is_created_by_the_first_write(store: DirectoryStore, tmp_path: Path) -> None:
    assert not names(tmp_path)
    assert await store.create({"property=shop/a.json": b"{}"}) == {}
    assert (tmp_path / "records" / "property=shop" / "a.json").read_bytes() == b"{}"


async def test_nothing_but_the_objects_is_left(store: DirectoryStore, tmp_path: Path) -> None:
    await store.create({f"{number}.json": b"{}" for number in range(50)})
    assert names(tmp_path) == {f"{number}.json" for number in range(50)}


@pytest.mark.parametrize("torn", [b"", b"\0\0\0\0\0\0\0\0\0\0\0\0", b'{"hit":', b'{"hit": "\xc3'])
async def test_what_a_power_loss_has_torn_is_written_again(store: DirectoryStore, tmp_path: Path, torn: bytes) -> None:
    await store.create({"other.json": b"{}"})
    (tmp_path / "records" / "a.json").write_bytes(torn)
    assert await store.create({"a.json": b'{"hit": 1}'}) == {}
    assert (tmp_path / "records" / "a.json").read_bytes() == b'{"hit": 1}'


@pytest.mark.parametrize("compression", COMPRESSIONS.values(), ids=COMPRESSIONS)
@pytest.mark.parametrize("is_cut", [True, False], ids=["cut", "zeroes"])
async def test_a_block_that_a_power_loss_has_torn_is_written_again(
    store: DirectoryStore, tmp_path: Path, compression: Compression, is_cut: bool
) -> None:
    name, body = f"b.ndjson.{compression.ending}", compression.compress(b'{"hit": 1}\n' * 1000)
    await store.create({"other.json": b"{}"})
    (tmp_path / "records" / name).write_bytes(body[:-5] if is_cut else body[:20] + bytes(len(body) - 20))
    assert await store.create({name: body}) == {}
    assert (tmp_path / "records" / name).read_bytes() == body


@pytest.mark.parametrize("compression", COMPRESSIONS.values(), ids=COMPRESSIONS)
async def test_a_block_that_is_whole_stays(store: DirectoryStore, tmp_path: Path, compression: Compression) -> None:
    name, body = f"b.ndjson.{compression.ending}", compression.compress(b'{"hit": 1}\n')
    await store.create({name: body})
    assert await store.create({name: compression.compress(b'{"hit": 2}\n')}) == {}
    assert (tmp_path / "records" / name).read_bytes() == body


async def test_a_directory_that_somebody_removed_is_made_again(store: DirectoryStore, tmp_path: Path) -> None:
    await store.create({"a.json": b"{}"})
    (tmp_path / "records" / "a.json").unlink()
    (tmp_path / "records").rmdir()
    assert await store.create({"hour=01/b.json": b"{}"}) == {}
    assert names(tmp_path) == {"b.json"}


async def test_what_may_not_be_on_disk_fails_and_is_written_anew(
    store: DirectoryStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Disk, paths: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(Disk, "settle", fail)
        failures = await store.create({"a.json": b"{}", "b.json": b"{}"})
    assert {failure.reason for failure in failures.values()} == {FailureReason.UNAVAILABLE}
    assert set(failures) == {"a.json", "b.json"}
    assert not names(tmp_path)
    assert await store.create({"a.json": b"{}", "b.json": b"{}"}) == {}
    assert names(tmp_path) == {"a.json", "b.json"}


async def test_without_syncfs_every_file_is_synced(
    store: DirectoryStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "_syncfs", None)
    assert await store.create({"property=shop/a.json": b"{}", "property=shop/b.json": b"{}"}) == {}
    assert names(tmp_path) == {"a.json", "b.json"}


async def test_a_closed_store_opens_again(store: DirectoryStore, tmp_path: Path) -> None:
    await store.create({"a.json": b"{}"})
    await store.close()
    assert await store.create({"b.json": b"{}"}) == {}
    assert names(tmp_path) == {"a.json", "b.json"}


async def test_who_writes_after_a_close_has_it_synced_as_well(
    store: DirectoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.create({"a.json": b"{}"})
    await store.close()
    settled: list[Path] = []
    monkeypatch.setattr(Disk, "settle", lambda _, paths: settled.extend(paths))
    assert await store.create({"b.json": b"{}"}) == {}
    assert [path.name for path in settled] == ["b.json"]
