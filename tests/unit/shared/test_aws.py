import asyncio
import logging
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from aiobotocore.credentials import AioRefreshableCredentials
from aiohttp import web

from shared.aws import NO_CREDENTIALS, UNREACHABLE, AwsError, Client
from tests.running import free_port
from tests.unit.shared.json_stub import KEYS, Answer, Stub, json_stub, never, refusal

BODY = "bm1." + "QUJD" * 50


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Credentials of the environment, and of nowhere else."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    async with json_stub() as running:
        yield running


@pytest.fixture
async def client(stub: Stub) -> AsyncIterator[Client]:
    made = Client("sqs", "eu-west-1", stub.url)
    yield made
    await made.close()


async def failure(client: Client, deadline_seconds: float = 5) -> AwsError:
    with pytest.raises(AwsError) as raised:
        await client.call("send_message", deadline_seconds, QueueUrl="http://queue/1/q", MessageBody=BODY)
    return raised.value


async def test_an_answer_is_a_dictionary(stub: Stub, client: Client) -> None:
    stub.answers["SendMessage"] = lambda asked: {"MessageId": asked["MessageBody"]}
    answer = await client.call("send_message", 5, QueueUrl="http://queue/1/q", MessageBody=BODY)
    assert answer["MessageId"] == BODY


async def test_nothing_is_called_before_the_first_call(stub: Stub) -> None:
    await Client("sqs", "eu-west-1", stub.url).close()
    assert stub.asked == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (refusal("ThrottlingException", status=400), "ThrottlingException"),
        (refusal("RequestThrottled", status=403), "RequestThrottled"),
        (refusal("ExpiredTokenException"), "ExpiredTokenException"),
        (refusal("QueueDoesNotExist"), "QueueDoesNotExist"),
        (lambda _: web.Response(status=500, body=b"<html>broken</html>"), "500"),
        (lambda _: web.Response(status=503), "503"),
        (lambda _: web.Response(status=302), "302"),
    ],
)
async def test_a_refusal_has_the_code_of_the_service(stub: Stub, client: Client, answer: Answer, code: str) -> None:
    stub.answers["SendMessage"] = answer
    assert (await failure(client)).code == code
    assert stub.counted["SendMessage"] == 1, "who calls decides about another try"


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"hello",
        b"[1, 2]",
        b"null",
        b"7",
        b'{"MessageId":',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"<html>all is well</html>",
    ],
)
async def test_garbage_is_no_answer(stub: Stub, client: Client, garbage: bytes) -> None:
    stub.answers["SendMessage"] = lambda _: garbage
    assert (await failure(client)).code == UNREACHABLE
    stub.answers["SendMessage"] = lambda _: web.Response(status=400, body=garbage)
    assert isinstance(await failure(client), AwsError)


async def test_a_call_that_hangs_ends_at_its_deadline(stub: Stub, client: Client) -> None:
    stub.answers["SendMessage"] = never
    started = time.monotonic()
    assert (await failure(client, 0.3)).code == UNREACHABLE
    assert time.monotonic() - started < 1.3


async def test_callers_that_wait_for_credentials_keep_their_own_deadlines(stub: Stub) -> None:
    async def renew() -> dict[str, str]:
        await asyncio.sleep(30)
        raise AssertionError

    credentials = AioRefreshableCredentials.create_from_metadata(
        {"access_key": "a", "secret_key": "b", "token": "c", "expiry_time": "2020-01-01T00:00:00Z"}, renew, "test"
    )
    client = Client("sqs", "eu-west-1", stub.url, credentials)
    started = time.monotonic()
    errors = await asyncio.gather(*(failure(client, 0.3) for _ in range(20)))
    assert {error.code for error in errors} == {UNREACHABLE}
    assert time.monotonic() - started < 1.5
    await client.close()


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    client = Client("sqs", "eu-west-1", f"http://127.0.0.1:{free_port()}")
    assert (await failure(client)).code == UNREACHABLE
    await client.close()


async def test_a_connection_is_used_again_unless_the_server_closes_it(stub: Stub, client: Client) -> None:
    for _ in range(3):
        await client.call("send_message", 5, QueueUrl="http://queue/1/q", MessageBody=BODY)
    assert len(stub.connections) == 1
    stub.closes_connections = True
    for _ in range(3):
        await client.call("send_message", 5, QueueUrl="http://queue/1/q", MessageBody=BODY)
    assert stub.counted["SendMessage"] == 6


@pytest.mark.parametrize("present", [{}, {"AWS_ACCESS_KEY_ID": "operator"}])
async def test_missing_credentials_are_told_apart(
    stub: Stub, client: Client, monkeypatch: pytest.MonkeyPatch, present: dict[str, str]
) -> None:
    for name in KEYS:
        monkeypatch.delenv(name)
    for name, value in present.items():
        monkeypatch.setenv(name, value)
    assert (await failure(client)).code == NO_CREDENTIALS
    assert stub.asked == []


async def test_closing_ends_what_is_under_way_and_nothing_begins_afterwards(stub: Stub, client: Client) -> None:
    stub.answers["SendMessage"] = never
    under_way = asyncio.create_task(failure(client, 30))
    while not stub.asked:
        await asyncio.sleep(0.01)
    async with asyncio.timeout(10):
        await client.close()
        await client.close()
        assert (await under_way).code == UNREACHABLE
        assert (await failure(client)).code == UNREACHABLE
    assert len(stub.asked) == 1


async def test_what_was_sent_is_neither_in_an_error_nor_in_the_log(
    stub: Stub, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever a server echoes."""
    caplog.set_level(logging.INFO)
    answers: list[Answer] = [
        refusal("InvalidMessageContents", f"no: {BODY}"),
        refusal(BODY, "no"),
        lambda asked: web.Response(status=500, text=str(asked)),
        lambda asked: str(asked).encode(),
        lambda asked: [asked],
        never,
    ]
    for answer in answers:
        stub.answers["SendMessage"] = answer
        told = "".join(traceback.format_exception(await failure(client, 0.5)))
        assert BODY[:40] not in told
        assert "secret" not in told
    assert BODY[:40] not in caplog.text


async def test_what_a_server_says_is_cut_to_one_short_line(stub: Stub, client: Client) -> None:
    stub.answers["SendMessage"] = refusal("AccessDenied", "not authorized to perform: sqs:SendMessage\n" * 100)
    told = str(await failure(client))
    assert told.startswith("AccessDenied: sqs: not authorized to perform: sqs:SendMessage")
    assert len(told) <= 300
    assert "\n" not in told


async def test_a_caller_that_goes_away_leaves_the_client_in_order(stub: Stub, client: Client) -> None:
    leaving = asyncio.create_task(client.call("send_message", 5, QueueUrl="http://queue/1/q", MessageBody=BODY))
    await asyncio.sleep(0)
    leaving.cancel()
    with suppress(asyncio.CancelledError):
        await leaving
    await client.call("send_message", 5, QueueUrl="http://queue/1/q", MessageBody=BODY)


async def test_variables_that_name_endpoints_move_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_KINESIS"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    client = Client("kinesis", "eu-west-1")
    opened = await client._open()
    assert opened.meta.endpoint_url == "https://kinesis.eu-west-1.amazonaws.com"
    await client.close()
