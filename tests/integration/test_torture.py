"""Protocol torture: every oddity is answered or refused, none is taken for two requests, and none is quoted."""

from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration import torture, torture_heads
from tests.integration.stranger import Heard, Target, assert_explained, assert_silent, target
from tests.integration.torture import Case, Fate

AT_ONCE = 16
PIECES = 60
FLOOD = 2_000
CASES: list[Case] = [
    *(*torture.LENGTHS, *torture.TRANSFERS, *torture.CHUNKS),
    *(*torture_heads.LINES, *torture_heads.HOSTS, *torture_heads.TARGETS, *torture_heads.METHODS),
    *(*torture_heads.VERSIONS, *torture_heads.OTHER_PROTOCOLS),
]

Story = Mapping[tuple[str, int], Heard]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    short = {"head_timeout_seconds": "1", "body_timeout_seconds": "1", "keepalive_seconds": "2"}
    with target(tmp_path_factory.mktemp("torture"), **short) as running:
        yield running


@pytest.fixture(scope="module")
def story(gateway: Target) -> Story:
    """What came of every case, sent in one piece and in many, many cases at a time."""
    asked = [(case, pieces) for case in CASES for pieces in (1, PIECES)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        heard = pool.map(lambda one: gateway.hear(one[0].sent, 2 if one[0].fate is Fate.SERVED else 99, one[1]), asked)
        return {(case.name, pieces): came for (case, pieces), came in zip(asked, heard, strict=True)}


def test_every_case_has_a_name_of_its_own() -> None:
    assert [name for name, count in Counter(case.name for case in CASES).items() if count > 1] == []


@pytest.mark.parametrize("pieces", [1, PIECES], ids=["at once", "in pieces"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_comes_of_it(story: Story, case: Case, pieces: int) -> None:
    heard = story[case.name, pieces]
    if case.fate is Fate.SERVED:
        assert (heard.statuses, heard.is_closed) == ([case.status, 204], False)
        return
    assert heard.is_closed
    assert heard.statuses in [[case.status], *other_ends(case, pieces, heard)]


def other_ends(case: Case, pieces: int, heard: Heard) -> Iterator[list[int]]:
    """That are as good."""
    if case.fate is Fate.LAST:
        yield [400]  # for what stands behind a request that was to be the last
    if pieces > 1:
        yield [408]  # a body that breaks while it is waited for is slow
    if heard.is_broken:
        yield []  # who still sends when the server has closed may lose the answer


def test_every_refusal_is_explained_without_an_echo(story: Story) -> None:
    replies = [reply for heard in story.values() for reply in heard.replies if reply.status >= 400]
    assert replies
    for reply in replies:
        assert_explained(reply)


def test_the_counters_know_what_was_told_and_nothing_else_was_taken(gateway: Target, story: Story) -> None:
    told: Counter[str] = sum((heard.rejects for heard in story.values()), Counter())
    unheard = sum(heard.is_broken and not heard.replies for heard in story.values())
    beacons = {key: heard for key, heard in story.items() if "OPTIONS" not in key[0]}
    told["accepted"] = sum(heard.statuses.count(204) for heard in beacons.values()) + 2  # of OPTIONS: what came after
    counted = gateway.counted()
    missing = {
        name: counted[name] - told[name] for name in counted if name != "rejected" and counted[name] != told[name]
    }
    assert all(count > 0 for count in missing.values()), missing
    assert sum(missing.values()) <= unheard, missing


def test_a_flood_of_it_leaves_nothing_in_the_log(gateway: Target) -> None:
    bad = [case.sent for case in CASES if case.fate is Fate.REFUSED and len(case.sent) < 20_000]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        heard = list(pool.map(lambda number: gateway.hear(bad[number % len(bad)], 99), range(FLOOD)))
    assert all(one.is_closed for one in heard)
    assert_silent(gateway)
