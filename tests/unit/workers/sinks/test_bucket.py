import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.sinks import ObjectsSink
from tests.faults.certificates import authority
from tests.faults.fault import Fault
from tests.faults.server import FaultyServer, faulty
from tests.moto import ENVIRONMENT, REGION, Moto
from workers.sinks.bucket import BucketStore, s3_config
from workers.sinks.failure import Failure, FailureReason

ROLE = "arn:aws:iam::210987654321:role/blockmetry-writer"
KEY = "property=shop/a.json"
ELSEWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with faulty() as server:
        yield server


def sink(endpoint_url: str, **settings: Any) -> ObjectsSink:
    return ObjectsSink(url="s3://bucket/some/records", region=REGION, endpoint_url=endpoint_url, **settings)


async def create(sink: ObjectsSink, *keys: str, times: int = 1) -> dict[str, Failure]:
    store = BucketStore(sink, 8)
    for _ in range(times):
        failures = await store.create(dict.fromkeys(keys or [KEY], b"{}"))
    await store.close()
    return failures


def headers(server: FaultyServer) -> Any:
    (request,) = (request for request in server.requests if request.operation == "PutObject")
    return request.head.headers


async def test_an_object_arrives_below_the_prefix_with_its_content_type(server: FaultyServer) -> None:
    assert await create(sink(server.url)) == {}
    assert server.amazon.objects == {f"/bucket/some/records/{KEY}": b"{}"}
    assert headers(server)["content-type"] == "application/json"


async def test_moto_takes_it_with_a_checksum(moto: Moto) -> None:
    bucket = moto.bucket()
    at_moto = ObjectsSink(url=f"s3://{bucket}", region=REGION, endpoint_url=moto.url, checksum="sha256")
    assert await create(at_moto, times=2) == {}
    answer = moto.client("s3").get_object(Bucket=bucket, Key=KEY, ChecksumMode="ENABLED")
    assert (answer["Body"].read(), answer["ContentType"]) == (b"{}", "application/json")


async def test_nothing_is_ever_asked_but_to_put(server: FaultyServer) -> None:
    await create(sink(server.url), times=2)
    assert set(server.operations) == {"PutObject"}


async def test_what_is_there_is_not_written_again(server: FaultyServer) -> None:
    assert await create(sink(server.url), times=2) == {}
    assert server.amazon.puts == 1


async def test_a_server_without_conditions_gets_the_same_again(server: FaultyServer) -> None:
    assert await create(sink(server.url, conditional_writes=False), times=2) == {}
    assert server.amazon.puts == 2
    assert not any("if-none-match" in request.head.headers for request in server.requests)


async def test_objects_are_encrypted_with_the_customers_key(server: FaultyServer) -> None:
    await create(sink(server.url, kms_key_id="alias/records"))
    sent = headers(server)
    assert sent["x-amz-server-side-encryption"] == "aws:kms"
    assert sent["x-amz-server-side-encryption-aws-kms-key-id"] == "alias/records"
    assert sent["x-amz-server-side-encryption-bucket-key-enabled"] == "true"


@pytest.mark.parametrize("checksum", ["sha256", "crc64nvme"])
async def test_a_checksum_goes_with_them_where_it_is_asked_for(server: FaultyServer, checksum: str) -> None:
    await create(sink(server.url, checksum=checksum))
    assert f"x-amz-checksum-{checksum}" in headers(server)


async def test_the_customers_role_signs_assumed_once_for_all(server: FaultyServer) -> None:
    stores = [BucketStore(sink(server.url, role_arn=ROLE, external_id="an-id"), 8) for _ in range(10)]
    outcomes = await asyncio.gather(*(store.create({f"{n}": b"{}"}) for n, store in enumerate(stores * 10)))
    assert outcomes == [{}] * 100
    assert server.operations == {"AssumeRole": 1, "PutObject": 100}
    for request in server.requests:
        if request.operation == "AssumeRole":
            assert (request.form["RoleArn"], request.form["ExternalId"]) == (ROLE, "an-id")
        else:
            assert request.head.headers["x-amz-security-token"] == "token"


@pytest.mark.parametrize(
    ("fault", "reason"), [(Fault.FORBIDDEN, FailureReason.ACCESS_DENIED), (Fault.HTML_500, FailureReason.UNAVAILABLE)]
)
async def test_a_role_that_cannot_be_assumed_fails_all_and_is_asked_for_once(
    server: FaultyServer, fault: Fault, reason: FailureReason
) -> None:
    server.fault_of["AssumeRole"] = fault
    failures = await create(sink(server.url, role_arn=ROLE), "a", "b", "c")
    assert {failure.reason for failure in failures.values()} == {reason}
    assert server.operations == {"AssumeRole": 1}


async def test_without_any_credentials_access_is_denied(server: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "none")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "none")
    failures = await create(sink(server.url))
    assert failures[KEY].reason is FailureReason.ACCESS_DENIED
    assert "none in the environment" in failures[KEY].detail


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_ENDPOINT", ELSEWHERE),
        ("AWS_ENDPOINT_URL", ELSEWHERE),
        ("AWS_ENDPOINT_URL_S3", ELSEWHERE),
        ("AWS_BUCKET", "another"),
        ("AWS_REGION", "us-west-2"),
        ("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "true"),
        ("AWS_SKIP_SIGNATURE", "true"),
        ("AWS_UNSIGNED_PAYLOAD", "true"),
        ("AWS_PROXY_URL", ELSEWHERE),
        ("AWS_SESSION_TOKEN", "of-the-operator"),
    ],
)
async def test_variables_of_the_operator_change_nothing_for_a_customer(
    server: FaultyServer, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert await create(sink(server.url, role_arn=ROLE)) == {}
    assert server.amazon.objects == {f"/bucket/some/records/{KEY}": b"{}"}
    assert f"/{REGION}/s3/" in headers(server)["authorization"]
    assert headers(server)["x-amz-security-token"] == "token"
    assert headers(server)["x-amz-content-sha256"] != "UNSIGNED-PAYLOAD"


async def test_http_needs_no_word_but_the_endpoints_and_https_a_trusted_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = authority(tmp_path)
    with faulty(made) as server:
        (failure,) = (await create(sink(server.url))).values()
        assert (failure.reason, "UnknownIssuer" in failure.detail) == (FailureReason.UNAVAILABLE, True)
        monkeypatch.setenv("AWS_CA_BUNDLE", str(made.path))
        assert await create(sink(server.url)) == {}


async def test_an_authority_that_is_not_there_says_so(server: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", "missing.pem")
    (failure,) = (await create(sink(server.url))).values()
    assert "missing.pem" in failure.detail


async def test_a_server_that_hangs_costs_no_more_than_the_deadline_and_no_connection(server: FaultyServer) -> None:
    store = BucketStore(sink(server.url), 4)
    store.deadline_seconds = 1
    server.turn(Fault.HANG)
    async with asyncio.timeout(4):
        failures = await store.create({str(number): b"{}" for number in range(20)})
    assert {failure.detail for failure in failures.values()} == {"not stored in time"}
    server.turn(None)
    assert await store.create({str(number): b"{}" for number in range(20)}) == {}
    await store.close()


async def test_a_connection_that_the_server_closed_while_idle_fails_nothing(server: FaultyServer) -> None:
    store = BucketStore(sink(server.url), 4)
    assert await store.create({"a": b"{}"}) == {}
    server.turn(Fault.REFUSE)
    server.turn(None)
    await asyncio.sleep(0.2)  # in the very moment of closing it could be: the lane tries again then
    assert await store.create({"b": b"{}"}) == {}
    await store.close()


@pytest.mark.parametrize(
    ("settings", "bucket", "endpoint", "is_virtual"),
    [
        ({}, "shop", "https://shop.s3.eu-west-1.amazonaws.com", True),
        ({"path_style": True}, "shop", "https://s3.eu-west-1.amazonaws.com", False),
        ({}, "shop.example.com", "https://s3.eu-west-1.amazonaws.com", False),
        ({"region": "cn-north-1"}, "shop", "https://shop.s3.cn-north-1.amazonaws.com.cn", True),
        ({"endpoint_url": "https://s3.example.com:9000/"}, "shop", "https://shop.s3.example.com:9000", True),
        ({"endpoint_url": "http://127.0.0.1:9000"}, "shop", "http://127.0.0.1:9000", False),
        ({"endpoint_url": "http://[::1]:9000"}, "shop", "http://[::1]:9000", False),
    ],
)
def test_each_sink_has_its_endpoint(
    settings: dict[str, Any], bucket: str, endpoint: str, is_virtual: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", ELSEWHERE)
    config = s3_config(ObjectsSink(**{"url": f"s3://{bucket}", "region": REGION} | settings), bucket)
    assert config["endpoint"] == config["aws_endpoint_url_s3"] == endpoint
    assert config["virtual_hosted_style_request"] is is_virtual


@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_certificates_that_cannot_be_used_are_no_fault_of_the_bucket_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    authorities = tmp_path / "ca.pem"
    if content:
        authorities.write_text(content)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(authorities))
    store = BucketStore(ObjectsSink(url="s3://shop", region="eu-west-1"), 1)
    (failure,) = (await store.create({"a.json": b"{}"})).values()
    assert failure.reason is FailureReason.UNAVAILABLE
    assert "the environment" in failure.detail
