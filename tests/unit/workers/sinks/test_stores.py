from pathlib import Path

import pytest

from shared.sinks import ObjectsSink
from workers.sinks.bucket import BucketStore
from workers.sinks.stores import open_store


async def test_a_relative_directory_counts_from_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_store(ObjectsSink(url="file://data/records"), 8)
    assert await store.create({"a.json": b"{}"}) == {}
    await store.close()
    assert (tmp_path / "data" / "records" / "a.json").read_bytes() == b"{}"


@pytest.mark.parametrize("url", ["s3://bucket", "gs://bucket/records", "az://container/records"])
def test_a_bucket_is_a_store_as_well(url: str) -> None:
    assert isinstance(open_store(ObjectsSink(url=url), 8), BucketStore)
