"""Finding: one thing that was tried, and what it says about the promise."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from workers.sinks.failure import Failure, FailureReason


class Status(StrEnum):
    """From good to bad, as far as the last two compare."""

    OK = "ok"
    NOTE = "note"
    UNREACHABLE = "unreachable"
    """Nobody knows: neither works nor is refused."""
    FAILED = "FAILED"

    @property
    def is_bad(self) -> bool:
        """Somebody has to do something."""
        return self in (Status.FAILED, Status.UNREACHABLE)


class Finding(NamedTuple):
    """`detail` is a few words where it is well, else what to do about it."""

    status: Status
    detail: str


def worst(findings: Iterable[Finding]) -> Status:
    """`OK` when there are none."""
    return max((finding.status for finding in findings), key=list(Status).index, default=Status.OK)


def not_written(what: str, action: str, failure: Failure) -> Finding:
    """`what` could not be written, for which `action` is needed."""
    match failure.reason:
        case FailureReason.ACCESS_DENIED:
            return Finding(Status.FAILED, f"{what} was refused: allow {action} there ({failure.detail})")
        case FailureReason.NOT_FOUND:
            return Finding(Status.FAILED, f"{what} has no place to go: the bucket or stream is not there")
        case FailureReason.REFUSED:
            return Finding(Status.FAILED, f"{what} is nothing that the store takes ({failure.detail})")
    return Finding(Status.UNREACHABLE, f"{what} could not be written ({failure.detail})")
