"""Failure: why a record was not written, in a closed set of reasons."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from shared.errors import WriteFailed


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


def write_failed(failures: Mapping[str, Failure]) -> WriteFailed:
    """To raise; `failures` goes by record id."""
    return WriteFailed(
        {record_id: failure.reason for record_id, failure in failures.items() if not failure.is_permanent},
        {record_id: failure.reason for record_id, failure in failures.items() if failure.is_permanent},
    )
