"""The load that figures are measured under."""

import json
from itertools import pairwise

from bench.load import moments, paced, saturate_ourselves, send
from tests.unit.bench.stalling import stalling

REFUSED = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy"


def test_a_beacon_that_is_due_while_the_server_stalls_has_waited_since_then() -> None:
    with stalling(stalls_at=5, stall_seconds=0.4) as server:
        outcome = paced(server.url, connections=4, per_second=200, seconds=0.4).outcome
    assert outcome.acks == len(list(moments(200, 0.4)))
    assert outcome.latency.p50 > 50, "most of them were due during the stall"


def test_under_saturation_only_those_that_were_sent_wait_for_a_stall() -> None:
    with stalling(stalls_at=5, stall_seconds=0.2) as server:
        outcome = saturate_ourselves(server.url, connections=4, seconds=0.3)
    assert outcome.acks == len(server.bodies) > 4
    assert outcome.latency.p50 < 50


def test_each_number_is_sent_once_as_its_id() -> None:
    with stalling() as server:
        outcome = send(server.url, 3, range(100, 130))
    assert (outcome.acks, outcome.others) == (30, 0)
    assert sorted(int(json.loads(body)["id"], 16) for body in server.bodies) == list(range(100, 130))


def test_what_is_no_204_is_counted_apart_and_not_waited_for() -> None:
    with stalling(REFUSED) as server:
        outcome = send(server.url, 2, range(10))
    assert (outcome.acks, outcome.others) == (0, 10)


def test_a_connection_that_the_server_closes_is_replaced() -> None:
    with stalling(closes=True) as server:
        outcome = send(server.url, 2, range(10))
    assert outcome.acks + outcome.others == 10
    assert outcome.acks == len(server.bodies) > 0


def test_visitors_come_at_random_as_often_as_asked_and_alike_in_every_run() -> None:
    first = list(moments(1_000, 10))
    assert first == sorted(first) == list(moments(1_000, 10))
    assert 9_500 < len(first) < 10_500
    assert sum(later - moment < 0.0005 for moment, later in pairwise(first)) > 3_000
