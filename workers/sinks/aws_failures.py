"""Amazon's error codes in our words."""

import re

from shared.aws import NO_CREDENTIALS, AwsError
from workers.sinks.failure import Failure, FailureReason

DENIED = frozenset(
    {
        NO_CREDENTIALS,
        "AccessDenied",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignature",
        "MissingAuthenticationToken",
        "NotAuthorized",
        "OptInRequired",
        "SignatureDoesNotMatch",
        "UnrecognizedClient",
        # The stream would have to be encrypted, and its key is not to be used, by us or by anybody.
        "InvalidKMSResource",
        "KMSAccessDenied",
        "KMSDisabled",
        "KMSInvalidState",
        "KMSOptInRequired",
    }
)
MISSING = frozenset({"ResourceNotFound", "KMSNotFound"})
REFUSED = frozenset(
    {
        "InvalidArgument",
        "InvalidSource",
        "Serialization",
        "Validation",
        "413",  # a server, or something before it, that takes less at a time than Amazon
    }
)
WRONG_CLOCK = re.compile("signature expired|signature not yet current", re.IGNORECASE)
"""What is said of a signature that is right, and dated by a clock that is not: it will be again."""
EXPIRED = re.compile("ExpiredToken|RequestExpired|TokenRefreshRequired")
"""In what is told of keys that were good once, whatever our clock says of them."""


def failure_of(error: AwsError) -> Failure:
    """Of a whole call."""
    return Failure(reason_of(error.code, str(error)), str(error))


def reason_of(code: str, detail: str = "") -> FailureReason:
    """What is not known here may work later, as throttling, an expired token or no answer at all may."""
    name = code.removesuffix("Exception")
    if name in DENIED and WRONG_CLOCK.search(detail):
        return FailureReason.UNAVAILABLE
    if name in DENIED:
        return FailureReason.ACCESS_DENIED
    if name in MISSING:
        return FailureReason.NOT_FOUND
    if name in REFUSED:
        return FailureReason.REFUSED
    return FailureReason.UNAVAILABLE
