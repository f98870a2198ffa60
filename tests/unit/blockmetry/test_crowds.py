import random
from collections import Counter
from typing import Any

import msgspec
import pytest

from blockmetry.crowds import (
    Crowds,
    classes,
    describing,
    distribution,
    each_left_out,
    keys,
    one_after_another,
    small_share,
    without,
)
from shared.record import BMRecord, DeviceProperties, Locale
from tests.measurements import lookups, measurement
from workers.enrich import enrich

FIELDS = describing()


def record(**changes: Any) -> BMRecord:
    """Changes of the device or the locale."""
    made = enrich(measurement(), lookups())
    assert isinstance(made, BMRecord)
    device = {name: value for name, value in changes.items() if name in DeviceProperties.__struct_fields__}
    locale = {name: value for name, value in changes.items() if name in Locale.__struct_fields__}
    return msgspec.structs.replace(
        made,
        anonymity_set_id=changes.get("anonymity_set_id", "a" * 16),
        device=msgspec.structs.replace(made.device, **device),
        locale=msgspec.structs.replace(made.locale, **locale),
    )


def crowds(*records: BMRecord, property_id: str = "") -> Crowds:
    counted = Crowds(FIELDS)
    for each in records:
        counted.add(property_id, each)
    return counted


def test_all_that_describes_a_visitor_is_compared_and_nothing_of_the_hit() -> None:
    assert FIELDS == [
        "UAFamily", "UAMajor", "OS", "OSMajor", "DeviceFamily", "DeviceClass", "Screen", "JSEnabled",
        "IsGoogleWeblight", "IsInAppBrowser", "HostApp", "Country", "City", "Languages", "TimeZone",
    ]  # fmt: skip
    assert {"DatetimeUTC", "URLPath"} <= keys().keys() - set(FIELDS)


@pytest.mark.parametrize(
    "change",
    [
        {"screen_height": 900}, {"city_geoname_id": 7}, {"languages": {"fr": 1.0}}, {"languages": {"en-GB": 0.5}},
        {"time_zone": "Asia/Tokyo"}, {"ua_major": "1"}, {"host_app": "LINE"},
    ],
)  # fmt: skip
def test_who_differs_in_one_thing_is_in_another_crowd(change: dict[str, Any]) -> None:
    assert sorted(crowds(record(), record(), record(**change)).tuples.values()) == [1, 2]


def test_records_of_two_properties_are_never_alike() -> None:
    counted = crowds(record(), record())
    counted.add("shop", record())
    assert sorted(counted.tuples.values()) == sorted(counted.sets.values()) == [1, 2]
    assert [(name, sum(s.values()), sum(t.values())) for name, s, t in counted.by_property()] == [
        ("", 2, 2), ("shop", 1, 1),
    ]  # fmt: skip


def test_sizes_fall_into_classes_without_a_gap() -> None:
    found = [sizes for _, sizes in classes()]
    assert [label for label, _ in classes()] == ["1", "2-9", "10-49", "50-99", "100-999", "1000+"]
    assert [first.stop for first in found[:-1]] == [following.start for following in found[1:]]


def test_a_distribution_is_of_records_and_not_of_crowds() -> None:
    told = distribution({b"a": 1, b"b": 9, b"c": 40, b"d": 50}, k=50)
    assert told.sizes == {"1": 0.01, "2-9": 0.09, "10-49": 0.4, "50-99": 0.5, "100-999": 0.0, "1000+": 0.0}
    assert told.small == 0.5
    assert told.crowds == 4
    assert distribution({b"a": 8, b"b": 8}, k=50).entropy_bits == pytest.approx(1)
    assert distribution({}, k=50).small == 0.0


def test_leaving_a_field_out_is_as_if_it_had_never_been_there() -> None:
    chance = random.Random(1)
    records = [
        record(ua_major=chance.choice("12"), country=chance.choice(("DE", "AT")), host_app=chance.choice("xyz"))
        for _ in range(200)
    ]
    place = FIELDS.index("Country")
    expected = Counter((each.device.ua_major, each.device.host_app) for each in records)
    assert sorted(without(crowds(*records).tuples, place).values()) == sorted(expected.values())


def test_the_field_that_tells_most_comes_first() -> None:
    counted = crowds(*(record(city_geoname_id=n) for n in range(1, 61)), *(record(ua_major="9") for _ in range(60)))
    first, *others = each_left_out(counted.tuples, FIELDS, k=50)
    assert (first.field, first.small) == ("City", 0.0)
    assert {step.small for step in others} == {0.5}


def test_fields_that_only_together_make_a_crowd_are_found_one_after_another() -> None:
    chance = random.Random(2)
    records = [record(city_geoname_id=n, ua_major=f"{chance.random()}") for n in range(200)]
    steps = list(one_after_another(crowds(*records).tuples, FIELDS, k=50))
    assert {step.field for step in steps} == {"City", "UAMajor"}
    assert steps[-1].small == 0.0


def test_where_all_are_in_large_crowds_nothing_is_left_out() -> None:
    counted = crowds(*(record() for _ in range(60)))
    assert list(one_after_another(counted.tuples, FIELDS, k=50)) == []
    assert small_share(counted.tuples, 61) == 1.0


def test_where_no_crowd_can_be_large_all_is_left_out() -> None:
    assert len(list(one_after_another(crowds(record()).tuples, FIELDS, k=50))) == len(FIELDS)
