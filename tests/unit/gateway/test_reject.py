"""Every reason has its status, and only those that may pass ask for another try."""

import pytest

from gateway.reject import Reject, RejectReason

STATUS = {
    "bad_request": 400,
    "bad_json": 400,
    "bad_property": 400,
    "bad_url": 400,
    "bad_field": 400,
    "bad_encoding": 400,
    "bad_key": 401,
    "wrong_property": 403,
    "unknown_property": 404,
    "unknown_path": 404,
    "method": 405,
    "slow_body": 408,
    "too_large": 413,
    "encoding": 415,
    "rate_limited": 429,
    "journal_full": 503,
    "journal_failed": 503,
    "queue_unavailable": 503,
    "shutting_down": 503,
}


def test_the_reasons_are_those_of_the_contract() -> None:
    assert {reason.value for reason in RejectReason} == set(STATUS)


@pytest.mark.parametrize("reason", RejectReason)
def test_a_reason_has_its_status_and_only_what_passes_asks_for_another_try(reason: RejectReason) -> None:
    reject = Reject(reason)
    assert reject.status == STATUS[reason]
    assert (reject.retry_after_seconds > 0) == (reject.status in (429, 503))
