"""The baseline: a sink that writes each object by put_object of aiobotocore, and a worker that uses it.

`python -m bench.put_object worker …` is `blockmetry worker …` but for that.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from blockmetry.__main__ import main
from shared.record import FinishedRecord
from shared.sinks import ObjectsSink
from workers import lanes
from workers.sinks.layouts import Object, by_hit


class PutObject:
    """As its user would write it: one client, a connection for each write, no checksum that nobody asked for."""

    kind = "objects"

    def __init__(self, property_id: str, sink: ObjectsSink, concurrent_writes: int) -> None:
        self._property_id = property_id
        self._sink = sink
        self._bucket, _, self._prefix = sink.url.removeprefix("s3://").partition("/")
        self._concurrent_writes = concurrent_writes
        self._room = asyncio.Semaphore(concurrent_writes)
        self._opening = asyncio.Lock()
        self._opened = AsyncExitStack()
        self._client: Any = None

    async def write(self, records: Sequence[FinishedRecord], block_id: str) -> None:  # noqa: ARG002
        """Any failure ends the run."""
        client = await self._open()
        pending = by_hit(self._property_id, records)
        writers = min(self._concurrent_writes, len(records))
        await asyncio.gather(*(self._write_next(client, pending) for _ in range(writers)))

    async def close(self) -> None:
        """For good."""
        await self._opened.aclose()

    async def _write_next(self, client: Any, pending: Iterator[Object]) -> None:
        for stored in pending:
            async with self._room:
                await client.put_object(
                    Bucket=self._bucket,
                    Key=f"{self._prefix}/{stored.key}",
                    Body=stored.body,
                    ContentType="application/json",
                    IfNoneMatch="*",
                )

    async def _open(self) -> Any:
        async with self._opening:
            if self._client is None:
                made = get_session().create_client(
                    "s3",
                    region_name=self._sink.region,
                    endpoint_url=self._sink.endpoint_url,
                    config=AioConfig(
                        max_pool_connections=self._concurrent_writes,
                        request_checksum_calculation="when_required",
                        s3={"addressing_style": "path"},
                    ),
                )
                self._client = await self._opened.enter_async_context(made)
        return self._client


if __name__ == "__main__":
    lanes.open_sink = PutObject  # type: ignore[assignment, attr-defined]
    main()
