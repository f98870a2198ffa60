"""`blockmetry anonymity` over records as a sink has written them."""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.record import BMRecord
from tests.measurements import lookups, measurement
from workers.enrich import enrich, finish
from workers.sinks.layouts import COMPRESSIONS, by_block, by_hit

CITIES = 100


def anonymity(*arguments: str, sent: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "blockmetry", "anonymity", *arguments]
    return subprocess.run(command, input=sent, capture_output=True, check=False, timeout=60)


def report(*arguments: str, sent: bytes = b"") -> dict[str, Any]:
    result = anonymity("--json", *arguments, sent=sent)
    assert result.returncode == 0, result.stderr
    told: dict[str, Any] = json.loads(result.stdout)
    return told


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """Of `shop` 400 alike but for their city, one object each; of `blog` 100 alike, in a block."""
    known = lookups()
    views = [measurement(id=bytes([n % 256, n // 256, *bytes(14)])) for n in range(500)]
    made = [enrich(view, known) for view in views]
    records = [record for record in made if isinstance(record, BMRecord)]
    for n, record in enumerate(records[:400]):
        locale = msgspec.structs.replace(record.locale, city_geoname_id=n % CITIES)
        records[n] = msgspec.structs.replace(record, locale=locale)
    finished = [finish(record, view) for record, view in zip(records, views, strict=True)]
    objects = [*by_hit("shop", finished[:400]), *by_block("blog", finished[400:], "b", COMPRESSIONS["zstd"])]
    for each in objects:
        path = tmp_path / each.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(each.body)
    return tmp_path


def test_a_tree_of_records_is_reported_by_property_with_what_to_coarsen(stored: Path) -> None:
    told = report(str(stored))
    assert (told["records"], told["damaged"]) == (500, 0)
    assert told["sets"]["small"] == 0.0
    assert told["tuple"]["small"] == told["tuple"]["sizes"]["2-9"] == 0.8
    assert told["left_out"][0] == {"field": "City", "small": 0.0}
    assert told["left_out_together"] == [{"field": "City", "small": 0.0}]
    assert {name: own["records"] for name, own in told["properties"].items()} == {"shop": 400, "blog": 100}


def test_another_key_and_another_k_change_what_is_small(stored: Path) -> None:
    assert report("--k", "4", str(stored))["tuple"]["small"] == 0.0
    assert report("--also", "URLPath", str(stored))["fields"][-1] == "URLPath"
    assert anonymity("--also", "City", str(stored)).returncode == 2


def test_standard_input_is_read_and_lines_that_are_no_record_are_named_without_their_content(stored: Path) -> None:
    record = next((stored / "property=shop").rglob("*.json")).read_bytes()
    sent = gzip.compress(b"\n".join([record, b"secret", b'{"AnonymitySetID": 5, "secret": 1}', record]))
    result = anonymity("--json", "-", sent=sent)
    told = json.loads(result.stdout)
    assert (told["records"], told["damaged"]) == (2, 2)
    assert b"-:2: " in result.stderr
    assert b"secret" not in result.stderr


def test_people_get_tables_and_whoever_has_no_records_is_told(stored: Path, tmp_path: Path) -> None:
    shown = anonymity(str(stored)).stdout.decode()
    assert "500 records" in shown
    assert "by AnonymitySetID" in shown
    assert "City" in shown
    (tmp_path / "empty").mkdir()
    assert anonymity(str(tmp_path / "empty")).returncode == 1
    assert anonymity(str(tmp_path / "missing")).returncode == 2
