"""`docs/openapi.yaml` says what the code does: paths, methods, names, reasons, statuses; none missing or invented."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate
from prometheus_client import CollectorRegistry

from gateway.reject import Reject, RejectReason
from shared.payload import Payload, TrustedPayload
from shared.properties import PROPERTY_ID
from tests.markdown import DOCS
from tests.unit.gateway.serving import MemoryQueue, server_of

DESCRIPTION: dict[str, Any] = yaml.safe_load((DOCS / "openapi.yaml").read_text(encoding="utf-8"))
PARTS = DESCRIPTION["components"]
SCHEMAS = PARTS["schemas"]
EVERYWHERE = {400: "Unreadable", 404: "UnknownPath", 405: "Method", 413: "HeadTooLarge"}
"""Responses to what is no request that is described."""
METHODS = ("get", "head", "post", "options")


def resolve(found: dict[str, Any]) -> dict[str, Any]:
    """What a reference leads to."""
    if "$ref" not in found:
        return found
    kind, name = found["$ref"].split("/")[-2:]
    resolved: dict[str, Any] = PARTS[kind][name]
    return resolved


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    return (
        (path, method.upper(), operation)
        for path, methods in DESCRIPTION["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    )


def responses() -> Iterator[tuple[int, dict[str, Any]]]:
    """Every response with its status, wherever it is used."""
    for _, _, operation in operations():
        yield from ((int(status), resolve(response)) for status, response in operation["responses"].items())
    yield from ((status, PARTS["responses"][name]) for status, name in EVERYWHERE.items())


def reasons(response: dict[str, Any]) -> list[str]:
    """Of a refusal."""
    header: dict[str, Any] = response.get("headers", {}).get("X-Blockmetry-Reject", {})
    assert not header or header["required"]
    return list(header.get("schema", {}).get("enum", []))


def test_it_is_an_openapi_description() -> None:
    validate(DESCRIPTION)


async def test_every_path_with_its_methods_is_described_and_no_other(tmp_path: Path) -> None:
    server = server_of(tmp_path, MemoryQueue(), CollectorRegistry())
    served = {(path, method) for path, methods in server._app._routes.items() for method in methods}
    await server.stop()
    described = {(path, method) for path, method, _ in operations()}
    assert described == served | {(path, "OPTIONS") for path, _ in served}


def test_every_reason_is_described_under_its_status_and_no_other() -> None:
    described = {(reason, status) for status, response in responses() for reason in reasons(response)}
    assert described == {(reason.value, Reject(reason).status) for reason in RejectReason}
    assert SCHEMAS["Reason"]["enum"] == [reason.value for reason in RejectReason]


def test_every_refusal_has_its_reason_and_says_when_to_try_again() -> None:
    for status, response in responses():
        said = [Reject(RejectReason(reason)) for reason in reasons(response)]
        assert bool(said) == (status >= 400)
        assert {bool(reject.retry_after_seconds) for reject in said} <= {"Retry-After" in response.get("headers", {})}


def test_no_response_is_described_that_nothing_gives() -> None:
    used = {id(response) for _, response in responses()}
    assert {name for name, response in PARTS["responses"].items() if id(response) not in used} == set()


def test_every_name_of_a_payload_is_described_and_no_other() -> None:
    plain, trusted = (list(SCHEMAS[name]["properties"]) for name in ("Payload", "TrustedPayload"))
    assert plain == list(Payload.__struct_fields__)
    assert plain + trusted == list(TrustedPayload.__struct_fields__)


@pytest.mark.parametrize("path", ["/v1/pixel.gif", "/v1/amp"])
def test_a_query_string_has_the_same_names(path: str) -> None:
    listed = map(resolve, DESCRIPTION["paths"][path]["get"]["parameters"])
    assert [one["name"] for one in listed if one["in"] == "query"] == list(Payload.__struct_fields__)


def test_an_id_of_a_property_has_the_form_that_is_checked() -> None:
    assert SCHEMAS["Property"]["pattern"] == PROPERTY_ID.replace(r"\A", "^").replace(r"\Z", "$")
