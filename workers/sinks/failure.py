"""Failure: why a record was not written, in a closed set of reasons."""

from enum import StrEnum
from typing import NamedTuple


class FailureReason(StrEnum):
    """Each is a metric label, a reason of dead letters and a directory there."""

    UNAVAILABLE = "unavailable"
    ACCESS_DENIED = "access_denied"
    NOT_FOUND = "not_found"
    """The bucket or stream, as what is created cannot be missing."""
    REFUSED = "refused"
    """The store cannot take such a record."""


class Failure(NamedTuple):
    """What became of a record that was not written."""

    reason: FailureReason
    detail: str

    @property
    def is_permanent(self) -> bool:
        """Trying again changes nothing, until somebody mends the store or its configuration."""
        return self.reason is not FailureReason.UNAVAILABLE
