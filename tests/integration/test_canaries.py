"""The visitor is nobody: what was planted in hits is in no record, log, metric, answer, dead letter or retry.

Journal and queue have to hold a beacon as it came until it is enriched, and lose it then.
"""

from pathlib import Path

import pytest

from shared.block import RecordBlock, unpack
from tests.integration.canaries import BASE64, CANARIES, WORD, found_below, found_in
from tests.integration.tour import BURIED, DELIVERED, STUMBLES, Tour


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Tour:
    return Tour(tmp_path_factory.mktemp("tour"))


def test_every_canary_reached_the_journal_and_the_queue_so_that_the_search_would_find_it(tour: Tour) -> None:
    assert set().union(*tour.in_journal.values()) == set(CANARIES)
    assert set(tour.in_queue) == set(CANARIES)


def test_no_answer_tells_them(tour: Tour) -> None:
    assert {answer.partition(" ")[0] for answer in tour.answers} == {"200", "204", "400", "404"}
    assert [answer for answer in tour.answers if found_in(answer.encode())] == []


def test_no_metric_and_no_live_page_tells_them(tour: Tour) -> None:
    assert "blockmetry_received_total" in tour.metrics
    assert "blockmetry_dropped_total" in tour.metrics
    assert '"record"' in tour.live
    assert '"reason":"bot"' in tour.live
    assert found_in((tour.metrics + tour.live).encode()) == []


def test_what_is_handed_back_to_the_queue_holds_records_without_them(tour: Tour) -> None:
    blocks = [unpack(body) for body in tour.handed_back]
    assert sum(len(block.records) for block in blocks if isinstance(block, RecordBlock)) == BURIED
    assert found_in("\n".join(tour.handed_back).encode()) == []


def test_no_file_holds_them_once_everything_is_enriched(tour: Tour) -> None:
    """Logs, letters of bugs, queue, journal, records; while one sink fails, and after it was mended."""
    assert len([name for name in tour.letters if name.startswith("reason=bug/")]) == 1
    assert len([name for name in tour.letters if name.startswith("reason=gave_up/")]) >= 1
    assert tour.in_files_while_down == {}
    assert tour.in_files_with_letters == {}
    assert tour.in_files_at_the_end == {}


def test_the_letters_of_a_bug_say_where_it_is(tour: Tour) -> None:
    (kept,) = (text for name, text in tour.letters.items() if name.startswith("reason=bug/"))
    assert kept.count("ValueError in outspoken.py:") == STUMBLES
    assert '"title":"Aaaaaaa aaaaaaaa.aaaaa@aaaaaaa.aaa"' in kept


def test_the_logs_have_something_to_tell(tour: Tour) -> None:
    told = ("a measurement failed in", "are handed back", "are dead letters", "a block cannot be read", '"debug"')
    assert [event for event in told if event not in tour.logs] == []


def test_the_records_are_all_there(tour: Tour) -> None:
    assert len(tour.records) == DELIVERED
    assert "/users/[email]/orders?email=[email]&token=[token]" in "\n".join(tour.records)


def test_nothing_of_a_block_is_left_in_the_queue_s_file_nor_a_segment_in_the_journal(tour: Tour) -> None:
    assert BASE64.search(tour.queue_file) is None
    assert tour.left_of_queue == ["queue.sqlite3", "queue.sqlite3.lock"]
    assert tour.segments == []


def test_the_search_finds_what_stands_open_or_encoded(tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text(f"failed for {WORD.upper()}%2Ejones%40example.com")
    assert found_below(tmp_path) == {"log.txt": [WORD]}
