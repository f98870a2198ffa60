"""What SQS answers, and may leave out: a batch succeeds entry by entry, inside an answer that is a success."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from shared.errors import Retryable
from shared.queues import Delivery

COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
STALE = {"ReceiptHandleIsInvalid", "MessageNotInflight", "InvalidParameterValue"}
"""The message is gone, or somebody else's by now; expired receipts are invalid values of a parameter."""
OF_ONE_ENTRY = {"BatchRequestTooLong", "InvalidMessageContents", *STALE}
"""One entry can be why a whole batch is refused; and servers differ in how much a batch may hold."""
CODE = re.compile(r"\w{1,64}", re.ASCII)
"""Anything else may be an echo."""
ARN = re.compile(r"arn:[\w-]+:sqs:[\w-]*:\w+:[\w-]+")
REGION = re.compile(r"//(?:[\w.-]+\.)?sqs(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?(?:amazonaws|api)\.")


class Refusal(NamedTuple):
    """Of one entry of a batch."""

    why: str
    is_ours: bool
    """The entry will not do as it is."""


Refusals = list[Refusal | None]
UNTOLD = Refusal("no word of what became of it", False)


class _Redrive(msgspec.Struct):
    deadLetterTargetArn: str = ""  # noqa: N815 - Amazon's name


def refusals(answer: Mapping[str, Any], count: int) -> Refusals:
    """Of the entries with ids 0 to `count` - 1; None where one succeeded."""
    told: dict[str, Refusal | None] = {}
    for entry in _entries(answer, "Successful"):
        told[str(entry.get("Id"))] = None
    for entry in _entries(answer, "Failed"):
        told[str(entry.get("Id"))] = Refusal(plain(str(entry.get("Code"))), entry.get("SenderFault") is True)
    return [told.get(str(number), UNTOLD) for number in range(count)]


def plain(code: str) -> str:
    """`AWS.SimpleQueueService.MessageNotInflight` is `MessageNotInflight`."""
    last = code.rpartition(".")[2]
    return last if CODE.fullmatch(last) else "unintelligible"


def dead_letter_arn(attributes: Mapping[str, Any]) -> str:
    """Of the queue that `RedrivePolicy` names; empty when it names none. Raises `Retryable`."""
    try:
        arn = msgspec.json.decode(attributes.get("RedrivePolicy") or "{}", type=_Redrive).deadLetterTargetArn
    except (msgspec.MsgspecError, TypeError):
        arn = "none"
    if arn and not ARN.fullmatch(arn):
        raise Retryable("the queue has a redrive policy that names no queue")
    return arn


def delivery_of(message: object, now_ms: int) -> Delivery | None:
    """None when nobody could work on it, or ack it. What a server leaves out counts as the first receive, just now."""
    if not isinstance(message, dict):
        return None
    body, receipt = message.get("Body"), message.get("ReceiptHandle")
    if not (isinstance(body, str) and isinstance(receipt, str) and body and receipt):
        return None
    attributes = message.get("Attributes") or {}
    attempt = number(attributes.get("ApproximateReceiveCount"), 1)
    return Delivery(body, receipt, attempt, number(attributes.get("SentTimestamp"), now_ms))


def number(text: object, otherwise: int) -> int:
    """Of a decimal number."""
    return int(text) if isinstance(text, str) and text.isdecimal() else otherwise


def counts(attributes: Mapping[str, Any]) -> list[int]:
    """Visible, in flight, delayed. Raises `Retryable` where one is missing: it does not mean none."""
    found = [number(attributes.get(name), -1) for name in COUNTS]
    if min(found) < 0:
        raise Retryable("the queue does not say what waits in it")
    return found


def region_of(url: str) -> str:
    """That the URL of a queue at Amazon names; else empty."""
    found = REGION.search(url)
    return found[1] if found else ""


def _entries(answer: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    return [entry for entry in answer.get(name) or [] if isinstance(entry, dict)]
