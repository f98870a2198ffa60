"""The server that fails as it is told to."""

import json
import ssl
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.faults.certificates import authority
from tests.faults.fault import NOTHING_DONE, Fault
from tests.faults.server import FaultyServer, faulty

TIMEOUT_SECONDS = 0.3
NOBODY_KNOWS = [Fault.HANG, Fault.TRICKLE, Fault.RESET_AFTER_REQUEST, Fault.CLOSE]
NEVER_READ = [Fault.REFUSE, Fault.HANG_AT_ONCE, Fault.RESET_IN_REQUEST, Fault.SLOW_READ]
ENTRIES = {"Entries": [{"Id": "0", "MessageBody": "a"}, {"Id": "1", "MessageBody": "b"}]}


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with faulty() as server:
        yield server


def connect(server: FaultyServer, context: ssl.SSLContext | None = None) -> HTTPConnection:
    at = urlsplit(server.url).netloc
    if context:
        return HTTPSConnection(at, timeout=TIMEOUT_SECONDS, context=context)
    return HTTPConnection(at, timeout=TIMEOUT_SECONDS)


def put(server: FaultyServer, headers: dict[str, str] | None = None) -> tuple[HTTPResponse, bytes]:
    """An object, on a connection of its own."""
    with closing(connect(server)) as connection:
        connection.request("PUT", "/bucket/key", b"{}" * 1000, headers or {})
        response = connection.getresponse()
        return response, response.read()


def call(server: FaultyServer, target: str, asked: object) -> tuple[int, dict[str, list[dict[str, str]]]]:
    """A call in JSON."""
    with closing(connect(server)) as connection:
        connection.request("POST", "/", json.dumps(asked), {"X-Amz-Target": target})
        response = connection.getresponse()
        return response.status, json.loads(response.read())


def test_without_a_fault_it_does_what_it_is_asked(server: FaultyServer) -> None:
    assert put(server)[0].status == 200
    assert server.amazon.objects == {"/bucket/key": b"{}" * 1000}
    assert call(server, "AmazonSQS.SendMessageBatch", ENTRIES)[0] == 200
    assert server.amazon.messages == ["a", "b"]
    assert server.operations == {"PutObject": 1, "SendMessageBatch": 1}


def test_an_object_that_is_there_is_not_created_again(server: FaultyServer) -> None:
    put(server, {"If-None-Match": "*"})
    assert put(server, {"If-None-Match": "*"})[0].status == 412
    assert server.amazon.puts == 1


@pytest.mark.parametrize("fault", NEVER_READ)
def test_what_is_not_read_is_not_done_and_it_mends(server: FaultyServer, fault: Fault) -> None:
    server.turn(fault)
    with pytest.raises(OSError):  # noqa: PT011 - each system words it in its own way
        put(server)
    assert not server.requests
    server.turn(None)
    assert put(server)[0].status == 200


@pytest.mark.parametrize("fault", NOBODY_KNOWS)
def test_what_was_done_is_not_told_and_it_mends(server: FaultyServer, fault: Fault) -> None:
    server.turn(fault)
    with pytest.raises((OSError, HTTPException)):
        put(server)
    assert server.amazon.puts == 1
    server.turn(None)
    assert put(server)[0].status == 200


@pytest.mark.parametrize("fault", NOTHING_DONE)
def test_what_is_refused_or_answered_with_nonsense_is_not_done(server: FaultyServer, fault: Fault) -> None:
    server.turn(fault)
    assert "etag" not in {name.lower() for name, _ in put(server)[0].getheaders()}
    assert not server.amazon.objects


def test_a_truncated_answer_ends_before_its_announced_length(server: FaultyServer) -> None:
    server.turn(Fault.TRUNCATED)
    with pytest.raises(IncompleteRead):
        put(server)


def test_an_endless_body_goes_on_for_longer_than_anybody_reads(server: FaultyServer) -> None:
    server.turn(Fault.ENDLESS_BODY)
    with closing(connect(server)) as connection:
        connection.request("PUT", "/bucket/key", b"{}")
        assert len(connection.getresponse().read(50_000)) == 50_000


def test_endless_headers_never_become_an_answer(server: FaultyServer) -> None:
    server.turn(Fault.ENDLESS_HEADERS)
    with pytest.raises(HTTPException):
        put(server)


def test_who_waits_to_continue_is_told_to_or_is_not(server: FaultyServer) -> None:
    with closing(connect(server)) as connection:
        connection.request("PUT", "/bucket/key", None, {"Expect": "100-continue", "Content-Length": "2"})
        assert connection.sock.recv(100).startswith(b"HTTP/1.1 100 ")
    server.turn(Fault.NO_CONTINUE)
    with closing(connect(server)) as connection:
        connection.request("PUT", "/bucket/key", None, {"Expect": "100-continue", "Content-Length": "2"})
        with pytest.raises(TimeoutError):
            connection.sock.recv(100)
    assert put(server)[0].status == 200


@pytest.mark.parametrize(
    ("target", "entries", "failed"),
    [
        ("AmazonSQS.SendMessageBatch", ENTRIES, "Failed"),
        ("Kinesis_20131202.PutRecords", {"Records": [{"Data": "YQ=="}, {"Data": "Yg=="}]}, "Records"),
        ("Firehose_20150804.PutRecordBatch", {"Records": [{"Data": "YQ=="}, {"Data": "Yg=="}]}, "RequestResponses"),
    ],
)
def test_a_partial_failure_fails_the_first_entry(
    server: FaultyServer, target: str, entries: object, failed: str
) -> None:
    server.turn(Fault.PARTIAL)
    status, answer = call(server, target, entries)
    codes = [entry.get("ErrorCode", entry.get("Code")) for entry in answer[failed]]
    assert status == 200
    assert sum(1 for code in codes if code) == 1
    assert len(server.amazon.messages + server.amazon.records) == 1


def test_a_fault_can_be_of_one_operation_only(server: FaultyServer) -> None:
    server.fault_of["PutObject"] = Fault.FORBIDDEN
    assert put(server)[0].status == 403
    assert call(server, "AmazonSQS.SendMessageBatch", ENTRIES)[0] == 200


def test_over_tls_it_serves_those_who_trust_its_authority(tmp_path: Path) -> None:
    made = authority(tmp_path)
    with faulty(made) as server:
        with closing(connect(server, ssl.create_default_context(cafile=made.path))) as trusting:
            trusting.request("PUT", "/bucket/key", b"{}")
            assert trusting.getresponse().status == 200
        with closing(connect(server, ssl.create_default_context())) as strange, pytest.raises(ssl.SSLError):
            strange.request("PUT", "/bucket/key", b"{}")
        server.turn(Fault.HANG_AT_ONCE)
        trusting = connect(server, ssl.create_default_context(cafile=made.path))
        with closing(trusting), pytest.raises(TimeoutError):
            trusting.request("PUT", "/bucket/key", b"{}")
