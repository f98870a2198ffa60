"""The customer's role: ours with its ExternalId, nobody's without."""

import asyncio
import secrets
from collections.abc import Sequence

import msgspec

from blockmetry.proof.attempt import REFUSALS, status_of
from blockmetry.proof.finding import Finding, Status
from shared.aws import AwsError
from shared.sinks import Sink
from workers.sinks.credentials import RoleCredentials, credentials_of

NO_ROLE = (
    "no role_arn: it writes with the credentials of the environment, and what else these may do, here and elsewhere, "
    "is not the customer's to decide"
)


async def assumed(sink: Sink) -> Finding:
    """Whether we can become the role."""
    credentials = credentials_of(sink)
    if credentials is None:
        return Finding(Status.NOTE, NO_ROLE)
    try:
        await credentials.keys()
    except AwsError as error:
        advice = "its trust policy must name who runs this, with this ExternalId"
        return Finding(status_of(error), f"{sink.role_arn} cannot be assumed: {advice} ({error})")
    return Finding(Status.OK, "role assumed")


async def refused_to_others(sink: Sink) -> Sequence[Finding]:
    """Whether those can become it who do not know the ExternalId. Says something only where we can."""
    if not sink.role_arn:
        return ()
    wrong = secrets.token_urlsafe(32)
    return await asyncio.gather(
        _refused(sink, "", "without its ExternalId"), _refused(sink, wrong, "with a wrong ExternalId")
    )


async def _refused(sink: Sink, external_id: str, how: str) -> Finding:
    try:
        await RoleCredentials(msgspec.structs.replace(sink, external_id=external_id)).obtain()
    except AwsError as error:
        if error.code in REFUSALS:
            return Finding(Status.OK, f"AssumeRole {how} refused")
        return Finding(Status.UNREACHABLE, f"no proof that AssumeRole {how} is refused ({error})")
    return Finding(
        Status.FAILED,
        f"{sink.role_arn} can be assumed {how}: whoever we serve could make us write there. "
        "Its trust policy needs the condition StringEquals sts:ExternalId",
    )
