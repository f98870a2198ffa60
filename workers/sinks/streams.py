"""What Kinesis and Firehose share: calls of many records, each of which fails for itself inside one answer."""

import asyncio
import logging
import random
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain, islice, repeat
from typing import Any, ClassVar, NamedTuple

from shared.aws import AwsError, Client
from shared.backoff import delays
from shared.errors import WriteFailed
from shared.record import FinishedRecord
from shared.sinks import FirehoseSink, KinesisSink
from workers.sinks.aws_failures import EXPIRED, failure_of
from workers.sinks.credentials import credentials_of
from workers.sinks.failure import Failure, FailureReason, write_failed

DEADLINE_SECONDS = 10.0
"""Of a write, whatever it waits for, and so of each of its calls."""
CALLS_AT_ONCE = 4
RESENDS = 2
FIRST_PAUSE_SECONDS = 0.2

Failures = dict[str, Failure]
"""By record id: of all records of a write that are not known to be taken."""

TOO_LARGE = Failure(FailureReason.REFUSED, "larger than a record of such a stream may be")
LATE = Failure(FailureReason.UNAVAILABLE, "not said to be taken by the deadline")
SAYS_NOTHING = Failure(FailureReason.UNAVAILABLE, "the answer does not say that it was taken")

log = logging.getLogger("blockmetry.streams")


class Limits(NamedTuple):
    """Of one call. Sizes count what `Stream.size` counts."""

    records: int
    bytes: int
    record_bytes: int


class Stream(ABC):
    """A `Sink` over a stream, which takes a record again that it has already: at least once, told apart by RecordID."""

    kind: ClassVar[str]
    """See `Sink`. Amazon's name of the service, too."""
    limits: ClassVar[Limits]
    proof: ClassVar[str]
    """What the service says of a record that it has taken, and of no other."""

    def __init__(self, sink: KinesisSink | FirehoseSink, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self._credentials = credentials_of(sink)
        self._client = Client(self.kind, sink.region, sink.endpoint_url, self._credentials, CALLS_AT_ONCE)
        self._deadline_seconds = deadline_seconds
        self._room = asyncio.Semaphore(CALLS_AT_ONCE)

    @abstractmethod
    def size(self, record: FinishedRecord) -> int:
        """Bytes that count against the limits."""

    @abstractmethod
    async def put(self, client: Client, deadline_seconds: float, records: Sequence[FinishedRecord]) -> list[Any]:
        """One call, and what its answer says of each record, in their order. Raises `AwsError`."""

    async def write(self, records: Sequence[FinishedRecord], block_id: str) -> None:  # noqa: ARG002
        """See `Sink`. What is not known to be taken by the deadline is to be retried."""
        failures: Failures = {record.id: LATE for record in records}
        distinct = {record.id: record for record in records}.values()
        failures |= {record.id: TOO_LARGE for record in distinct if self.size(record) > self.limits.record_bytes}
        calls = self._calls([record for record in distinct if failures[record.id] is LATE])
        with suppress(TimeoutError):
            async with asyncio.timeout(self._deadline_seconds):
                await asyncio.gather(*(self._send_next(calls, failures) for _ in range(CALLS_AT_ONCE)))
        if failures:
            raise self._failed(failures)

    async def close(self) -> None:
        """See `Sink`."""
        await self._client.close()

    def _calls(self, records: Iterable[FinishedRecord]) -> Iterator[list[FinishedRecord]]:
        """As full as the limits let them be."""
        call: list[FinishedRecord] = []
        call_bytes = 0
        for record in records:
            size = self.size(record)
            if len(call) == self.limits.records or call_bytes + size > self.limits.bytes:
                yield call
                call, call_bytes = [], 0
            call.append(record)
            call_bytes += size
        if call:
            yield call

    async def _send_next(self, calls: Iterator[list[FinishedRecord]], failures: Failures) -> None:
        """Where nothing of a call gets through, no other is begun: a silence is waited for once."""
        for call in calls:
            await self._send(call, islice(delays(FIRST_PAUSE_SECONDS, 1.0, random.random), RESENDS), failures)
            failed = [failures[record.id] for record in call if record.id in failures]
            if len(failed) == len(call) and all(failure.reason is not FailureReason.REFUSED for failure in failed):
                failures.update((record.id, failed[0]) for rest in calls for record in rest)

    async def _send(self, call: Sequence[FinishedRecord], pauses: Iterator[float], failures: Failures) -> None:
        """As long as some get through, those that did not are soon sent again, and no others."""
        await self._put(call, failures)
        again = [record for record in call if record.id in failures and not failures[record.id].is_permanent]
        pause = next(pauses, None)
        if pause is not None and 0 < len(again) < len(call):
            await asyncio.sleep(pause)
            await self._send(again, pauses, failures)

    async def _put(self, call: Sequence[FinishedRecord], failures: Failures) -> None:
        """One call, or some more where it is refused as a whole."""
        try:
            async with self._room:
                answers = await self.put(self._client, self._deadline_seconds, call)
        except AwsError as error:
            if self._credentials and EXPIRED.search(error.code):
                self._credentials.forget()
            await self._whole_call_failed(call, failure_of(error), failures)
            return
        for record, answer in zip(call, chain(answers, repeat(None)), strict=False):
            if failure := self._failure_in(answer or {}):
                failures[record.id] = failure
            else:
                del failures[record.id]

    async def _whole_call_failed(self, call: Sequence[FinishedRecord], failure: Failure, failures: Failures) -> None:
        """A call may be refused for one of its records, or for their sizes together: its neighbours go without it.

        Unless the smallest is refused alone: then it is not for their sizes.
        """
        if failure.reason is not FailureReason.REFUSED or len(call) == 1:
            failures.update((record.id, failure) for record in call)
            return
        smallest, *others = sorted(call, key=self.size)
        await self._put([smallest], failures)
        if smallest.id in failures:
            failures.update((record.id, failures[smallest.id]) for record in others)
            return
        middle = (len(others) + 1) // 2
        for half in filter(None, (others[:middle], others[middle:])):
            await self._put(half, failures)

    def _failure_in(self, answer: Mapping[str, Any]) -> Failure | None:
        """Of one record. Only what is said to be taken is taken."""
        if code := answer.get("ErrorCode"):
            return failure_of(AwsError(str(code), str(answer.get("ErrorMessage"))))
        return None if answer.get(self.proof) else SAYS_NOTHING

    def _failed(self, failures: Failures) -> WriteFailed:
        details = sorted({failure.detail for failure in failures.values()})
        log.warning("%s: %d records were not written: %s", self.kind, len(failures), details[0])
        return write_failed(failures)
