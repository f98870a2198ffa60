"""The published contract, letter by letter."""

import json
from typing import Any

import msgspec

from shared.record import (
    SCHEMA_VERSION,
    Acquisition,
    BMRecord,
    Datetime,
    DeviceProperties,
    FinishedRecord,
    Locale,
    Meta,
    PageProperties,
    PerfMetrics,
)

GOLDEN = """{
  "AnonymitySetID": "0123456789abcdef",
  "PropertyType": "web",
  "Datetime": {
    "DatetimeUTC": "2026-11-24 23:05",
    "DateUTC": "2026-11-24",
    "TimeUTC": "23:05",
    "HourUTC": 23,
    "MonthUTC": 11,
    "WeekdayUTC": 2,
    "ISOWeekUTC": "2026-W48",
    "DatetimeLocal": "2026-11-25 00:05",
    "DateLocal": "2026-11-25",
    "TimeLocal": "00:05",
    "HourLocal": 0,
    "MonthLocal": 11,
    "WeekdayLocal": 3,
    "ISOWeekLocal": "2026-W48"
  },
  "PageProperties": {
    "Title": "Shoes",
    "URLHost": "shop.example.com",
    "DocumentURL": "https://shop.example.com/a/b/c",
    "CanonicalURL": "https://shop.example.com/a",
    "URLScheme": "https",
    "URLPath": "/a/b/c",
    "PathSegment1": "a",
    "PathSegment2": "b",
    "PathSegment3": "c"
  },
  "DeviceProperties": {
    "UAFamily": "Chrome",
    "UAMajor": "142",
    "OS": "Windows",
    "OSMajor": "10",
    "DeviceFamily": "Other",
    "DeviceClass": "desktop",
    "ScreenWidth": 1920,
    "ScreenHeigh": 1080,
    "JSEnabled": true,
    "IsGoogleWeblight": false,
    "IsInAppBrowser": false,
    "HostApp": ""
  },
  "Locale": {
    "Country": "DE",
    "CityGeoNameID": 2950159,
    "CityNameEN": "Berlin",
    "Languages": {"de-DE": 1.0, "en": 0.8},
    "TimeZone": "Europe/Berlin"
  },
  "Acquisition": {
    "Referrer": "https://www.google.com/",
    "ReferrerHost": "www.google.com",
    "AcquistionSource": "google",
    "AcquisitionMedium": "organic",
    "AcquisitionCampaign": "autumn",
    "AcquisitionTerm": "shoes",
    "AcquisitionContent": "banner",
    "AcquisitionCampaignID": "7"
  },
  "PerfMetrics": {
    "NavTimingsRaw": {"responseStart": 120.0},
    "NavTimingsComputed": {"TTFB": 120.0}
  },
  "Meta": {
    "RecordID": "0123456789abcdef0123456789abcdef",
    "SchemaVersion": "1",
    "Channel": "script",
    "WebVitals": {"LCP": 900.0}
  }
}"""


def record() -> BMRecord:
    return BMRecord(
        anonymity_set_id="0123456789abcdef",
        property_type="web",
        datetime=Datetime(
            datetime_utc="2026-11-24 23:05",
            date_utc="2026-11-24",
            time_utc="23:05",
            hour_utc=23,
            month_utc=11,
            weekday_utc=2,
            iso_week_utc="2026-W48",
            datetime_local="2026-11-25 00:05",
            date_local="2026-11-25",
            time_local="00:05",
            hour_local=0,
            month_local=11,
            weekday_local=3,
            iso_week_local="2026-W48",
        ),
        page=PageProperties(
            title="Shoes",
            url_host="shop.example.com",
            document_url="https://shop.example.com/a/b/c",
            canonical_url="https://shop.example.com/a",
            url_scheme="https",
            url_path="/a/b/c",
            path_segment1="a",
            path_segment2="b",
            path_segment3="c",
        ),
        device=DeviceProperties(
            ua_family="Chrome",
            ua_major="142",
            os="Windows",
            os_major="10",
            device_family="Other",
            device_class="desktop",
            screen_width=1920,
            screen_height=1080,
            js_enabled=True,
            is_google_weblight=False,
            is_in_app_browser=False,
            host_app="",
        ),
        locale=Locale(
            country="DE",
            city_geoname_id=2_950_159,
            city_name_en="Berlin",
            languages={"de-DE": 1.0, "en": 0.8},
            time_zone="Europe/Berlin",
        ),
        acquisition=Acquisition(
            referrer="https://www.google.com/",
            referrer_host="www.google.com",
            source="google",
            medium="organic",
            campaign="autumn",
            term="shoes",
            content="banner",
            campaign_id="7",
        ),
        performance=PerfMetrics(nav_timings_raw={"responseStart": 120.0}, nav_timings_computed={"TTFB": 120.0}),
        meta=Meta(
            record_id="0123456789abcdef" * 2,
            schema_version=SCHEMA_VERSION,
            channel="script",
            web_vitals={"LCP": 900.0},
        ),
    )


def ordered(text: str | bytes) -> list[Any]:
    """With the order of the keys, which is part of what a reader sees."""
    found: list[Any] = json.loads(text, object_pairs_hook=lambda pairs: list(map(list, pairs)))
    return found


def test_the_record_is_spelled_exactly_as_published() -> None:
    assert ordered(msgspec.json.encode(record())) == ordered(GOLDEN)


def test_what_was_published_can_be_read() -> None:
    assert msgspec.json.decode(GOLDEN, type=BMRecord) == record()


def test_only_the_group_about_the_record_itself_can_be_left_out() -> None:
    without = json.loads(msgspec.json.encode(msgspec.structs.replace(record(), meta=msgspec.UNSET)))
    expected = json.loads(GOLDEN)
    del expected["Meta"]
    assert without == expected


def test_empty_values_keep_their_keys() -> None:
    bare = msgspec.structs.replace(
        record(),
        anonymity_set_id="",
        locale=Locale(country="", city_geoname_id=0, city_name_en="", languages={}, time_zone=""),
        performance=PerfMetrics(nav_timings_raw={}, nav_timings_computed={}),
    )
    told = json.loads(msgspec.json.encode(bare))
    assert told["AnonymitySetID"] == ""
    assert told["Locale"] == {"Country": "", "CityGeoNameID": 0, "CityNameEN": "", "Languages": {}, "TimeZone": ""}
    assert told["PerfMetrics"] == {"NavTimingsRaw": {}, "NavTimingsComputed": {}}


def test_no_field_of_the_record_has_a_default_that_could_be_forgotten() -> None:
    for group in (Datetime, PageProperties, DeviceProperties, Locale, Acquisition, PerfMetrics, Meta):
        assert all(field.required for field in msgspec.structs.fields(group)), group


def test_nothing_finished_has_a_place_for_an_address() -> None:
    assert FinishedRecord.__struct_fields__ == ("id", "at_ms", "received_at_ms", "body")
