"""A report says by itself when it proves nothing."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.chaos import __main__ as reports
from tests.chaos.report import FEWEST_OBLIGATIONS, Report, table


def ended(**different: Any) -> Report:
    return Report(**{"run": "r", "seconds": 60, "obligations": FEWEST_OBLIGATIONS, "faults": 1, **different})


@pytest.mark.parametrize(
    ("different", "why"),
    [
        ({"faults": 0}, "nothing was injected"),
        ({"kills": 1_000}, "no kill hit work in flight"),
        ({"obligations": FEWEST_OBLIGATIONS - 1}, "fewer than 10,000 obligations"),
        ({}, ""),
        ({"faults": 0, "kills": 1_000, "kills_in_flight": 1}, ""),
    ],
)
def test_a_run_that_could_not_have_found_anything_is_void(different: dict[str, Any], why: str) -> None:
    report = ended(**different)
    assert report.void == why
    assert ("**void**" in table([report])) == bool(why)


@pytest.mark.parametrize(
    ("what", "is_clean"), [("lost", False), ("doubled", False), ("wrong", False), ("repeated", True)]
)
def test_only_a_streams_repetition_leaves_it_clean(what: str, is_clean: bool) -> None:
    assert ended().is_clean
    assert ended(**{what: 1}).is_clean is is_clean


def test_the_document_has_the_last_report_of_each_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document, kept = tmp_path / "reliability.md", tmp_path / "reports"
    document.write_text(f"before\n{reports.BEGIN}old\n{reports.END}\nafter\n")
    monkeypatch.setattr(reports, "DOCUMENT", document)
    told = [ended(lost=3), ended(run="other"), ended(lost=0)]
    kept.write_bytes(b"".join(msgspec.json.encode(report) + b"\n" for report in told))
    reports.main(kept)
    written = document.read_text()
    assert written.startswith("before\n")
    assert written.endswith("after\n")
    assert "old" not in written
    assert written.count("| r |") == written.count("| other |") == 1
    assert table([ended(), ended(run="other")]) in written
