"""Reject: a refusal at the edge. The reason is the response header, the metric label and the `error` in the body."""

from enum import StrEnum

import msgspec


class RejectReason(StrEnum):
    """A closed set: every refusal is answered and counted under exactly one of these."""

    BAD_REQUEST = "bad_request"
    BAD_JSON = "bad_json"
    BAD_PROPERTY = "bad_property"
    BAD_URL = "bad_url"
    BAD_FIELD = "bad_field"
    BAD_ENCODING = "bad_encoding"
    BAD_KEY = "bad_key"
    WRONG_PROPERTY = "wrong_property"
    UNKNOWN_PROPERTY = "unknown_property"
    UNKNOWN_PATH = "unknown_path"
    METHOD = "method"
    SLOW_BODY = "slow_body"
    TOO_LARGE = "too_large"
    ENCODING = "encoding"
    RATE_LIMITED = "rate_limited"
    JOURNAL_FULL = "journal_full"
    JOURNAL_FAILED = "journal_failed"
    QUEUE_UNAVAILABLE = "queue_unavailable"
    SHUTTING_DOWN = "shutting_down"


_OTHER_STATUS = {
    RejectReason.BAD_KEY: 401,
    RejectReason.WRONG_PROPERTY: 403,
    RejectReason.UNKNOWN_PROPERTY: 404,
    RejectReason.UNKNOWN_PATH: 404,
    RejectReason.METHOD: 405,
    RejectReason.SLOW_BODY: 408,
    RejectReason.TOO_LARGE: 413,
    RejectReason.ENCODING: 415,
    RejectReason.RATE_LIMITED: 429,
    RejectReason.JOURNAL_FULL: 503,
    RejectReason.JOURNAL_FAILED: 503,
    RejectReason.QUEUE_UNAVAILABLE: 503,
    RejectReason.SHUTTING_DOWN: 503,
}


class Reject(msgspec.Struct, frozen=True):
    """Why a request was refused."""

    reason: RejectReason
    detail: str = ""
    wait_seconds: int = 0
    """Where it is known when another try has a chance."""

    @property
    def status(self) -> int:
        """The HTTP status that goes with the reason."""
        return _OTHER_STATUS.get(self.reason, 400)

    @property
    def retry_after_seconds(self) -> int:
        """When it may be worth another try; 0: never as it stands."""
        return self.wait_seconds or {429: 1, 503: 5}.get(self.status, 0)
