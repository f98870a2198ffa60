"""The beacons that benches send."""

import pytest

from bench.bodies import BODY, grown, requests
from gateway.body import BODY_LIMIT_BYTES
from gateway.capture import Request, capture
from shared.beacon import Beacon, Channel, Headers
from shared.properties import DEMO


@pytest.mark.parametrize("body", [BODY, grown(16_000), grown(60_000)])
def test_every_size_is_a_whole_request_that_the_gateway_takes(body: str) -> None:
    head, _, sent = next(requests(7, body)).partition(b"\r\n\r\n")
    assert f"content-length: {len(sent)}" in head.decode().lower()
    request = Request("192.0.2.1", Headers(), 0)
    captured = capture(Channel.SCRIPT, sent, request, {DEMO.id: DEMO}, lambda: bytes(16))
    assert isinstance(captured, Beacon)
    assert captured.id == (7).to_bytes(16, "big")


@pytest.mark.parametrize("size_bytes", [16_000, 60_000])
def test_a_body_grows_to_the_size_that_is_asked_for(size_bytes: int) -> None:
    assert size_bytes <= len(grown(size_bytes) % 0) < size_bytes + 50 < BODY_LIMIT_BYTES
