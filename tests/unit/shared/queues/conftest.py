"""A queue before a server that answers as the test says."""

from collections.abc import AsyncIterator

import pytest

from shared import config
from shared.queues.sqs import SqsQueue
from tests.unit.shared.json_stub import KEYS, Stub, json_stub
from tests.unit.shared.queues.sqs_answers import ANSWERS, CALL_SECONDS


@pytest.fixture
async def stub(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stub]:
    """All goes well there, until the test says otherwise; nothing is ever received."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    async with json_stub(dict(ANSWERS)) as running:
        yield running


@pytest.fixture
async def queue(stub: Stub) -> AsyncIterator[SqsQueue]:
    """What hangs is given up after `CALL_SECONDS`."""
    made = SqsQueue(config.Queue(kind="sqs", url=f"{stub.url}/123456789012/beacons"), call_seconds=CALL_SECONDS)
    yield made
    await made.close()
