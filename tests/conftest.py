"""What all tests may ask for."""

import gc
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.moto import Moto, moto_server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cycles", type=int, default=20, help="kill -9 cycles of each of gateway and worker")
    parser.addoption("--hits", type=int, default=2_000, help="hits that go through queue and buckets at Amazon")
    parser.addoption(
        "--renewals", type=int, default=1, help="how often several gateway processes are renewed, and killed"
    )
    parser.addoption("--outage", type=float, default=0.0, help="seconds of each outage; 0: a few, and hurried retries")
    parser.addoption("--queue-outage", type=float, default=0.0, help="seconds of the queue's outage; 0: a few")
    parser.addoption(
        "--toxic-seconds", type=float, default=0.0, help="of each toxic at each service; 0: a few, of some"
    )
    parser.addoption("--soak", type=float, default=0.0, help="seconds of half load with a kill a minute; 0: a few")
    parser.addoption("--prove", action="store_true", help="a chaos run that is void fails")
    parser.addoption("--reports", default="", help="the file to which each chaos run's report is added")
    parser.addoption("--crowd", type=int, default=400, help="slow clients beside good ones")
    parser.addoption("--overload", type=float, default=0.3, help="seconds of each overload")
    parser.addoption("--fuzz-seconds", type=int, default=1, help="of the fuzzer, for each parser")
    settings.register_profile("long", max_examples=2_000, deadline=None)


def pytest_collection_finish() -> None:
    """What was collected stays: the collector would look at all of it again, for longer than some tests' deadlines."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def cycles(request: pytest.FixtureRequest) -> int:
    """At least 1."""
    return int(request.config.getoption("--cycles"))


@pytest.fixture
def hits(request: pytest.FixtureRequest) -> int:
    """How many are to be acknowledged."""
    return int(request.config.getoption("--hits"))


@pytest.fixture
def renewals(request: pytest.FixtureRequest) -> int:
    """At least 1."""
    return int(request.config.getoption("--renewals"))


@pytest.fixture
def outage_seconds(request: pytest.FixtureRequest) -> float:
    """0: a short one."""
    return float(request.config.getoption("--outage"))


@pytest.fixture
def queue_outage_seconds(request: pytest.FixtureRequest) -> float:
    """0: a short one."""
    return float(request.config.getoption("--queue-outage"))


@pytest.fixture
def toxic_seconds(request: pytest.FixtureRequest) -> float:
    """0: a short time, and not every toxic at every service."""
    return float(request.config.getoption("--toxic-seconds"))


@pytest.fixture
def soak_seconds(request: pytest.FixtureRequest) -> float:
    """0: a short one."""
    return float(request.config.getoption("--soak"))


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    """One server for the whole run: each test makes queues, buckets and streams of its own in it."""
    with moto_server(tmp_path_factory.mktemp("moto")) as server:
        yield server
