"""Golden records: hits of many kinds and what becomes of them, to the letter. `tests/golden/NAME.json` has both.

After a change that was meant: `BLOCKMETRY_GOLDEN=write make test ARGS="-k golden"`, and read the difference.
A new one needs `what` and `sent`; its record is written the same way.
"""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.beacon import Beacon, Channel, Headers
from shared.config import Lookups as Files
from shared.properties import Property, UrlRule
from shared.record import BMRecord, FinishedRecord
from tests import mmdb
from tests.measurements import lookups, write_lines
from workers.lookups import Lookups
from workers.outcome import conclude

FILES = sorted((Path(__file__).parents[2] / "golden").glob("*.json"))
IS_TO_WRITE = os.environ.get("BLOCKMETRY_GOLDEN") == "write"
PLACES = {**mmdb.NETWORKS, "203.0.113.0/28": mmdb.LONDON}
PROXIES = ("203.0.113.0/28",)
PROPERTIES = (
    Property(id="shop", hosts=["*"]),
    Property(id="bare", hosts=["*"], meta=False, privacy_signal="ignore"),
    Property(
        id="ruled",
        hosts=["*"],
        url_rule=[UrlRule(path="/account/{user}/orders/{order}"), UrlRule(query_deny=["debug"])],
    ),
)
CLASSES = {"desktop", "phone", "tablet", "tv", "console", "wearable", "car", "other"}
MEDIA = {"organic", "social", "email", "ai", "video", "referral", "internal", "cpc", "(none)"}
DURATIONS = {
    *("Redirect", "DNS", "Connect", "TLS", "TTFB", "Request", "Response"),
    *("DOMInteractive", "DOMContentLoaded", "DOMProcessing", "PageLoad"),
}
MAPS = {"Languages", "WebVitals", "NavTimingsRaw", "NavTimingsComputed"}
NEVER_UNKNOWN = {
    *("AnonymitySetID", "PropertyType", "Meta.RecordID", "Meta.SchemaVersion", "Meta.Channel"),
    *("PageProperties.URLHost", "PageProperties.DocumentURL", "PageProperties.URLScheme", "PageProperties.URLPath"),
    *("Acquisition.AcquistionSource", "DeviceProperties.DeviceClass"),
}
"""And nothing of `Datetime` either. (The class of an unknown device is `other`.)"""


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Lookups:
    directory = tmp_path_factory.mktemp("lookups")
    city = str(mmdb.city(directory / "city.mmdb", PLACES))
    return lookups(*PROPERTIES, files=Files(city=city, anonymous=[write_lines(directory / "proxies.txt", *PROXIES)]))


def golden(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def beacon(name: str, sent: dict[str, Any]) -> Beacon:
    return Beacon(
        id=blake2b(name.encode(), digest_size=16).digest(),
        received_at_ms=int(datetime.fromisoformat(sent["received_at"]).timestamp() * 1000),
        channel=Channel(sent["channel"]),
        property=sent["property"],
        client_address=sent["client_address"],
        headers=Headers(**sent["headers"]),
        payload=json.dumps({"property": sent["property"], **sent["payload"]}).encode(),
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_hit_becomes_this_very_record(path: Path, known: Lookups) -> None:
    content = golden(path)
    result = conclude(beacon(path.stem, content["sent"]), known).result
    assert isinstance(result, FinishedRecord), result
    record = json.loads(result.body)
    if IS_TO_WRITE:
        path.write_text(
            json.dumps({**content, "record": record}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    else:
        assert record == content["record"]
        assert [*leaves(record)] == [*leaves(content["record"])], "the keys are in another order"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_has_the_keys_of_the_contract(path: Path) -> None:
    record = golden(path)["record"]
    decoded = msgspec.convert(record, BMRecord)
    assert msgspec.to_builtins(decoded) == record


def test_every_key_is_known_somewhere_and_unknown_elsewhere() -> None:
    values: dict[str, list[Any]] = {}
    for path in FILES:
        for key, value in leaves(golden(path)["record"]):
            values.setdefault(key, []).append(value)
    assert {key for key, found in values.items() if not any(found)} == set()
    always = {key for key, found in values.items() if all(found)}
    assert {key for key in always if not key.startswith("Datetime.")} == NEVER_UNKNOWN


def test_every_word_of_the_contract_s_closed_sets_occurs() -> None:
    records = [golden(path)["record"] for path in FILES]
    assert {record["PropertyType"] for record in records} == {"web", "amp", "server"}
    assert {record["DeviceProperties"]["DeviceClass"] for record in records} == CLASSES
    media = {record["Acquisition"]["AcquisitionMedium"] for record in records}
    assert media >= MEDIA
    durations = {name for record in records for name in record["PerfMetrics"]["NavTimingsComputed"]}
    assert durations == DURATIONS
    assert any("Meta" not in record for record in records)


def test_no_record_holds_what_is_private() -> None:
    """Whatever was written."""
    text = "".join(json.dumps(golden(path)["record"]) for path in FILES)
    addresses = {golden(path)["sent"]["client_address"] for path in FILES} - {""}
    secrets = (
        "mary.jones",
        "secret",
        "9f86d081",
        "7c9e6679",
        "7654398",
        "eyJ",
        "FMfcgzG",
        "YWJjZGVm",
        "gclid",
        "fbclid",
    )
    assert [found for found in (*secrets, *addresses) if found in text] == []


def leaves(record: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """`Locale.Country` and its value."""
    for name, value in record.items():
        if isinstance(value, dict) and name not in MAPS:
            yield from ((f"{name}.{key}", found) for key, found in leaves(value))
        else:
            yield name, value
