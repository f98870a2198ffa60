"""Batch: the measurements that a customer's server sends in one request: a JSON object, or an array of them. Pure."""

from collections.abc import Callable, Collection, Sequence

import msgspec

from gateway.capture import Request, capture, mend
from gateway.reject import Reject, RejectReason
from shared.beacon import Beacon, Channel, Headers
from shared.properties import Properties

MEASUREMENTS_LIMIT = 500
MEASUREMENT_LIMIT_BYTES = 64 << 10
"""As on every channel: a block must hold it, and a message of the queue a block."""

WRONG_PROPERTY = Reject(RejectReason.WRONG_PROPERTY, "the key is another property's")
EMPTY = Reject(RejectReason.BAD_JSON, "the array is empty")
TOO_MANY = Reject(RejectReason.TOO_LARGE, f"at most {MEASUREMENTS_LIMIT} measurements in an array")
TOO_LONG = Reject(RejectReason.TOO_LARGE, f"at most {MEASUREMENT_LIMIT_BYTES} bytes in one measurement")

NOBODY = Headers()
"""The request's own headers and address are those of the customer's server, and nothing of them is kept."""


class Batch(msgspec.Struct, frozen=True):
    """What came in one request."""

    measurements: Sequence[bytes]
    """Each as its sender wrote it."""
    is_array: bool


_ABSENT = msgspec.Raw(b"null")
_places = [(f"place_{place}", msgspec.Raw, _ABSENT) for place in range(MEASUREMENTS_LIMIT)]
# A list would make an object of each of half a million elements before it could be found too long.
_array = msgspec.json.Decoder(msgspec.defstruct("_Array", _places, array_like=True, forbid_unknown_fields=True))


def split(body: bytes) -> Batch | Reject:
    """Its measurements, which nobody has looked into."""
    if body.lstrip(b" \t\r\n")[:1] != b"[":
        return Batch((body,), is_array=False)
    try:
        places = msgspec.structs.astuple(_array.decode(body))
    except msgspec.ValidationError:
        return TOO_MANY
    except (msgspec.DecodeError, RecursionError) as error:
        mended = mend(body)
        return Reject(RejectReason.BAD_JSON, str(error)) if mended == body else split(mended)
    measurements = [bytes(raw) for raw in places if raw is not _ABSENT]
    return Batch(measurements, is_array=True) if measurements else EMPTY


def capture_reported(
    measurement: bytes,
    allowed: Collection[str],
    received_at_ms: int,
    properties: Properties,
    new_id: Callable[[], bytes],
) -> Beacon | Reject:
    """`allowed`: the ids of properties that the sender's key is good for."""
    if len(measurement) > MEASUREMENT_LIMIT_BYTES:
        return TOO_LONG
    captured = capture(Channel.SERVER, measurement, Request("", NOBODY, received_at_ms), properties, new_id)
    is_foreign = isinstance(captured, Beacon) and captured.property not in allowed
    return WRONG_PROPERTY if is_foreign else captured


Outcome = bytes | Reject
"""Of one measurement: the id of the record that it becomes, or why it was refused."""


def told(outcome: Outcome) -> dict[str, str]:
    """As its sender is told."""
    if isinstance(outcome, Reject):
        return {"error": outcome.reason, "detail": outcome.detail}
    return {"id": outcome.hex(), "status": "accepted"}


def deciding(refusals: Sequence[Reject]) -> Reject:
    """What a request is answered of which nothing was taken: the first refusal that may pass, if there is one.

    A client that hears of a mistake instead would not try again.
    """
    return next((refused for refused in refusals if refused.retry_after_seconds), refusals[0])
