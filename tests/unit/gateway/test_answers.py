"""Answers as bytes, made before they are asked for, and the same for everybody whom they suit."""

import tracemalloc

from aiohttp.test_utils import make_mocked_request

from gateway import answers
from gateway.reject import Reject, RejectReason

NOW = 1_795_478_400.75
MEGABYTE = 1 << 20


def test_the_same_second_and_origin_get_the_same_answer() -> None:
    one, other = (make_mocked_request("POST", "/v1/beacon", {"Origin": "https://a.example"}) for _ in range(2))
    assert answers.accepted(one, NOW) is answers.accepted(other, NOW + 0.1)
    assert answers.accepted(one, NOW) is not answers.accepted(one, NOW + 1)
    stranger = make_mocked_request("POST", "/v1/beacon", {"Origin": "https://b.example"})
    assert answers.accepted(stranger, NOW) is not answers.accepted(one, NOW)


def test_answers_for_endless_long_origins_do_not_fill_the_memory() -> None:
    requests = [
        make_mocked_request("POST", "/v1/beacon", {"Origin": f"https://{number}.example/" + "x" * 15_000})
        for number in range(200)
    ]
    tracemalloc.start()
    for request in requests:
        answers.accepted(request, NOW)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < MEGABYTE


def test_a_refusal_is_never_the_accepted_answer() -> None:
    request = make_mocked_request("POST", "/v1/beacon")
    refused = answers.refused(request, NOW, Reject(RejectReason.BAD_JSON, "no"))
    assert (refused.status, answers.accepted(request, NOW).status) == (400, 204)
    assert refused.keep_alive
