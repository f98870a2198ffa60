"""What was done, but nobody was told, and is done again: one object; or doubles that can be told apart."""

from collections import Counter
from collections.abc import Iterator
from typing import Literal

import pytest

from shared.config import Queue as QueueConfig
from shared.errors import Retryable, WriteFailed
from shared.queues import Delivery
from shared.queues.sqs import SqsQueue
from shared.record import FinishedRecord
from shared.sinks import Sink
from tests.faults.front import Front, Mode, Way, forwarder
from tests.integration.outside import REGION, bucket, kinesis, records
from tests.moto import ENVIRONMENT, Moto
from workers.sinks import open_sink

BLOCK = "b" * 32


@pytest.fixture
def front(moto: Moto, monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    """Of moto."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with forwarder(moto.url) as front:
        yield front


async def write_twice(sink_at: Sink, front: Front) -> list[FinishedRecord]:
    """The answers to the first time are lost."""
    sink = open_sink("shop", sink_at)
    given = records(5)
    front.turn(Mode.LOSE, Way.BACK)
    with pytest.raises(WriteFailed) as failure:
        await sink.write(given, BLOCK)
    assert failure.value.retryable == {record.id: "unavailable" for record in given}
    front.turn(Mode.FORWARD)
    await sink.write(given, BLOCK)
    await sink.close()
    return given


@pytest.mark.parametrize(("layout", "objects"), [("hit", 5), ("block", 1)])
async def test_an_object_is_written_once(
    layout: Literal["hit", "block"], objects: int, moto: Moto, front: Front
) -> None:
    name = moto.bucket()
    moto.client("s3").put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    given = await write_twice(bucket(front.url, layout, name=name), front)
    assert len(moto.read_bucket(name)) == objects
    assert len(moto.client("s3").list_object_versions(Bucket=name)["Versions"]) == objects
    if layout == "hit":
        assert sorted(moto.read_bucket(name).values()) == sorted(record.body for record in given)


async def test_a_stream_holds_each_record_twice_under_its_id(moto: Moto, front: Front) -> None:
    name = moto.stream(shards=1)
    given = await write_twice(kinesis(front.url, stream=name), front)
    assert Counter(moto.read_stream(name)) == {record.body: 2 for record in given}
    client = moto.client("kinesis")
    shard = client.list_shards(StreamName=name)["Shards"][0]["ShardId"]
    place = client.get_shard_iterator(StreamName=name, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    keys = [record["PartitionKey"] for record in client.get_records(ShardIterator=place["ShardIterator"])["Records"]]
    assert Counter(keys) == {record.id: 2 for record in given}


async def receive_all(queue: SqsQueue) -> list[Delivery]:
    """What is there now."""
    received: list[Delivery] = []
    while more := await queue.receive(10, 0):
        received += more
    return received


async def test_a_message_that_was_sent_unseen_is_there_twice_and_one_that_was_deleted_unseen_is_gone(
    moto: Moto, front: Front
) -> None:
    url = moto.queue()
    queue = SqsQueue(QueueConfig(kind="sqs", url=url, region=REGION, endpoint_url=front.url))
    front.turn(Mode.LOSE, Way.BACK)
    with pytest.raises(Retryable):
        await queue.send("bm1.AAAA")
    front.turn(Mode.FORWARD)
    await queue.send("bm1.AAAA")
    received = await receive_all(queue)
    assert [delivery.body for delivery in received] == ["bm1.AAAA"] * 2
    front.turn(Mode.LOSE, Way.BACK)
    with pytest.raises(Retryable):
        await queue.ack(received)
    front.turn(Mode.FORWARD)
    await queue.ack(received)
    depth = await queue.depth()
    assert (depth.visible, depth.in_flight) == (0, 0)
    await queue.close()
