import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from shared import block
from shared.block import RecordBlock
from shared.errors import Retryable
from shared.queues import Queue
from shared.queues.embedded import EmbeddedQueue
from shared.record import FinishedRecord
from shared.seal import Keyring, new_key
from shared.sinks import ObjectsSink, Sink, name_of
from workers.dead_letters import NO_SINK, DeadLetters
from workers.letters import Letters
from workers.replay import Carrier, Fate, Replay, Sinks, Tally, Wanted

NOON = 1_794_398_400.0
"""2026-11-11T12:00:00Z"""
HIT = ObjectsSink(url="file://hits")
BLOCK = ObjectsSink(url="file://blocks", layout="block")
SHOP: Sinks = {"shop": {name_of(HIT): HIT, name_of(BLOCK): BLOCK}}
Bury = Callable[..., Awaitable[None]]
ALL = Wanted()
UNSEALED = Keyring()


def records(*names: str) -> list[FinishedRecord]:
    return [FinishedRecord(name, 5, 7, b'{"RecordID":"%s"}' % name.encode()) for name in names]


@pytest.fixture
async def queue(tmp_path: Path) -> AsyncIterator[EmbeddedQueue]:
    opened = EmbeddedQueue(tmp_path / "queue.sqlite3", 60)
    yield opened
    await opened.close()


@pytest.fixture
async def letters(tmp_path: Path) -> AsyncIterator[Letters]:
    opened = Letters(f"file://{tmp_path}/dead")
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def bury(tmp_path: Path) -> Bury:
    async def bury(
        names: list[FinishedRecord],
        sink: Sink | str = HIT,
        reason: str = "gave_up",
        at: float = NOON,
        block_id: str = "",
    ) -> None:
        dead_letters = DeadLetters(f"file://{tmp_path}/dead", lambda: at)
        await dead_letters.bury("shop", sink if isinstance(sink, str) else name_of(sink), reason, names, block_id)
        await dead_letters.close()

    return bury


async def replayed(letters: Letters, queue: Queue, wanted: Wanted = ALL, sinks: Sinks = SHOP) -> dict[Fate, int]:
    tally = Tally()
    carrier = Carrier(letters, queue, Keyring(), now=lambda: NOON)
    await Replay(letters, sinks, wanted, carrier.put_back, tally).run()
    return {fate: sum(count for (_, found), count in tally.items() if found is fate) for _, fate in tally}


async def sent(queue: EmbeddedQueue, keyring: Keyring = UNSEALED) -> list[RecordBlock]:
    """What can be received a minute later."""
    queue._now = lambda: time.time() + 60
    found = []
    while deliveries := await queue.receive(10, 0):
        blocks = [block.unpack(delivery.body, keyring) for delivery in deliveries]
        found += [later for later in blocks if isinstance(later, RecordBlock)]
        await queue.ack(deliveries)
    return found


def left(tmp_path: Path) -> list[str]:
    """Ids of the records in letters that can be read."""
    found: list[str] = []
    for path in (tmp_path / "dead").rglob("*.json"):
        with suppress(ValueError):
            found += [record["id"] for record in json.loads(path.read_bytes())["records"]]
    return sorted(found)


async def test_letters_go_back_as_a_record_block_of_their_lane(
    letters: Letters, queue: EmbeddedQueue, bury: Bury, tmp_path: Path
) -> None:
    await bury(records("a", "b"))
    assert await replayed(letters, queue) == {Fate.PUT_BACK: 2}
    (later,) = await sent(queue)
    assert (later.property, later.sink, later.attempt) == ("shop", name_of(HIT), 0)
    assert (later.first_failed_at_ms, later.permanent_since_ms) == (int(NOON * 1000), 0)
    assert later.records == records("a", "b")
    assert left(tmp_path) == []


async def test_what_is_sent_cannot_be_received_before_its_letters_are_gone(
    letters: Letters, queue: EmbeddedQueue, bury: Bury
) -> None:
    """A worker that buries the same record at once would find the letter there, and the replay would remove it."""
    await bury(records("a"))
    await replayed(letters, queue)
    depth = await queue.depth()
    assert (depth.visible, depth.delayed) == (0, 1)


async def test_records_that_share_an_object_go_back_under_its_name_and_others_under_their_letters(
    letters: Letters, queue: EmbeddedQueue, bury: Bury
) -> None:
    """A part of a block under the block's name would be taken for the whole, and the rest never be written."""
    await bury(records("a", "b"), BLOCK, block_id="first")
    await bury(records("c"), HIT)
    await bury(records("d"), HIT)
    await replayed(letters, queue)
    found = {"".join(record.id for record in later.records): later.block_id for later in await sent(queue)}
    assert found["ab"] == "first"
    assert len({*found.values(), ""}) == 4


async def test_a_replay_that_was_killed_before_it_removed_a_letter_is_finished_with_the_very_same_block(
    letters: Letters, queue: EmbeddedQueue, bury: Bury, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bury(records("a", "b", "c"), BLOCK, block_id="first")

    async def killed(_key: str) -> None:
        raise KeyError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(letters, "remove", killed)
        with pytest.raises(KeyError):
            await replayed(letters, queue)
    assert left(tmp_path) == ["a", "b", "c"]
    assert await replayed(letters, queue) == {Fate.PUT_BACK: 3}
    first, second = await sent(queue)
    assert first == second
    assert left(tmp_path) == []


async def test_a_queue_that_takes_nothing_leaves_every_letter(
    letters: Letters, queue: EmbeddedQueue, bury: Bury, tmp_path: Path
) -> None:
    await bury(records("a", "b"))
    await queue.close()
    with pytest.raises(Retryable):
        await replayed(letters, queue)
    assert left(tmp_path) == ["a", "b"]


async def test_letters_without_a_lane_are_left_until_a_sink_is_named(
    letters: Letters, queue: EmbeddedQueue, bury: Bury, tmp_path: Path
) -> None:
    await bury(records("a"), "objects-gone")
    await bury(records("b"), HIT)
    assert await replayed(letters, queue) == {Fate.NO_SUCH_LANE: 1, Fate.PUT_BACK: 1}
    assert left(tmp_path) == ["a"]
    assert await replayed(letters, queue, Wanted(sink=name_of(HIT))) == {Fate.PUT_BACK: 1}
    assert {later.sink for later in await sent(queue)} == {name_of(HIT)}


async def test_letters_of_a_property_that_was_gone_go_to_all_its_sinks_once_it_is_back(
    letters: Letters, queue: EmbeddedQueue, bury: Bury
) -> None:
    await bury(records("a"), NO_SINK, "no_such_lane", block_id="first")
    assert await replayed(letters, queue, sinks={}) == {Fate.NO_SUCH_LANE: 1}
    assert await replayed(letters, queue) == {Fate.PUT_BACK: 1}
    assert {later.sink for later in await sent(queue)} == set(SHOP["shop"])


async def test_bugs_and_what_is_unreadable_stay_and_are_counted(
    letters: Letters, queue: EmbeddedQueue, bury: Bury, tmp_path: Path
) -> None:
    await bury(records("a"), "acquisition", "bug")
    for name in "bcde":
        await bury(records(name))
    broken, odd, moved, _ = sorted((tmp_path / "dead" / "reason=gave_up").rglob("*.json"))
    broken.write_text("{")
    odd.write_bytes(b"\xff")
    moved.rename(moved.with_name(f"{'0' * 32}.json"))
    (tmp_path / "dead" / "notes.txt").write_text("mine")
    assert await replayed(letters, queue) == {Fate.BUG: 1, Fate.UNREADABLE: 4, Fate.PUT_BACK: 1}
    assert len(list((tmp_path / "dead").rglob("*.*"))) == 5


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(), "abcd"),
        (Wanted(reason="refused"), "b"),
        (Wanted(property_id="shop"), "abcd"),
        (Wanted(property_id="news"), ""),
        (Wanted(reason="refused", property_id="news"), ""),
        (Wanted(since="2026-11-11T12:00:00Z"), "abd"),
        (Wanted(since="2026-11-11T12:00:01Z"), "d"),
    ],
)
async def test_only_what_is_wanted_goes_back(
    letters: Letters, queue: EmbeddedQueue, bury: Bury, tmp_path: Path, wanted: Wanted, expected: str
) -> None:
    await bury(records("a"))
    await bury(records("b"), reason="refused")
    await bury(records("c"), at=NOON - 1)
    await bury(records("d"), BLOCK, at=NOON + 1, block_id="first")
    await replayed(letters, queue, wanted)
    assert "".join(sorted({*"abcd"} - set(left(tmp_path)))) == expected


async def test_letters_travel_sealed_where_blocks_do(letters: Letters, queue: EmbeddedQueue, bury: Bury) -> None:
    await bury(records("a"))
    keyring = Keyring([new_key("k1")])
    carrier = Carrier(letters, queue, keyring)
    await Replay(letters, SHOP, Wanted(), carrier.put_back, Tally()).run()
    (later,) = await sent(queue, keyring)
    assert later.records == records("a")


async def test_more_letters_than_a_page_all_go_back(
    letters: Letters, queue: EmbeddedQueue, bury: Bury, tmp_path: Path
) -> None:
    for number in range(601):
        await bury(records(f"{number:032x}"))
    assert await replayed(letters, queue) == {Fate.PUT_BACK: 601}
    assert sum(len(later.records) for later in await sent(queue)) == 601
    assert left(tmp_path) == []
