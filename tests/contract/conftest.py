"""Every queue, once for each test of the contract."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from shared.queues import Queue
from tests.contract.queue_use import IMPLEMENTATIONS, Target, open_here, own_sqs
from tests.faults.queue_server import QueueServer


@pytest.fixture(scope="session")
def queue_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueueServer]:
    server = QueueServer(tmp_path_factory.mktemp("queue-server"))
    yield server
    server.kill()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The server of chaos runs has to pass where they are to prove something."""
    if "implementation" in metafunc.fixturenames:
        proven = [own_sqs] if metafunc.config.getoption("--prove") else []
        metafunc.parametrize("implementation", [*IMPLEMENTATIONS, *proven], ids=lambda made: made.__name__)


@pytest.fixture
def target(request: pytest.FixtureRequest, implementation: Callable[[pytest.FixtureRequest], Target]) -> Target:
    return implementation(request)


@pytest.fixture
def brief_target(target: Target) -> Target:
    return target._replace(arguments={**target.arguments, "visibility_timeout_seconds": target.unit_seconds})


@pytest.fixture
def unit(target: Target) -> float:
    return target.unit_seconds


@pytest.fixture
async def queue(target: Target) -> AsyncIterator[Queue]:
    """What is received from it stays invisible for as long as any test runs."""
    queue = open_here(target)
    yield queue
    await queue.close()


@pytest.fixture
async def brief_queue(brief_target: Target) -> AsyncIterator[Queue]:
    """What is received from it stays invisible for one unit of time."""
    queue = open_here(brief_target)
    yield queue
    await queue.close()
