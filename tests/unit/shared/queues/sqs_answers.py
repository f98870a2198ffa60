"""What SQS answers when all goes well, and how to make it say something else."""

import asyncio
from collections.abc import Collection
from typing import Any

from shared.queues import Delivery
from tests.unit.shared.json_stub import Answer, Asked

CALL_SECONDS = 1.5
"""Of the queues of these tests. Shorter ones were too short for calls that succeed, on a machine that pauses."""
DEAD_LETTERS_ARN = "arn:aws:sqs:eu-west-1:210987654321:beacons-dead"
COUNTS = {
    "ApproximateNumberOfMessages": "3",
    "ApproximateNumberOfMessagesNotVisible": "2",
    "ApproximateNumberOfMessagesDelayed": "1",
}


def all_well(asked: Asked) -> Asked:
    return {"Successful": [{"Id": entry["Id"]} for entry in asked["Entries"]], "Failed": []}


def failing(code: str, places: Collection[int], is_sender_fault: bool = False) -> Answer:
    """The entries at these places."""

    def answer(asked: Asked) -> Asked:
        ids = [entry["Id"] for entry in asked["Entries"]]
        failed = [ids[place] for place in places if place < len(ids)]
        return {
            "Successful": [{"Id": name} for name in ids if name not in failed],
            "Failed": [{"Id": name, "Code": code, "SenderFault": is_sender_fault} for name in failed],
        }

    return answer


def message(number: int, sent_at_ms: int = 1_794_000_000_000, attempt: int = 1) -> dict[str, Any]:
    return {
        "MessageId": f"id-{number}",
        "ReceiptHandle": f"receipt-{number}",
        "Body": f"body {number}",
        "Attributes": {"ApproximateReceiveCount": str(attempt), "SentTimestamp": str(sent_at_ms)},
    }


def bringing(*messages: Any) -> Answer:
    """Once; then an empty queue, where a receive waits for as long as it asked."""
    waiting = list(messages)

    async def answer(asked: Asked) -> Asked:
        brought, waiting[:] = waiting[: asked["MaxNumberOfMessages"]], waiting[asked["MaxNumberOfMessages"] :]
        if not brought:
            await asyncio.sleep(asked["WaitTimeSeconds"])
        return {"Messages": brought}

    return answer


def delivery(number: int) -> Delivery:
    return Delivery(f"body {number}", f"receipt-{number}", 1, 0)


def attributes(policy: str = "") -> Answer:
    return lambda _: {"Attributes": {**COUNTS, "RedrivePolicy": policy}}


ANSWERS: dict[str, Answer] = {
    "SendMessageBatch": all_well,
    "DeleteMessageBatch": all_well,
    "ChangeMessageVisibilityBatch": all_well,
    "ReceiveMessage": bringing(),
    "GetQueueAttributes": attributes(),
}
