from pathlib import Path

import pytest

from workers.sinks.stores import open_store


async def test_a_relative_directory_counts_from_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_store("file://data/records", 8)
    assert await store.create({"a.json": b"{}"}) == {}
    await store.close()
    assert (tmp_path / "data" / "records" / "a.json").read_bytes() == b"{}"


@pytest.mark.parametrize("url", ["", "data/records", "file://", "s3:/bucket", "http://127.0.0.1/"])
def test_what_is_no_store_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must begin with"):
        open_store(url, 8)
