import pytest

from shared.aws import NO_CREDENTIALS, UNREACHABLE, AwsError
from workers.sinks.aws_failures import failure_of, reason_of


@pytest.mark.parametrize(
    "code",
    [
        "AccessDenied",
        "AccessDeniedException",
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "InvalidClientTokenId",
        "KMSAccessDeniedException",
        "KMSDisabledException",
        "InvalidKMSResourceException",
        NO_CREDENTIALS,
    ],
)
def test_who_may_not_write_is_denied_access(code: str) -> None:
    assert reason_of(code) == "access_denied"


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "KMSNotFoundException"])
def test_a_stream_or_key_that_is_not_there_is_not_found(code: str) -> None:
    assert reason_of(code) == "not_found"


@pytest.mark.parametrize(
    "code", ["ValidationException", "InvalidArgumentException", "InvalidSourceException", "SerializationException"]
)
def test_what_no_repetition_makes_acceptable_is_refused(code: str) -> None:
    assert reason_of(code) == "refused"


@pytest.mark.parametrize(
    "code",
    [
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "LimitExceededException",
        "KMSThrottlingException",
        "ExpiredToken",
        "ExpiredTokenException",
        "InternalFailure",
        "ServiceUnavailableException",
        "502",
        "NobodyKnowsException",
        UNREACHABLE,
    ],
)
def test_what_may_pass_is_unavailable(code: str) -> None:
    assert reason_of(code) == "unavailable"


@pytest.mark.parametrize("code", ["InvalidSignatureException", "SignatureDoesNotMatch"])
@pytest.mark.parametrize(
    "said",
    [
        "Signature expired: 20261125T160000Z is now earlier than 20261125T170000Z (20261125T171500Z - 15 min.)",
        "Signature not yet current: 20261125T180000Z is still later than 20261125T171500Z (20261125T170000Z + 15 min.)",
    ],
)
def test_a_clock_that_is_wrong_will_be_right_again(code: str, said: str) -> None:
    assert failure_of(AwsError(code, f"kinesis: {said}")).reason == "unavailable"


def test_a_failure_of_a_call_says_what_the_service_said() -> None:
    assert failure_of(AwsError("AccessDenied", "not you")) == ("access_denied", "AccessDenied: not you")
