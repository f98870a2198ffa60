from typing import Any

import pytest

from shared.record import FinishedRecord
from shared.sinks import KinesisSink
from tests.moto import ENVIRONMENT, REGION, Moto
from tests.unit.workers.sinks.stream_server import failure_of, ids, records, stream_server
from workers.sinks.kinesis import Kinesis

MIB = 1024 * 1024
THEIRS = "210987654321"
ROLE = f"arn:aws:iam::{THEIRS}:role/writer"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


async def test_every_record_arrives_byte_for_byte(moto: Moto) -> None:
    stream = moto.stream(shards=3)
    kinesis = Kinesis(KinesisSink(stream=stream, endpoint_url=moto.url))
    written = records(1_200)
    for first in range(0, len(written), 400):  # a call at a time: see Moto.stream
        await kinesis.write(written[first : first + 400], "block")
    await kinesis.close()
    assert sorted(moto.read_stream(stream)) == sorted(record.body for record in written)


async def test_each_record_finds_its_shard_by_its_id() -> None:
    async with stream_server() as server:
        kinesis = Kinesis(KinesisSink(stream="hits", endpoint_url=server.url))
        await kinesis.write(records(3), "block")
        await kinesis.close()
    assert set(server.keys) == ids(0, 1, 2)


async def test_the_largest_call_is_one_that_a_server_takes(moto: Moto) -> None:
    stream = moto.stream(shards=1)
    kinesis = Kinesis(KinesisSink(stream=stream, endpoint_url=moto.url))
    await kinesis.write([FinishedRecord(f"{number:032x}", 0, 0, bytes(MIB - 32)) for number in range(5)], "block")
    await kinesis.close()
    assert len(moto.read_stream(stream)) == 5


async def test_five_mebibytes_with_the_partition_keys_fill_a_call() -> None:
    full = [FinishedRecord(f"{number:032x}", 0, 0, bytes(MIB - 32)) for number in range(5)]
    async with stream_server() as server:
        kinesis = Kinesis(KinesisSink(stream="hits", endpoint_url=server.url))
        await kinesis.write(full, "block")
        await kinesis.write([*full, FinishedRecord("f" * 32, 0, 0, b"")], "block")
        await kinesis.close()
    assert sorted(map(len, server.calls)) == [1, 5, 5]


async def test_a_record_above_a_mebibyte_is_refused_alone(moto: Moto) -> None:
    stream = moto.stream(shards=1)
    kinesis = Kinesis(KinesisSink(stream=stream, endpoint_url=moto.url))
    failure = await failure_of(kinesis, [*records(2), FinishedRecord("f" * 32, 0, 0, bytes(MIB - 31))])
    await kinesis.close()
    assert failure.permanent == {"f" * 32: "refused"}
    assert len(moto.read_stream(stream)) == 2


async def test_a_stream_that_is_not_there_is_not_found(moto: Moto) -> None:
    kinesis = Kinesis(KinesisSink(stream="nowhere", endpoint_url=moto.url))
    failure = await failure_of(kinesis, records(1))
    await kinesis.close()
    assert failure.permanent == dict.fromkeys(ids(0), "not_found")


async def test_a_role_writes_to_the_stream_of_its_own_account(moto: Moto) -> None:
    theirs = client_of_role(moto)
    theirs.create_stream(StreamName="theirs", ShardCount=1)
    kinesis = Kinesis(
        KinesisSink(stream="theirs", region=REGION, role_arn=ROLE, external_id="shared-word", endpoint_url=moto.url)
    )
    await kinesis.write(records(5), "block")
    await kinesis.close()
    assert len(moto.read_stream("theirs", theirs)) == 5
    assert "theirs" not in moto.client("kinesis").list_streams()["StreamNames"]


async def test_without_credentials_access_is_denied(moto: Moto, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    kinesis = Kinesis(KinesisSink(stream="hits", endpoint_url=moto.url))
    failure = await failure_of(kinesis, records(1))
    await kinesis.close()
    assert failure.permanent == dict.fromkeys(ids(0), "access_denied")


def client_of_role(moto: Moto) -> Any:
    """The customer's own view."""
    keys = moto.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="customer")["Credentials"]
    return moto.client("kinesis", keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
