"""How long the chaos tests go on."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cycles", type=int, default=20, help="kill -9 cycles of each of gateway and worker")


@pytest.fixture
def cycles(request: pytest.FixtureRequest) -> int:
    """At least 1."""
    return int(request.config.getoption("--cycles"))
