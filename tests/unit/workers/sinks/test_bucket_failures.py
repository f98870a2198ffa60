"""Each answer that S3 can give, over HTTP, and what we make of it."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from shared.sinks import ObjectsSink
from tests.moto import ENVIRONMENT, REGION
from workers.sinks.bucket import BucketStore
from workers.sinks.failure import Failure, FailureReason

UNAVAILABLE = FailureReason.UNAVAILABLE
ACCESS_DENIED = FailureReason.ACCESS_DENIED
NOT_FOUND = FailureReason.NOT_FOUND
REFUSED = FailureReason.REFUSED
KEY = "property=shop/date=2026-11-11/hour=12/record.json"


class Server:
    """It answers each PUT the same."""

    def __init__(self) -> None:
        self.status = 200
        self.code = ""
        self.headers = {"ETag": '"a"', "Location": "/elsewhere"}
        self.requests = 0
        self.url = ""

    async def serve(self, request: web.BaseRequest) -> web.Response:
        self.requests += 1
        body = f"<Error><Code>{self.code}</Code><Key>{KEY}</Key></Error>" if self.code else ""
        return web.Response(status=self.status, body=body, headers=self.headers)


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    server = Server()
    runner = web.ServerRunner(web.Server(server.serve))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = site.name
    yield server
    await runner.cleanup()


@pytest.fixture
async def store(server: Server) -> AsyncIterator[BucketStore]:
    store = BucketStore(ObjectsSink(url="s3://bucket/records", region=REGION, endpoint_url=server.url), 4)
    yield store
    await store.close()


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (301, "PermanentRedirect", NOT_FOUND),
        (304, "", UNAVAILABLE),
        (307, "TemporaryRedirect", UNAVAILABLE),
        (400, "", UNAVAILABLE),
        (400, "AuthorizationHeaderMalformed", NOT_FOUND),
        (400, "BadDigest", UNAVAILABLE),
        (400, "EntityTooLarge", REFUSED),
        (400, "ExpiredToken", UNAVAILABLE),
        (400, "InvalidRequest", REFUSED),
        (400, "InvalidToken", ACCESS_DENIED),
        (400, "KMS.DisabledException", ACCESS_DENIED),
        (400, "KMS.NotFoundException", NOT_FOUND),
        (400, "RequestTimeout", UNAVAILABLE),
        (401, "", ACCESS_DENIED),
        (403, "", ACCESS_DENIED),
        (403, "AccessDenied", ACCESS_DENIED),
        (403, "ExpiredToken", UNAVAILABLE),
        (403, "InvalidAccessKeyId", ACCESS_DENIED),
        (403, "RequestTimeTooSkewed", UNAVAILABLE),
        (403, "SignatureDoesNotMatch", ACCESS_DENIED),
        (404, "NoSuchBucket", NOT_FOUND),
        (405, "MethodNotAllowed", REFUSED),
        (409, "ConditionalRequestConflict", UNAVAILABLE),
        (409, "OperationAborted", UNAVAILABLE),
        (429, "TooManyRequests", UNAVAILABLE),
        (500, "InternalError", UNAVAILABLE),
        (501, "NotImplemented", REFUSED),
        (503, "SlowDown", UNAVAILABLE),
    ],
)
async def test_each_answer_has_its_reason_and_is_asked_for_once(
    store: BucketStore, server: Server, status: int, code: str, reason: FailureReason
) -> None:
    server.status, server.code = status, code
    (failure,) = (await store.create({KEY: b'{"title":"secret"}'})).values()
    assert failure.reason is reason
    assert server.requests == 1
    assert not any(told in failure.detail for told in ("record", "shop", "http:", "secret", "\n"))
    assert str(status) in failure.detail or "redirect" in failure.detail


async def test_what_is_there_already_is_stored(store: BucketStore, server: Server) -> None:
    server.status, server.code = 412, "PreconditionFailed"
    assert await store.create({KEY: b"{}"}) == {}


async def test_a_200_that_names_no_object_is_no_success(store: BucketStore, server: Server) -> None:
    server.headers = {}
    (failure,) = (await store.create({KEY: b"{}"})).values()
    assert failure == Failure(UNAVAILABLE, "no answer that can be understood: GenericError")


async def test_the_code_says_what_the_status_hides(store: BucketStore, server: Server) -> None:
    server.status, server.code = 403, "RequestTimeTooSkewed"
    (failure,) = (await store.create({KEY: b"{}"})).values()
    assert failure.detail == "403 RequestTimeTooSkewed"


async def test_a_key_that_cannot_be_is_refused_and_its_neighbours_are_stored(
    store: BucketStore, server: Server
) -> None:
    failures = await store.create({KEY: b"{}", "a//b": b"{}", "c": b"{}"})
    assert failures == {"a//b": Failure(REFUSED, "no such object can be: ValueError")}


async def test_a_server_that_cannot_be_reached_says_why(server: Server) -> None:
    store = BucketStore(ObjectsSink(url="s3://bucket", region=REGION, endpoint_url="http://127.0.0.1:9"), 4)
    (failure,) = (await store.create({KEY: b"{}"})).values()
    assert failure == Failure(UNAVAILABLE, "no answer: Connect, Connection refused")
