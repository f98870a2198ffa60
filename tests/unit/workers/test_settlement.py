"""The worker's books: what came is settled once, and what a bug swallows shows."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.unit.workers.test_worker import Bench, packed
from workers import worker
from workers.outcome import Outcome


@pytest.fixture
async def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    monkeypatch.setattr(worker, "RECEIVE_WAIT_SECONDS", 0.05)
    monkeypatch.setattr("workers.lane.PATIENCE_SECONDS", 0.0)
    made = Bench(tmp_path)
    yield made
    await made.queue.close()


def measurements(bench: Bench, outcome: str) -> float:
    return bench.value("settled_measurements_total", outcome=outcome)


def records(bench: Bench, outcome: str) -> float:
    return bench.value("settled_records_total", outcome=outcome)


def forbid_writing(bench: Bench) -> Path:
    wall = bench.path / "records"
    wall.write_text("a file where a directory should be")
    return wall


async def test_everything_that_came_is_settled(bench: Bench) -> None:
    await bench.queue.send(packed(1, 2, 3))
    await bench.queue.send(packed(4, 5, user_agent="curl/8.5.0"))
    await bench.run_until_idle()
    assert (measurements(bench, "enriched"), measurements(bench, "dropped")) == (3, 2)
    assert records(bench, "delivered") == 3
    assert bench.value("unaccounted_records") == 0


async def test_a_bug_is_a_dead_letter_and_no_record(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.steps.clock.tell", lambda *_: 1 // 0)
    await bench.queue.send(packed(1, 2))
    await bench.run_until_idle()
    assert measurements(bench, "dead_letter") == 2
    assert records(bench, "delivered") == records(bench, "dead_letter") == 0
    assert bench.value("unaccounted_records") == 0


async def test_what_is_handed_back_is_settled_again_when_it_comes(bench: Bench) -> None:
    wall = forbid_writing(bench)
    await bench.queue.send(packed(1, 2))
    await bench.run_until_idle()
    assert records(bench, "handed_back") == 2
    wall.unlink()
    bench.clock_ahead += 3600
    bench.worker._is_leaving = False
    await bench.run_until_idle()
    assert (measurements(bench, "enriched"), records(bench, "delivered")) == (2, 2)
    assert bench.value("resumed_records_total") == 2
    assert bench.value("unaccounted_records") == 0


async def test_a_delivery_that_fails_is_not_settled(bench: Bench) -> None:
    forbid_writing(bench)
    await bench.queue.send(packed(1))
    (delivery,) = await bench.queue.receive(1, 1)
    await bench.queue.close()
    await bench.worker._work(delivery)
    assert bench.value("enriched_total") == 1
    assert measurements(bench, "enriched") == records(bench, "handed_back") == 0


async def test_records_that_a_lane_forgets_are_seen(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> Iterator[object]:
        yield from ()

    monkeypatch.setattr("workers.lane.leftovers", none)
    forbid_writing(bench)
    await bench.queue.send(packed(1, 2))
    await bench.run_until_idle()
    assert bench.value("unaccounted_records") == 2


async def test_a_measurement_that_enrichment_forgets_is_seen(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.enrichment.conclude", lambda *_: Outcome(None))  # type: ignore[arg-type]
    await bench.queue.send(packed(1, 2, 3))
    await bench.run_until_idle()
    assert bench.value("unaccounted_records") == 3
