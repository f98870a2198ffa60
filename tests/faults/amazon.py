"""Amazon as far as our calls go, in memory: right answers, and the services' own ways of saying no."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import md5
from time import time
from typing import Any, NamedTuple

from tests.faults.request import Request

XML = {"Content-Type": "text/xml"}
JSON = {"Content-Type": "application/x-amz-json-1.1"}
BATCHES = {
    "SendMessageBatch": "Entries",
    "DeleteMessageBatch": "Entries",
    "ChangeMessageVisibilityBatch": "Entries",
    "PutRecords": "Records",
    "PutRecordBatch": "Records",
}


class Answer(NamedTuple):
    """What goes back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Amazon:
    """One account in which everything exists that is asked for."""

    def __init__(self) -> None:
        self.session_seconds = 3600.0
        """How long assumed roles last."""
        self.objects: dict[str, bytes] = {}
        """By `/BUCKET/KEY`."""
        self.puts = 0
        """Objects that were written, again or not."""
        self.records: list[bytes] = []
        """Of all streams, base64 as they came."""
        self.messages: list[str] = []
        """What waits in the queue."""
        self.sent: list[str] = []
        """What was ever sent to any queue."""
        self.done: list[str] = []
        """Receipts of what was deleted."""
        self.changed: list[str] = []
        """Receipts of what became visible at another time."""

    def answer(self, request: Request, failing: int = 0) -> Answer:
        """Does what is asked; the first `failing` entries of a batch fail, as if there were too many."""
        if request.operation == "PutObject":
            return self._put(request)
        if request.operation == "AssumeRole":
            return Answer(200, XML, _session(self.session_seconds).encode())
        asked = request.json
        if request.operation in BATCHES:
            entries = asked[BATCHES[request.operation]]
            return _json(getattr(self, f"_{request.service}_batch")(request.operation, entries, failing))
        return _json(self._sqs(request.operation, asked))

    def _put(self, request: Request) -> Answer:
        if request.path in self.objects and request.head.headers.get("if-none-match") == "*":
            return refusal(request, 412, "PreconditionFailed")
        self.puts += 1
        self.objects[request.path] = request.body
        return Answer(200, {"ETag": f'"{md5(request.body).hexdigest()}"'}, b"")

    def _sqs_batch(self, operation: str, entries: list[dict[str, Any]], failing: int) -> dict[str, Any]:
        for entry in entries[failing:]:
            if operation == "SendMessageBatch":
                self._send(entry["MessageBody"])
            else:
                (self.done if operation == "DeleteMessageBatch" else self.changed).append(entry["ReceiptHandle"])
        taken = [_sent(entry.get("MessageBody", "")) | {"Id": entry["Id"]} for entry in entries[failing:]]
        failed = [
            {"Id": entry["Id"], "SenderFault": False, "Code": "ServiceUnavailable", "Message": "Try again"}
            for entry in entries[:failing]
        ]
        return {"Successful": taken, "Failed": failed}

    def _kinesis_batch(self, operation: str, entries: list[dict[str, Any]], failing: int) -> dict[str, Any]:
        self.records += (entry["Data"].encode() for entry in entries[failing:])
        refused = {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "Rate exceeded"}
        taken = {"SequenceNumber": "49543463076548007577105092703039560359975228518395012686", "ShardId": "shardId-0"}
        return {
            "FailedRecordCount": min(failing, len(entries)),
            "Records": [refused if number < failing else taken for number in range(len(entries))],
        }

    def _firehose_batch(self, operation: str, entries: list[dict[str, Any]], failing: int) -> dict[str, Any]:
        self.records += (entry["Data"].encode() for entry in entries[failing:])
        refused = {"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down."}
        return {
            "FailedPutCount": min(failing, len(entries)),
            "RequestResponses": [refused if number < failing else {"RecordId": "1"} for number in range(len(entries))],
        }

    def _sqs(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        match operation:
            case "SendMessage":
                self._send(asked["MessageBody"])
                return _sent(asked["MessageBody"])
            case "ReceiveMessage":
                taken = [self.messages.pop(0) for _ in self.messages[: asked.get("MaxNumberOfMessages", 1)]]
                return {"Messages": [_received(body) for body in taken]}
            case "DeleteMessage":
                self.done.append(asked["ReceiptHandle"])
            case "ChangeMessageVisibility":
                self.changed.append(asked["ReceiptHandle"])
            case "GetQueueUrl":
                return {"QueueUrl": f"https://sqs.example.com/123456789012/{asked['QueueName']}"}
            case "GetQueueAttributes":
                return {"Attributes": self._attributes()}
        return {}

    def _send(self, body: str) -> None:
        self.messages.append(body)
        self.sent.append(body)

    def _attributes(self) -> dict[str, str]:
        arn = "arn:aws:sqs:eu-west-1:123456789012:beacons-dead"
        return {
            "ApproximateNumberOfMessages": str(len(self.messages)),
            "ApproximateNumberOfMessagesNotVisible": "0",
            "ApproximateNumberOfMessagesDelayed": "0",
            "RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "10"}),
        }


def refusal(request: Request, status: int, code: str, said: str = "No.") -> Answer:
    """In the service's own words."""
    if request.service == "s3":
        return Answer(status, XML, f"<Error><Code>{code}</Code><Message>{said}</Message></Error>".encode())
    if request.service == "sts":
        error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{said}</Message></Error>"
        return Answer(status, XML, f"<ErrorResponse>{error}</ErrorResponse>".encode())
    return _json({"__type": f"com.amazonaws.service#{code}", "message": said})._replace(status=status)


def _json(value: Any) -> Answer:
    return Answer(200, JSON, json.dumps(value).encode())


def _sent(body: str) -> dict[str, str]:
    return {"MessageId": md5(body.encode()).hexdigest(), "MD5OfMessageBody": md5(body.encode()).hexdigest()}


def _received(body: str) -> dict[str, Any]:
    digest = md5(body.encode()).hexdigest()
    return {
        "MessageId": digest,
        "ReceiptHandle": f"receipt-{digest}",
        "MD5OfBody": digest,
        "Body": body,
        "Attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": str(int(time() * 1000))},
    }


def _session(seconds: float) -> str:
    expires = datetime.now(UTC) + timedelta(seconds=seconds)
    return (
        '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>'
        f"<AccessKeyId>ASIA{int(time() * 1000)}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>"
        f"<SessionToken>token</SessionToken><Expiration>{expires:%Y-%m-%dT%H:%M:%SZ}</Expiration>"
        "</Credentials></AssumeRoleResult></AssumeRoleResponse>"
    )
