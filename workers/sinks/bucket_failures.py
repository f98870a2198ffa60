"""What obstore says of a bucket that did not take an object, in our words: without a key, a URL or a body."""

import re

from obstore.exceptions import InvalidPathError, NotSupportedError

from workers.sinks.aws_failures import reason_of
from workers.sinks.failure import Failure, FailureReason

ANSWER = re.compile(r"non-2xx status code: (\d{3})(?: ([A-Za-z -]+\w))?")
CODE = re.compile(r"<Code>([\w.]{1,64})</Code>")
WRONG_REGION = "redirect without LOCATION"
CREDENTIALS = re.compile(r"credential provider: (?:AwsError: )?(\w+)(?:: ([^\n]*))?")
UNANSWERED = re.compile(r"HttpError \{\s*kind: (\w+)")
CAUSE = re.compile(r'(?:message|error): "([^"\n]{1,120})"|InvalidCertificate\(\s*(\w+)|hyper::Error\(\s*(\w+)')

BY_STATUS = {
    301: FailureReason.NOT_FOUND,  # the bucket is in another region
    401: FailureReason.ACCESS_DENIED,
    403: FailureReason.ACCESS_DENIED,
    404: FailureReason.NOT_FOUND,
    405: FailureReason.REFUSED,
    411: FailureReason.REFUSED,
    413: FailureReason.REFUSED,
    501: FailureReason.REFUSED,  # a server that does not know a header: see `conditional_writes` and `checksum`
}
BY_CODE = {
    # Keys or a clock that will be right again.
    "ExpiredToken": FailureReason.UNAVAILABLE,
    "RequestExpired": FailureReason.UNAVAILABLE,
    "RequestTimeTooSkewed": FailureReason.UNAVAILABLE,
    "TokenRefreshRequired": FailureReason.UNAVAILABLE,
    # All of these are a 400, which alone says nothing.
    "AuthorizationHeaderMalformed": FailureReason.NOT_FOUND,  # it names another region
    "EntityTooLarge": FailureReason.REFUSED,
    "IllegalLocationConstraintException": FailureReason.NOT_FOUND,
    "InvalidArgument": FailureReason.REFUSED,
    "InvalidBucketName": FailureReason.NOT_FOUND,
    "InvalidRequest": FailureReason.REFUSED,
    "InvalidToken": FailureReason.ACCESS_DENIED,
    "KMS.DisabledException": FailureReason.ACCESS_DENIED,
    "KMS.InvalidKeyUsageException": FailureReason.ACCESS_DENIED,
    "KMS.KMSInvalidStateException": FailureReason.ACCESS_DENIED,
    "KMS.NotFoundException": FailureReason.NOT_FOUND,
    "KeyTooLongError": FailureReason.REFUSED,
}


def is_conflict(error: Exception) -> bool:
    """409: somebody is writing the same object now, and may yet fail. obstore tells it as it tells a 412."""
    found = ANSWER.search(str(error))
    return found is not None and found[1] == "409"


def failure_of(error: Exception) -> Failure:
    """Of one of obstore's errors. What is not known here may work later."""
    if isinstance(error, InvalidPathError | NotSupportedError | ValueError):
        return Failure(FailureReason.REFUSED, f"no such object can be: {type(error).__name__}")
    text = str(error)
    if found := CREDENTIALS.search(text):
        return Failure(reason_of(found[1]), f"no credentials: {found[1]}: {found[2] or ''}")
    if found := ANSWER.search(text):
        return _of_answer(int(found[1]), found[2] or "", text)
    if WRONG_REGION in text:
        return Failure(FailureReason.NOT_FOUND, "a redirect: the bucket is in another region")
    if found := UNANSWERED.search(text):
        return Failure(FailureReason.UNAVAILABLE, f"no answer: {found[1]}{_cause(text)}")
    return Failure(FailureReason.UNAVAILABLE, f"no answer that can be understood: {type(error).__name__}")


def _of_answer(status: int, phrase: str, text: str) -> Failure:
    found = CODE.search(text)
    code = found[1] if found else ""
    reason = BY_CODE.get(code) or BY_STATUS.get(status, FailureReason.UNAVAILABLE)
    return Failure(reason, f"{status} {code or phrase}")


def _cause(text: str) -> str:
    found = CAUSE.search(text)
    return ", " + next(group for group in found.groups() if group) if found else ""
