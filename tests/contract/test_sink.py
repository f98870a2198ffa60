"""What every sink does."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest

from shared.errors import WriteFailed
from shared.properties import ObjectsSink
from shared.record import FinishedRecord
from workers.sinks import Sink, open_sink

AT_MS = 1_794_398_400_000


class Place(Protocol):
    """A sink's store, seen from the customer's side."""

    @property
    def url(self) -> str:
        """For `properties.toml`."""

    def bodies(self) -> list[bytes]:
        """Everything that was written."""

    def break_down(self) -> None:
        """Writes fail from now on, for reasons that can pass."""

    def mend(self) -> None:
        """Writes work again."""


class LocalDirectory(NamedTuple):
    root: Path

    @property
    def url(self) -> str:
        return f"file://{self.root}"

    def bodies(self) -> list[bytes]:
        return [path.read_bytes() for path in self.root.rglob("*.json")]

    def break_down(self) -> None:
        self.root.write_text("a file where the directory should be")

    def mend(self) -> None:
        self.root.unlink()


PLACES: list[Callable[[Path], Place]] = [lambda directory: LocalDirectory(directory / "records")]


@pytest.fixture(params=PLACES, ids=["file"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    made: Place = request.param(tmp_path)
    return made


@pytest.fixture
async def sink(place: Place) -> AsyncIterator[Sink]:
    sink = open_sink("shop", ObjectsSink(url=place.url))
    yield sink
    await sink.close()


def records(count: int, first: int = 0) -> list[FinishedRecord]:
    return [
        FinishedRecord(f"{number:032x}", AT_MS + number, AT_MS, json.dumps({"hit": number}).encode())
        for number in range(first, first + count)
    ]


async def test_every_record_arrives_byte_for_byte(sink: Sink, place: Place) -> None:
    written = records(200)
    await sink.write(written)
    assert sorted(place.bodies()) == sorted(record.body for record in written)


async def test_writing_again_writes_nothing_twice(sink: Sink, place: Place) -> None:
    await sink.write(records(10))
    await sink.write(records(15))
    assert len(place.bodies()) == 15


async def test_the_first_write_of_a_record_stays(sink: Sink, place: Place) -> None:
    await sink.write([FinishedRecord("a" * 32, AT_MS, AT_MS, b'{"first":true}')])
    await sink.write([FinishedRecord("a" * 32, AT_MS, AT_MS, b'{"first":false}')])
    assert place.bodies() == [b'{"first":true}']


async def test_another_process_that_writes_the_same_changes_nothing(sink: Sink, place: Place) -> None:
    await sink.write(records(3))
    other = open_sink("shop", ObjectsSink(url=place.url))
    await other.write(records(3))
    await other.close()
    assert len(place.bodies()) == 3


async def test_writing_nothing_is_allowed(sink: Sink) -> None:
    await sink.write([])


async def test_a_failed_write_names_the_records_to_retry_and_works_once_the_store_does(
    sink: Sink, place: Place
) -> None:
    place.break_down()
    with pytest.raises(WriteFailed) as failure:
        await sink.write(records(3))
    assert set(failure.value.retryable) == {record.id for record in records(3)}
    assert set(failure.value.permanent) == set()
    place.mend()
    await sink.write(records(3))
    assert len(place.bodies()) == 3


async def test_a_sink_has_a_kind_for_the_metrics(sink: Sink) -> None:
    assert sink.kind == "objects"
