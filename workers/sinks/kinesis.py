"""Kinesis: records in a data stream, spread over its shards by their ids."""

from collections.abc import Sequence
from typing import Any

from shared.aws import Client
from shared.record import FinishedRecord
from shared.sinks import KinesisSink
from workers.sinks.streams import DEADLINE_SECONDS, Limits, Stream


class Kinesis(Stream):
    """See `Stream`. Amazon takes 10 MiB at a time by now; what speaks its language, and each stream at first, less."""

    kind = "kinesis"
    limits = Limits(records=500, bytes=5 * 1024 * 1024, record_bytes=1024 * 1024)
    proof = "SequenceNumber"

    def __init__(self, sink: KinesisSink, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        super().__init__(sink, deadline_seconds)
        self._stream = sink.stream

    def size(self, record: FinishedRecord) -> int:
        """With its partition key."""
        return len(record.body) + len(record.id)

    async def put(self, client: Client, deadline_seconds: float, records: Sequence[FinishedRecord]) -> list[Any]:
        """PutRecords. See `Stream`."""
        entries = [{"Data": record.body, "PartitionKey": record.id} for record in records]
        answer = await client.call("put_records", deadline_seconds, StreamName=self._stream, Records=entries)
        return list(answer.get("Records") or [])
