"""Every queue, once for each test of the contract."""

from collections.abc import AsyncIterator

import pytest

from shared.queues import Queue
from tests.contract.queue_use import IMPLEMENTATIONS, Target, open_here


@pytest.fixture(params=IMPLEMENTATIONS, ids=lambda implementation: implementation.__name__)
def target(request: pytest.FixtureRequest) -> Target:
    made: Target = request.param(request)
    return made


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
