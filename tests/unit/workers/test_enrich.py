from pathlib import Path

import msgspec
import pytest

from shared.beacon import Channel
from shared.config import Lookups as Files
from shared.properties import Property, UrlRule
from shared.record import BMRecord
from tests import mmdb
from tests.measurements import lookups, measurement
from workers.drop import Drop, DropReason
from workers.enrich import enrich, finish
from workers.measurement import Measurement

META_OFF = Property(id="quiet", hosts=["*"], meta=False)


def record(m: Measurement, *properties: Property, files: Files | None = None) -> BMRecord:
    made = enrich(m, lookups(*properties, files=files or Files()))
    assert isinstance(made, BMRecord), made
    return made


def test_every_group_of_the_record_is_filled(tmp_path: Path) -> None:
    visit = measurement(
        url="https://shop.example.com/shoes/42?utm_source=news&utm_medium=email",
        canonical="https://shop.example.com/shoes",
        referrer="https://mail.example.org/",
        time_zone="Europe/Vienna",
        timings={"responseStart": 120.0, "loadEventEnd": 900.0},
        vitals={"LCP": 850.5},
    )
    made = record(visit, files=Files(city=str(mmdb.city(tmp_path / "city.mmdb"))))
    assert made.property_type == "web"
    assert made.datetime.datetime_utc == "2025-11-24 16:00"
    assert made.datetime.datetime_local == "2025-11-24 17:00"
    assert (made.page.title, made.page.canonical_url) == ("Shoes", "https://shop.example.com/shoes")
    assert (made.device.ua_family, made.device.device_class, made.device.screen_width) == ("Chrome", "desktop", 1920)
    assert (made.locale.country, made.locale.city_name_en, made.locale.time_zone) == ("GB", "London", "Europe/Vienna")
    assert (made.acquisition.source, made.acquisition.medium) == ("news", "email")
    assert made.performance.nav_timings_computed["PageLoad"] == 900.0
    assert isinstance(made.meta, msgspec.Struct)
    assert made.meta.web_vitals == {"LCP": 850.5}
    assert made.meta.channel == "script"
    assert made.meta.record_id == "0000000000000000000000000000002a"
    assert made.meta.schema_version


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        (Channel.SCRIPT, "web"),
        (Channel.PIXEL, "web"),
        (Channel.LOG, "web"),
        (Channel.AMP, "amp"),
        (Channel.SERVER, "server"),
    ],
)
def test_the_type_of_the_property_comes_from_the_channel(channel: Channel, expected: str) -> None:
    assert record(measurement(channel=channel)).property_type == expected


def test_an_unknown_property_makes_no_record() -> None:
    assert enrich(measurement(property="nobodys"), lookups()) == Drop(DropReason.UNKNOWN_PROPERTY)


def test_a_drop_of_the_screening_is_the_outcome() -> None:
    made = enrich(measurement(user_agent="curl/8.5.0"), lookups())
    assert made == Drop(DropReason.HTTP_LIBRARY, "curl")


def test_the_propertys_url_rules_are_applied() -> None:
    entry = Property(id="demo", hosts=["*"], url_rule=[UrlRule(path="/account/{user}")])
    made = record(measurement(url="https://shop.example.com/account/anna"), entry)
    assert made.page.url_path == "/account/[user]"


def test_vitals_are_the_known_ones_within_reason() -> None:
    vitals = {"LCP": 1200.0, "CLS": 0.02, "INP": -1.0, "FCP": 1e9, "TTFB": float("nan"), "visitor-4711": 1.0}
    made = record(measurement(vitals=vitals))
    assert isinstance(made.meta, msgspec.Struct)
    assert made.meta.web_vitals == {"LCP": 1200.0, "CLS": 0.02}


def test_a_finished_record_is_the_published_json() -> None:
    visit = measurement(received_at_ms=1_764_000_001_000)
    made = record(visit)
    finished = finish(made, visit)
    assert (finished.id, finished.at_ms) == ("0000000000000000000000000000002a", visit.at_ms)
    assert finished.received_at_ms == 1_764_000_001_000
    assert msgspec.json.decode(finished.body, type=BMRecord) == made
    decoded = msgspec.json.decode(finished.body)
    assert decoded["DeviceProperties"]["ScreenHeigh"] == 1080
    assert b"\n" not in finished.body


def test_a_property_can_leave_meta_out_and_the_record_keeps_its_name() -> None:
    visit = measurement(property="quiet")
    finished = finish(record(visit, META_OFF), visit)
    assert "Meta" not in msgspec.json.decode(finished.body)
    assert finished.id == "0000000000000000000000000000002a"


def test_the_address_is_nowhere_in_the_record(tmp_path: Path) -> None:
    visit = measurement(client_address="192.0.2.17")
    made = record(visit, files=Files(city=str(mmdb.city(tmp_path / "city.mmdb"))))
    assert made.locale.city_name_en == "London"
    assert b"192.0.2" not in finish(made, visit).body


def test_the_anonymity_set_does_not_depend_on_the_address() -> None:
    first, second = (record(measurement(client_address=address)) for address in ("192.0.2.1", "203.0.113.9"))
    assert first.anonymity_set_id == second.anonymity_set_id


def test_one_browser_is_in_unrelated_sets_on_two_properties() -> None:
    shop, blog = Property(id="shop", hosts=["*"]), Property(id="blog", hosts=["*"])
    made = [record(measurement(property=name), shop, blog) for name in ("shop", "blog")]
    assert made[0].anonymity_set_id != made[1].anonymity_set_id
