"""One SQS queue's calls: what each is asked, within which time, and what its answer means for each message."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from shared.aws import AwsError, Client
from shared.config import Queue as Config
from shared.errors import Permanent, Retryable
from shared.queues.sqs_answers import COUNTS, OF_ONE_ENTRY, STALE, Refusal, Refusals, plain, refusals, region_of

Outcomes = list[Exception | None]


class Unsent(NamedTuple):
    """A message on its way to the queue."""

    body: str
    size_bytes: int
    delay_seconds: int
    group: str


class Change(NamedTuple):
    """When a message that somebody has becomes visible to others."""

    receipt: str
    after_seconds: int


class Calls:
    """Sending, receiving and the rest have clients of their own: a long poll keeps nothing waiting."""

    def __init__(self, config: Config, call_seconds: float) -> None:
        """Nothing is called before the first use. A call has `call_seconds`, and a receive what it waits besides."""
        self._call_seconds = call_seconds
        self._url = config.url
        self._visibility_seconds = ceil(config.visibility_timeout_seconds)
        self._sending, self._receiving, self._settling = (client_of(config) for _ in range(3))
        self._dead_letter_urls: dict[str, str] = {}

    async def send(self, parts: Sequence[Unsent]) -> Outcomes:
        """Of each: None, `Retryable` or `Permanent`."""
        return list(map(_unsent, await self._batch(self._sending, "send_message_batch", list(map(_entry, parts)))))

    async def receive(self, count: int, wait_seconds: int) -> list[Any]:
        """Messages as SQS describes them."""
        answer = await self._call(
            self._receiving,
            "receive_message",
            wait_seconds=wait_seconds,
            QueueUrl=self._url,
            MaxNumberOfMessages=count,
            WaitTimeSeconds=wait_seconds,
            VisibilityTimeout=self._visibility_seconds,
            AttributeNames=["ApproximateReceiveCount", "SentTimestamp"],  # the newer name is unknown to older servers
        )
        return answer.get("Messages") or []

    async def delete(self, receipts: Sequence[str]) -> Outcomes:
        """Of each: None or `Retryable`. A stale receipt changes nothing, here and below."""
        places = {receipt: place for place, receipt in enumerate(dict.fromkeys(receipts))}
        entries = [{"ReceiptHandle": receipt} for receipt in places]
        told = await self._batch(self._settling, "delete_message_batch", entries)
        return [_unsettled(told[places[receipt]]) for receipt in receipts]

    async def change(self, changes: Sequence[Change]) -> Outcomes:
        """Of each: None or `Retryable`."""
        entries = [{"ReceiptHandle": receipt, "VisibilityTimeout": seconds} for receipt, seconds in changes]
        return list(map(_unsettled, await self._batch(self._settling, "change_message_visibility_batch", entries)))

    async def send_dead_letter(self, arn: str, body: str, reason: str) -> None:
        """To the queue with this name. Raises `Retryable`."""
        url = await self._dead_letter_url(arn)
        why = {"reason": {"DataType": "String", "StringValue": reason}}
        await self._call(self._sending, "send_message", QueueUrl=url, MessageBody=body, MessageAttributes=why)

    async def attributes(self) -> Mapping[str, Any]:
        """What waits, and the redrive policy. Raises `Retryable`."""
        return await self._attributes(self._url, *COUNTS, "RedrivePolicy")

    async def dead_letter_attributes(self, arn: str) -> Mapping[str, Any]:
        """What waits in the queue with this name. Raises `Retryable`."""
        return await self._attributes(await self._dead_letter_url(arn), *COUNTS)

    async def close(self) -> None:
        """For good."""
        for client in (self._sending, self._receiving, self._settling):
            await client.close()

    async def _batch(self, client: Client, operation: str, entries: Sequence[Mapping[str, Any]]) -> Refusals:
        """Where one entry may be why the whole is refused, halves are asked for, until it is alone."""
        numbered = [{"Id": str(place), **entry} for place, entry in enumerate(entries)]
        try:
            answer = await client.call(operation, self._call_seconds, QueueUrl=self._url, Entries=numbered)
        except AwsError as error:
            code = plain(error.code)
            if code not in OF_ONE_ENTRY:
                return [Refusal(str(error), False)] * len(entries)
            if len(entries) == 1:
                return [Refusal(code, True)]
            half = len(entries) // 2
            parts = (entries[:half], entries[half:])
            return [refusal for part in parts for refusal in await self._batch(client, operation, part)]
        return refusals(answer, len(entries))

    async def _attributes(self, url: str, *names: str) -> Mapping[str, Any]:
        answer = await self._call(self._settling, "get_queue_attributes", QueueUrl=url, AttributeNames=list(names))
        found: Mapping[str, Any] = answer.get("Attributes") or {}
        return found

    async def _dead_letter_url(self, arn: str) -> str:
        if arn not in self._dead_letter_urls:
            *_, account, name = arn.split(":")
            answer = await self._call(self._settling, "get_queue_url", QueueName=name, QueueOwnerAWSAccountId=account)
            if not answer.get("QueueUrl"):
                raise Retryable("the queue does not say where its dead-letter queue is")
            self._dead_letter_urls[arn] = answer["QueueUrl"]
        return self._dead_letter_urls[arn]

    async def _call(self, client: Client, operation: str, wait_seconds: float = 0, **parameters: Any) -> dict[str, Any]:
        try:
            return await client.call(operation, self._call_seconds + wait_seconds, **parameters)
        except AwsError as error:
            raise Retryable(f"the queue: {error}") from None


def client_of(config: Config) -> Client:
    """For the queue: its URL says where it is, unless the configuration does."""
    parts = urlsplit(config.url)
    return Client(
        "sqs", config.region or region_of(config.url), config.endpoint_url or f"{parts.scheme}://{parts.netloc}"
    )


def _entry(unsent: Unsent) -> dict[str, Any]:
    group = {"MessageGroupId": unsent.group} if unsent.group else {}
    return {"MessageBody": unsent.body, "DelaySeconds": unsent.delay_seconds, **group}


def _unsent(refusal: Refusal | None) -> Exception | None:
    if refusal is None:
        return None
    kind = Permanent if refusal.is_ours else Retryable
    return kind(f"the queue does not take the message: {refusal.why}")


def _unsettled(refusal: Refusal | None) -> Exception | None:
    return None if refusal is None or refusal.why in STALE else Retryable(f"the queue: {refusal.why}")
