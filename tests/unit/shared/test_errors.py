from shared.errors import WriteFailed


def test_a_failed_write_says_how_many_and_why() -> None:
    failed = WriteFailed({"a": "throttled", "b": "throttled"}, {"c": "denied"})
    assert str(failed) == "2 to retry, 1 for good: denied, throttled"
    assert (failed.retryable, failed.permanent) == ({"a": "throttled", "b": "throttled"}, {"c": "denied"})
