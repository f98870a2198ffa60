"""What a bad answer is taken for: never for success, and for the records' own fault only where it says so."""

import logging
from base64 import b64encode
from collections.abc import Callable, Iterator

import pytest

from shared.errors import WriteFailed
from shared.sinks import Sink
from tests.faults.fault import NOTHING_DONE, Fault
from tests.faults.server import FaultyServer, faulty
from tests.integration.outside import EVERYTHING, body, bucket, firehose, kinesis, records
from workers.sinks import open_sink

SINKS: dict[str, Callable[[str], Sink]] = {"kinesis": kinesis, "firehose": firehose, "objects": bucket}
FOR_GOOD = {
    **{(name, Fault.FORBIDDEN): "access_denied" for name in SINKS},
    **{(name, Fault.MISSING): "not_found" for name in SINKS},
    ("objects", Fault.REDIRECT_301): "not_found",  # the bucket is in another region
}
MAY_PASS = [
    (name, fault) for name in SINKS for fault in NOTHING_DONE if (name, fault) not in FOR_GOOD and fault != "partial"
]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyServer]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "operator")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with faulty() as server:
        yield server


async def failed(sink_at: Sink, count: int = 3) -> tuple[list[str], WriteFailed]:
    """The ids of what was to be written, and what became of them."""
    sink = open_sink("shop", sink_at)
    given = records(count)
    try:
        with pytest.raises(WriteFailed) as failure:
            await sink.write(given, "b" * 32)
    finally:
        await sink.close()
    return [record.id for record in given], failure.value


@pytest.mark.parametrize(("name", "fault"), MAY_PASS)
async def test_what_may_pass_is_to_be_tried_again(name: str, fault: Fault, server: FaultyServer) -> None:
    server.turn(fault)
    ids, failure = await failed(SINKS[name](server.url))
    assert failure.retryable == dict.fromkeys(ids, "unavailable")
    assert failure.permanent == {}


@pytest.mark.parametrize(("name", "fault"), FOR_GOOD)
async def test_a_refusal_says_why(name: str, fault: Fault, server: FaultyServer) -> None:
    server.turn(fault)
    ids, failure = await failed(SINKS[name](server.url))
    assert failure.permanent == dict.fromkeys(ids, FOR_GOOD[name, fault])
    assert failure.retryable == {}


@pytest.mark.parametrize("name", ["kinesis", "firehose"])
async def test_of_a_batch_only_what_failed_is_said_to_have_failed(name: str, server: FaultyServer) -> None:
    server.turn(Fault.PARTIAL)
    ids, failure = await failed(SINKS[name](server.url))
    assert failure.retryable == {ids[0]: "unavailable"}
    assert len(server.amazon.records) == 2


@pytest.mark.parametrize("fault", [Fault.REDIRECT_301, Fault.REDIRECT_307])
@pytest.mark.parametrize("name", EVERYTHING)
async def test_a_redirect_takes_nothing_to_anybody_else(name: str, fault: Fault, server: FaultyServer) -> None:
    with faulty() as elsewhere:
        server.elsewhere = elsewhere.url
        server.turn(fault)
        async with EVERYTHING[name](server) as outside:
            for call in outside.calls.values():
                with pytest.raises(outside.refusals):
                    await call()
        assert server.requests
        assert elsewhere.connections == 0


@pytest.mark.parametrize("name", SINKS)
async def test_a_server_that_quotes_what_it_was_sent_puts_nothing_of_it_into_the_log(
    name: str, server: FaultyServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.turn(Fault.ECHO)
    with caplog.at_level(logging.INFO):
        ids, failure = await failed(SINKS[name](server.url), count=1)
    told = caplog.text + str(failure)
    assert caplog.records
    assert server.requests
    for secret in ("private words", b64encode(body(int(ids[0], 16)))[:40].decode()):
        assert secret not in told
