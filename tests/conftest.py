"""What all tests may ask for."""

from collections.abc import Iterator

import pytest

from tests.moto import Moto, moto_server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cycles", type=int, default=20, help="kill -9 cycles of each of gateway and worker")


@pytest.fixture
def cycles(request: pytest.FixtureRequest) -> int:
    """At least 1."""
    return int(request.config.getoption("--cycles"))


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    """One server for the whole run: each test makes queues, buckets and streams of its own in it."""
    with moto_server(tmp_path_factory.mktemp("moto")) as server:
        yield server
