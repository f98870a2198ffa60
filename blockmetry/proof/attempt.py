"""Attempt: something that must be refused us."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from blockmetry.proof.finding import Finding, Status
from shared.aws import UNREACHABLE, AwsError

REFUSALS = frozenset({"AccessDenied", "AccessDeniedException"})
"""No other answer is one: that nothing is there, or nobody answers, proves nothing."""
HEAD_REFUSALS = REFUSALS | {"403"}
"""The answer to a HEAD has no code but its status."""
LOOKED_FOR = frozenset({"NoSuchKey", "404"})
"""Who may not read is not told that there is nothing."""


class Attempt(NamedTuple):
    """`deed`: what we could do, if it worked."""

    action: str
    deed: str
    make: Callable[[], Awaitable[object]]
    """Raises `AwsError`."""
    needs_probe: bool = False
    """Refused for what is not there, it proves nothing."""
    refusals: frozenset[str] = REFUSALS


async def refused(attempt: Attempt) -> Finding:
    """Makes the attempt: a success is a failure of the promise."""
    try:
        await attempt.make()
    except AwsError as error:
        if error.code in attempt.refusals:
            return Finding(Status.OK, f"{attempt.action} refused")
        if error.code not in LOOKED_FOR:
            return Finding(Status.UNREACHABLE, f"no proof that {attempt.action} is refused ({error})")
    return Finding(
        Status.FAILED,
        f"{attempt.action} is allowed: we could {attempt.deed}. Take away what allows it to whom we write as",
    )


def status_of(error: AwsError) -> Status:
    """Of a call that should have worked: whether somebody answered."""
    return Status.UNREACHABLE if error.code == UNREACHABLE else Status.FAILED
