import gzip

import pytest
import zstandard

from shared.record import FinishedRecord
from workers.sinks.layouts import COMPRESSIONS, HOUR_MS, Object, by_block, by_hit, key_of

NOON_MS = 1_794_398_400_000


def record(name: str, at_ms: int = NOON_MS) -> FinishedRecord:
    return FinishedRecord(name, at_ms, 0, b'{"name":"%s"}' % name.encode())


def blocks(*records: FinishedRecord, block_id: str = "b", compression: str = "zstd") -> list[Object]:
    return list(by_block("shop", records, block_id, COMPRESSIONS[compression]))


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


def test_by_hit_each_record_is_an_object() -> None:
    assert [(made.body, made.ids) for made in by_hit("shop", [record("a"), record("b")])] == [
        (b'{"name":"a"}', ("a",)),
        (b'{"name":"b"}', ("b",)),
    ]


def test_by_block_the_records_of_an_hour_share_an_object() -> None:
    made = blocks(record("a"), record("b", NOON_MS + HOUR_MS), record("c", NOON_MS + 1))
    assert [(stored.key, stored.ids) for stored in made] == [
        ("property=shop/date=2026-11-11/hour=12/b.ndjson.zst", ["a", "c"]),
        ("property=shop/date=2026-11-11/hour=13/b.ndjson.zst", ["b"]),
    ]


def test_a_block_has_a_line_for_each_record() -> None:
    lines = b'{"name":"a"}\n{"name":"b"}\n'
    (zstd,) = blocks(record("a"), record("b"))
    (gzipped,) = blocks(record("a"), record("b"), compression="gzip")
    assert zstandard.ZstdDecompressor().decompress(zstd.body) == lines
    assert gzip.decompress(gzipped.body) == lines
    assert gzipped.key.endswith("/b.ndjson.gz")


@pytest.mark.parametrize("compression", ["zstd", "gzip"])
def test_the_same_records_make_the_same_bytes_in_whatever_order_they_come(compression: str) -> None:
    assert blocks(record("a"), record("b"), compression=compression) == blocks(
        record("b"), record("a"), record("b"), compression=compression
    )


def test_without_a_block_id_the_records_give_one() -> None:
    (first,) = blocks(record("a"), record("b"), block_id="")
    assert [first] == blocks(record("b"), record("a"), block_id="")
    assert first.key != blocks(record("a"), block_id="")[0].key
