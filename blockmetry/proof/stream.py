"""Proof for Kinesis and Firehose."""

import asyncio
import secrets
import time
from collections.abc import Sequence
from functools import partial
from typing import TypeVar

import msgspec

from blockmetry.proof.attempt import Attempt, refused
from blockmetry.proof.finding import Finding, Status, not_written
from shared.aws import Client
from shared.errors import WriteFailed
from shared.record import (
    SCHEMA_VERSION,
    Acquisition,
    BMRecord,
    DeviceProperties,
    FinishedRecord,
    Group,
    Locale,
    Meta,
    PageProperties,
    PerfMetrics,
)
from shared.sinks import FirehoseSink, KinesisSink
from workers.sinks import open_sink
from workers.sinks.credentials import credentials_of
from workers.sinks.failure import Failure, FailureReason
from workers.steps import clock

CALL_SECONDS = 5.0
CHANNEL = "check"
"""No hit has it, so a consumer can leave these out."""
FIRST_SHARD = "shardId-000000000000"
WRITES = {"kinesis": "kinesis:PutRecords", "firehose": "firehose:PutRecordBatch"}

Part = TypeVar("Part", bound=Group)


async def prove(property_id: str, sink: KinesisSink | FirehoseSink) -> list[Finding]:
    """A record of no hit is put, and everything that tells something about the stream is tried."""
    return [await _probed(property_id, sink), *await _reading_refused(sink)]


async def _probed(property_id: str, configured: KinesisSink | FirehoseSink) -> Finding:
    sink = open_sink(property_id, configured, 1)
    try:
        await sink.write([empty_record(secrets.token_hex(16), int(time.time() * 1000))], secrets.token_hex(16))
    except WriteFailed as error:
        (reason,) = {*error.retryable.values(), *error.permanent.values()}
        return not_written("a record", WRITES[sink.kind], Failure(FailureReason(reason), reason))
    finally:
        await sink.close()
    return Finding(Status.OK, "probe written")


async def _reading_refused(sink: KinesisSink | FirehoseSink) -> Sequence[Finding]:
    kinds = {KinesisSink: ("kinesis", kinesis_attempts), FirehoseSink: ("firehose", firehose_attempts)}
    service, attempts = kinds[type(sink)]
    client = Client(service, sink.region, sink.endpoint_url, credentials_of(sink))
    try:
        return await asyncio.gather(*map(refused, attempts(client, sink.stream)))
    finally:
        await client.close()


def kinesis_attempts(client: Client, stream: str) -> list[Attempt]:
    """Who reads and is no registered consumer begins with a shard's iterator; the others tell how much there is."""
    call = partial(client.call, deadline_seconds=CALL_SECONDS, StreamName=stream)
    iterator = partial(call, "get_shard_iterator", ShardId=FIRST_SHARD, ShardIteratorType="TRIM_HORIZON")
    return [
        Attempt("kinesis:GetShardIterator", "begin to read records", iterator),
        Attempt("kinesis:ListShards", "see the stream's shards", partial(call, "list_shards")),
        Attempt("kinesis:DescribeStream", "see the stream's settings", partial(call, "describe_stream")),
        Attempt("kinesis:DescribeStreamSummary", "see the stream's settings", partial(call, "describe_stream_summary")),
    ]


def firehose_attempts(client: Client, stream: str) -> list[Attempt]:
    """Nobody reads from Firehose itself; its settings tell where records go, and how to get in there."""
    call = partial(client.call, deadline_seconds=CALL_SECONDS)
    describe = partial(call, "describe_delivery_stream", DeliveryStreamName=stream)
    return [
        Attempt("firehose:DescribeDeliveryStream", "see where the records go", describe),
        Attempt("firehose:ListDeliveryStreams", "see which streams there are", partial(call, "list_delivery_streams")),
    ]


def empty_record(record_id: str, at_ms: int) -> FinishedRecord:
    """A valid record of a hit that never was."""
    record = BMRecord(
        anonymity_set_id="",
        property_type="",
        datetime=clock.tell(at_ms, ""),
        page=_blank(PageProperties),
        device=_blank(DeviceProperties),
        locale=_blank(Locale),
        acquisition=_blank(Acquisition),
        performance=_blank(PerfMetrics),
        meta=Meta(record_id=record_id, schema_version=SCHEMA_VERSION, channel=CHANNEL, web_vitals={}),
    )
    return FinishedRecord(record_id, at_ms, at_ms, msgspec.json.encode(record))


def _blank(part: type[Part]) -> Part:
    """With nothing known: every field empty, 0 or false."""
    return msgspec.convert({field.encode_name: _EMPTY[field.type] for field in msgspec.structs.fields(part)}, part)


_EMPTY = {str: "", int: 0, bool: False, dict[str, float]: {}}
