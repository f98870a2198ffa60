"""What obstore says of a bucket that did not take an object, in our words: without a key, a URL or a body."""

import re
from typing import NamedTuple

from obstore.exceptions import AlreadyExistsError, InvalidPathError, NotSupportedError

from workers.sinks.aws_failures import reason_of
from workers.sinks.failure import Failure, FailureReason

STATUS = re.compile(r"non-2xx status code: (\d{3})(?: ([A-Za-z -]+\w))?")
CODE = re.compile(r"<Code>([\w.]{1,64})</Code>")
WRONG_REGION = "redirect without LOCATION"
CREDENTIALS = re.compile(r"credential provider: (?:AwsError: )?(\w+)(?:: ([^\n]*))?")
UNANSWERED = re.compile(r"HttpError \{\s*kind: (\w+)")
CAUSE = re.compile(r'(?:message|error): "([^"\n]{1,120})"|InvalidCertificate\(\s*(\w+)|hyper::Error\(\s*(\w+)')

BY_STATUS = {
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


class Answer(NamedTuple):
    """Of the store."""

    status: int
    phrase: str
    code: str
    """In its body; empty where there is none."""


def is_there(error: AlreadyExistsError) -> bool:
    """Whether the object is. obstore tells the same of a 409, where somebody is writing it now, and may yet fail."""
    answer = _answer(str(error))
    return answer is not None and (answer.status == 412 or answer.code == "BlobAlreadyExists")


def failure_of(error: Exception) -> Failure:
    """Of one of obstore's errors. What is not known here may work later."""
    if isinstance(error, InvalidPathError | NotSupportedError | ValueError):
        return Failure(FailureReason.REFUSED, f"no such object can be: {type(error).__name__}")
    text = str(error)
    if found := CREDENTIALS.search(text):
        return Failure(reason_of(found[1], text), f"no credentials: {found[1]}: {found[2] or ''}")
    answer = _answer(text)
    if WRONG_REGION in text or (answer and answer.status == 301):
        return Failure(FailureReason.NOT_FOUND, "redirected: the bucket is in another region")
    if answer:
        reason = BY_CODE.get(answer.code) or BY_STATUS.get(answer.status, FailureReason.UNAVAILABLE)
        return Failure(reason, f"{answer.status} {answer.code or answer.phrase}")
    if found := UNANSWERED.search(text):
        return Failure(FailureReason.UNAVAILABLE, f"no answer: {found[1]}{_cause(text)}")
    return Failure(FailureReason.UNAVAILABLE, f"no answer that can be understood: {type(error).__name__}")


def _answer(text: str) -> Answer | None:
    found = STATUS.search(text)
    code = CODE.search(text)
    return Answer(int(found[1]), found[2] or "", code[1] if code else "") if found else None


def _cause(text: str) -> str:
    found = CAUSE.search(text)
    return ", " + next(group for group in found.groups() if group) if found else ""
