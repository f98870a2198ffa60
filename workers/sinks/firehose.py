"""Firehose: records in a delivery stream, which puts them into the customer's store one after the other."""

from collections.abc import Sequence
from typing import Any

from shared.aws import Client
from shared.record import FinishedRecord
from shared.sinks import FirehoseSink
from workers.sinks.streams import DEADLINE_SECONDS, Limits, Stream


class Firehose(Stream):
    """See `Stream`. Each record ends its line: Firehose puts nothing between them."""

    kind = "firehose"
    limits = Limits(records=500, bytes=4_000_000, record_bytes=1000 * 1024)
    proof = "RecordId"

    def __init__(self, sink: FirehoseSink, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        super().__init__(sink, deadline_seconds)
        self._stream = sink.stream

    def size(self, record: FinishedRecord) -> int:
        """With its newline."""
        return len(record.body) + 1

    async def put(self, client: Client, deadline_seconds: float, records: Sequence[FinishedRecord]) -> list[Any]:
        """PutRecordBatch. See `Stream`."""
        lines = [{"Data": record.body + b"\n"} for record in records]
        answer = await client.call("put_record_batch", deadline_seconds, DeliveryStreamName=self._stream, Records=lines)
        return list(answer.get("RequestResponses") or [])
