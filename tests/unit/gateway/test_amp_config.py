"""What our config makes AMP send: variables that AMP knows and does not wait for, and all that a record is made of."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gateway.amp import payload_of
from gateway.amp_config import TEMPLATE
from shared.payload import Payload

CONFIG: dict[str, Any] = json.loads(TEMPLATE)
TOLD: dict[str, str] = CONFIG["extraUrlParams"]
GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "amp.json").read_text(encoding="utf-8"))
VARIABLES = {
    *("pageViewId64", "sourceUrl", "canonicalUrl", "title", "documentReferrer", "timezoneCode"),
    *("screenWidth", "screenHeight", "navTiming"),
}
"""Of AMP's own, which its documentation lists; what it does not know it sends as an empty text."""
KNOWN_WHEN_SEEN = {
    *("navigationStart", "redirectStart", "redirectEnd", "fetchStart", "domainLookupStart", "domainLookupEnd"),
    *("connectStart", "secureConnectionStart", "connectEnd", "requestStart", "responseStart", "responseEnd"),
}
"""For all other marks AMP waits until the document is complete, or has loaded."""
VARIABLE = re.compile(r"\$\{(\w+)(?:\((\w+)\))?\}")


def filled(payload: dict[str, Any]) -> dict[str, str]:
    """The config's fields as AMP sends them from a page of which `payload` is true."""
    width, height = payload["screen"]
    known = {
        "pageViewId64": payload["id"],
        "sourceUrl": payload["url"],
        "canonicalUrl": payload["canonical"],
        "title": payload["title"],
        "documentReferrer": payload["referrer"],
        "timezoneCode": payload["time_zone"],
        "screenWidth": width,
        "screenHeight": height,
        **{f"navTiming({mark})": value for mark, value in payload["timings"].items()},
    }
    return {
        name: VARIABLE.sub(lambda found: str(known[found[0][2:-1]]), text.replace("{{property}}", "shop"))
        for name, text in TOLD.items()
    }


@pytest.mark.parametrize("nothing", ["", "${title}"])
def test_a_page_that_knows_nothing_but_its_address_is_still_a_hit(nothing: str) -> None:
    sent = {name: VARIABLE.sub(lambda _: nothing, text) for name, text in TOLD.items()}
    payload = payload_of("", json.dumps({**sent, "property": "shop", "url": "https://a.example/"}).encode())
    assert isinstance(payload, bytes)
    assert json.loads(payload) == {"property": "shop", "url": "https://a.example/"}


def test_what_it_sends_is_the_payload_of_the_golden_record() -> None:
    payload = payload_of("", json.dumps(filled(GOLDEN["sent"]["payload"])).encode())
    assert isinstance(payload, bytes)
    assert json.loads(payload) == {"property": "shop", **GOLDEN["sent"]["payload"]}


def test_it_uses_only_variables_of_amp() -> None:
    assert {name for text in TOLD.values() for name, _ in VARIABLE.findall(text)} == VARIABLES


def test_a_page_view_waits_for_no_mark() -> None:
    marks = {mark for text in TOLD.values() for _, mark in VARIABLE.findall(text) if mark}
    assert marks == KNOWN_WHEN_SEEN
    assert {f"timings.{mark}" for mark in marks} == {name for name in TOLD if name.startswith("timings.")}


def test_its_names_are_those_of_the_contract() -> None:
    assert {name.partition(".")[0] for name in TOLD} <= set(Payload.__struct_fields__)
