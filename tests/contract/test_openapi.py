"""A gateway keeps to `docs/openapi.yaml`, whatever is asked of it: statuses, content types, headers, bodies."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import settings
from schemathesis.checks import CheckFunction
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from gateway.keys import hash_of
from tests.markdown import DOCS
from tests.running import running
from tests.unit.gateway.beacons import GOOD

Case = schemathesis.Case[Any]
LENIENT: list[CheckFunction] = [negative_data_rejection, positive_data_acceptance]
"""Whoever sends what is not described may be heard all the same, and a property that is unknown is refused."""
FREE_PORTS = ("--port", "0", "--admin-port", "0")
KEY = "bm_described"
SHORT_EXAMPLES = 10

DESCRIPTION = schemathesis.openapi.from_path(DOCS / "openapi.yaml")
if settings.get_current_profile_name() != "long":
    DESCRIPTION.config.generation.max_examples = SHORT_EXAMPLES


class Asker:
    """Asks a gateway, and looks at what it answers."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()
        self.seen: dict[str, set[int]] = defaultdict(set)
        """Statuses by operation."""

    def close(self) -> None:
        """No connection is left."""
        self._session.close()

    def ask(self, case: Case) -> None:
        """Fails where the answer is not as described."""
        response = case.call(base_url=self._url, session=self._session)
        case.validate_response(response, excluded_checks=LENIENT, transport_kwargs={"base_url": self._url})
        assert response.status_code < 500
        check_reason(response)
        self.seen[case.operation.label].add(response.status_code)


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """Of a gateway, which at the end has complained about nothing."""
    properties = tmp_path_factory.mktemp("properties") / "properties.toml"
    properties.write_text(f'[[property]]\nid = "demo"\nhosts = ["*"]\napi_keys = ["{hash_of(KEY)}"]\n')
    environ = {"BLOCKMETRY_PROPERTIES": str(properties), "BLOCKMETRY_GATEWAY__SHUTDOWN_GRACE_SECONDS": "0"}
    with running(tmp_path_factory.mktemp("gateway"), "gateway", *FREE_PORTS, environ=environ) as gateway:
        asker = Asker(gateway.url("gateway").rstrip("/"))
        yield asker
        asker.close()
        said = gateway.errors
    assert said == gateway.errors == ""


def check_reason(response: Response) -> None:
    """The one in the body is the one in the header."""
    reason = response.headers.get("x-blockmetry-reject")
    assert bool(reason) == (response.status_code >= 400)
    if reason and response.content and response.headers["content-type"] != ["image/gif"]:
        assert reason == [response.json()["error"]]


def make_known(case: Case) -> None:
    """The same of a page that there is, of a property that there is."""
    for place in (case.query, case.path_parameters, *bodies(case.body)):
        place.update({name: value for name, value in GOOD.items() if name in place})


def bodies(body: Any) -> list[dict[str, Any]]:
    listed = body if isinstance(body, list) else [body]
    return [one for one in listed if isinstance(one, dict)]


@DESCRIPTION.parametrize()
def test_every_answer_is_as_described(case: Case, asker: Asker) -> None:
    asker.ask(case)
    if "Authorization" in case.headers:
        case.headers["Authorization"] = f"Bearer {KEY}"
        asker.ask(case)
    make_known(case)
    asker.ask(case)


@pytest.mark.parametrize(
    ("operation", "statuses"),
    {
        "POST /v1/beacon": {204, 400, 404, 405},
        "GET /v1/pixel.gif": {200, 400, 404, 405},
        "POST /v1/amp": {204, 400, 404},
        "GET /v1/amp": {200, 400, 404, 405},
        "GET /v1/amp/{property}.json": {200, 404, 405},
        "POST /v1/measurements": {202, 400, 401, 404, 405},
        "GET /v1/tag.js": {200, 405},
    }.items(),
)
def test_what_is_taken_and_what_is_refused_was_seen(operation: str, statuses: set[int], asker: Asker) -> None:
    """Or the descriptions of these were never looked at."""
    assert asker.seen[operation] >= statuses
