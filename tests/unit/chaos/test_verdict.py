"""The oracle sees what is missing, too much, altered, or in the wrong place."""

from collections.abc import Iterable
from typing import Any

import pytest

from tests.chaos.load import Load, title_of
from tests.chaos.verdict import Found, Verdict

PROPERTIES = ("even", "odd")


def record_of(number: int, **different: Any) -> Any:
    page = {"Title": title_of(number), "URLPath": f"/products/{number % 97}", **different}
    return {"Meta": {"RecordID": f"{number:032x}"}, "PageProperties": page}


def found(number: int, **different: Any) -> Found:
    return Found(record_of(number, **different), PROPERTIES[number % 2], f"{number:032x}")


def verdict_of(objects: Iterable[Found], properties: tuple[str, ...] | None = None) -> Verdict:
    """Three beacons were sent and two acknowledged."""
    load = Load("http://nowhere/", PROPERTIES)
    load.attempted, load.obligations = {1, 2, 3}, {1: 0.0, 2: 0.0}
    return Verdict(load, objects, properties)


@pytest.mark.parametrize("objects", [(1, 2), (1, 2, 3)])
def test_what_was_promised_must_be_there_and_what_was_only_sent_may(objects: tuple[int, ...]) -> None:
    assert verdict_of(map(found, objects)).is_clean


def test_a_promise_that_is_not_there_is_lost() -> None:
    verdict = verdict_of([found(1), found(3)])
    assert (verdict.lost, verdict.is_whole) == ({2}, False)


def test_what_nobody_sent_is_unknown() -> None:
    verdict = verdict_of(map(found, (1, 2, 4)))
    assert (verdict.unknown, verdict.is_whole) == ({4}, False)


def test_what_is_there_twice_is_doubled_and_each_repetition_counts() -> None:
    verdict = verdict_of(map(found, (1, 2, 2, 2)))
    assert (verdict.doubled, verdict.repeated) == ({2}, 2)
    assert verdict.is_whole
    assert not verdict.is_clean


@pytest.mark.parametrize(
    "altered",
    [
        found(2, Title="apple"),
        found(2, URLPath="/products/3"),
        found(2)._replace(property="odd"),
        found(2)._replace(name=f"{3:032x}"),
    ],
)
def test_what_is_not_as_it_was_sent_or_lies_elsewhere_is_altered(altered: Found) -> None:
    verdict = verdict_of([found(1), altered])
    assert (verdict.altered, verdict.is_whole) == ({2}, False)


def test_a_sink_of_one_property_owes_that_propertys_hits_only() -> None:
    assert verdict_of([found(2)], ("even",)).is_clean
    assert verdict_of([found(2)], ("odd",)).lost == {1}
