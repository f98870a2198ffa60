"""Beacons to send, and what a refused one looks like from all sides."""

import json
from typing import Any
from urllib.parse import urlencode

from tests.unit.gateway.serving import Serving
from tests.unit.gateway.wire import Reply, request

BEACON = "/v1/beacon"
GOOD = {"property": "demo", "url": "https://shop.example.com/"}


def payload(**names: Any) -> bytes:
    return json.dumps({**GOOD, **names}).encode()


def pixel_of(**names: str) -> bytes:
    return request("GET", "/v1/pixel.gif?" + urlencode({**GOOD, **names}))


def assert_refused(gateway: Serving, channel: str, reply: Reply, status: int, reason: str) -> None:
    """In the status, the header and the counters; and nothing went on to the queue."""
    assert (reply.status, reply.reject) == (status, reason)
    assert reply.headers["cache-control"] == "no-store"
    assert gateway.counted("rejected_total", reason=reason) == 1
    assert gateway.counted("received_total", channel=channel, outcome="rejected") == 1
    assert gateway.counted("received_total", channel=channel, outcome="accepted") == 0
    assert gateway.counted("journal_bytes") == 0
    assert gateway.queue.asked == 0


def assert_explained(reply: Reply, reason: str) -> None:
    assert reply.headers["content-type"] == "application/json"
    assert set(reply.json) == {"error", "detail"}
    assert reply.json["error"] == reason
    assert reply.json["detail"]
