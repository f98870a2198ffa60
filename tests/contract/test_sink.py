"""What every sink does."""

import gzip
import json
from collections.abc import AsyncIterator, Iterable, Iterator

import pytest
import zstandard

from shared.errors import WriteFailed
from shared.record import FinishedRecord
from shared.sinks import kind_of
from tests.contract.sink_places import OBJECT_STORES, PLACES, Place
from tests.moto import ENVIRONMENT
from workers.sinks import Sink, open_sink

AT_MS = 1_794_398_400_000
BLOCK = "b" * 32

in_object_stores = pytest.mark.parametrize(
    "place", list(OBJECT_STORES.values()), ids=list(OBJECT_STORES), indirect=True
)


@pytest.fixture(params=list(PLACES.values()), ids=list(PLACES))
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    open_place, settings = request.param
    with open_place(request, settings) as opened:
        yield opened


@pytest.fixture
async def sink(place: Place) -> AsyncIterator[Sink]:
    sink = open_sink("shop", place.sink)
    yield sink
    await sink.close()


def records(count: int, first: int = 0) -> list[FinishedRecord]:
    return [
        FinishedRecord(f"{number:032x}", AT_MS + number, AT_MS, json.dumps({"hit": number}).encode())
        for number in range(first, first + count)
    ]


def found(place: Place) -> list[bytes]:
    """The records of all objects, whatever the layout."""
    return sorted(line for name, body in place.objects().items() for line in plain(name, body).splitlines())


def plain(name: str, body: bytes) -> bytes:
    if name.endswith(".zst"):
        return zstandard.ZstdDecompressor().decompress(body)
    return gzip.decompress(body) if name.endswith(".gz") else body


def bodies(written: Iterable[FinishedRecord]) -> list[bytes]:
    return sorted(record.body for record in written)


async def test_every_record_arrives_byte_for_byte(sink: Sink, place: Place) -> None:
    await sink.write(records(200), BLOCK)
    assert found(place) == bodies(records(200))


@in_object_stores
async def test_writing_a_block_again_changes_nothing(sink: Sink, place: Place) -> None:
    await sink.write(records(10), BLOCK)
    before = place.objects()
    await sink.write(records(10), BLOCK)
    assert place.objects() == before


@in_object_stores
async def test_the_first_write_of_a_record_stays(sink: Sink, place: Place) -> None:
    await sink.write([FinishedRecord("a" * 32, AT_MS, AT_MS, b'{"first":true}')], BLOCK)
    await sink.write([FinishedRecord("a" * 32, AT_MS, AT_MS, b'{"first":false}')], BLOCK)
    assert found(place) == [b'{"first":true}']


async def test_writing_a_block_again_loses_nothing(sink: Sink, place: Place) -> None:
    await sink.write(records(10), BLOCK)
    await sink.write(records(10), BLOCK)
    assert set(found(place)) == set(bodies(records(10)))


async def test_a_record_that_comes_twice_in_a_block_is_written_once(sink: Sink, place: Place) -> None:
    await sink.write([*records(3), *records(3)], BLOCK)
    assert found(place) == bodies(records(3))


@in_object_stores
async def test_another_process_that_writes_the_same_changes_nothing(sink: Sink, place: Place) -> None:
    await sink.write(records(3), BLOCK)
    other = open_sink("shop", place.sink)
    await other.write(records(3), BLOCK)
    await other.close()
    assert found(place) == bodies(records(3))


async def test_blocks_do_not_take_each_others_place(sink: Sink, place: Place) -> None:
    await sink.write(records(3), BLOCK)
    await sink.write(records(3, first=3), "c" * 32)
    assert found(place) == bodies(records(6))


async def test_writing_nothing_is_allowed(sink: Sink, place: Place) -> None:
    await sink.write([], BLOCK)
    assert found(place) == []


async def test_a_failed_write_names_the_records_to_retry_and_works_once_the_store_does(
    sink: Sink, place: Place
) -> None:
    place.break_down()
    with pytest.raises(WriteFailed) as failure:
        await sink.write(records(3), BLOCK)
    assert set(failure.value.retryable) == {record.id for record in records(3)}
    assert set(failure.value.permanent) == set()
    place.mend()
    await sink.write(records(3), BLOCK)
    assert found(place) == bodies(records(3))


async def test_a_sink_has_a_kind_for_the_metrics(sink: Sink, place: Place) -> None:
    assert sink.kind == kind_of(place.sink)
