"""Whatever bytes come, in whatever pieces: with the shortcut and without it the same is answered, kept and counted."""

import asyncio
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.property.fed import Fed
from tests.unit.gateway.beacons import BEACON, GOOD, payload, pixel_of
from tests.unit.gateway.wire import request

PLAIN = request("POST", BEACON, payload())
CHUNKED = request("POST", BEACON, headers={"Transfer-Encoding": "chunked"}) + b"3\r\n{}\n\r\n0\r\n\r\n"
ODD = (
    b"\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"POST /v1/beacon HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
    b"POST /v1/beacon HTTP/1.1\nContent-Length: 2\n\n{}",
    b"POST /v1/beacon HTTP/2.0\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00",
    b"POST http://evil.example/v1/beacon HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 2\r\n\r\n{}",
    b"CONNECT /v1/beacon HTTP/1.1\r\nHost: a\r\n\r\n",
)
headers = st.dictionaries(
    st.sampled_from(["Origin", "Connection", "Content-Encoding", "Expect", "DNT", "User-Agent", "Upgrade", "X-\xff"]),
    st.sampled_from(["close", "keep-alive", "identity", "gzip", "100-continue", "Upgrade, close", "websocket", "\xff"]),
    max_size=3,
)
bodies = st.sampled_from(
    [payload(), payload(id="one", title="\ud800"), b"", b"{", b"\xff", payload(property="nobody"), payload(screen=1)]
)
targets = st.sampled_from(
    [BEACON, BEACON, BEACON, BEACON + "?x=1", BEACON + "#x", "/v1/amp", "/v1/%62eacon", "/nowhere"]
)
methods = st.sampled_from(["POST", "POST", "POST", "PUT", "GET", "OPTIONS", "post"])
versions = st.sampled_from([b"1.1", b"1.1", b"1.1", b"1.0", b"1.2"])
requests = st.one_of(
    st.just(PLAIN),
    st.builds(request, methods, targets, bodies, headers),
    st.builds(lambda sent, version: sent.replace(b"1.1", version, 1), st.just(PLAIN), versions),
    st.sampled_from([CHUNKED, pixel_of(), request("HEAD", "/robots.txt"), *ODD]),
)


class Stream(NamedTuple):
    """What one client sends."""

    pieces: list[bytes]
    is_hasty: bool


@st.composite
def streams(draw: st.DrawFn) -> Stream:
    """Requests one after the other, perhaps with a damaged byte, cut anywhere."""
    sent = bytearray(b"".join(draw(st.lists(requests, min_size=1, max_size=6))))
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        sent[draw(st.integers(0, len(sent) - 1))] = draw(st.integers(0, 255))
    cuts = sorted(draw(st.sets(st.integers(0, len(sent)), max_size=6)) | {0, len(sent)})
    return Stream([bytes(sent[start:end]) for start, end in pairwise(cuts)], draw(st.booleans()))


class Pair(NamedTuple):
    """Of gateways that differ in nothing but the shortcut."""

    loop: asyncio.AbstractEventLoop
    quick: Fed
    plain: Fed


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    loop = asyncio.new_event_loop()

    async def begin(data: Path, has_shortcut: bool) -> Fed:
        return Fed(data, has_shortcut=has_shortcut)

    quick, plain = (loop.run_until_complete(begin(tmp_path_factory.mktemp("fed"), one)) for one in (True, False))
    yield Pair(loop, quick, plain)
    loop.run_until_complete(quick.end())
    loop.run_until_complete(plain.end())
    loop.close()


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stream=streams())
@example(stream=Stream([PLAIN * 40], is_hasty=False))
@example(stream=Stream([PLAIN * 3 + b"\x00" + PLAIN], is_hasty=False))
@example(stream=Stream([PLAIN + b"POST /v1/beacon HTTP/2.0\r\n\r\n"], is_hasty=False))
@example(stream=Stream([PLAIN + pixel_of() + PLAIN, PLAIN], is_hasty=True))
def test_nobody_can_tell_the_difference(pair: Pair, stream: Stream) -> None:
    one = pair.loop.run_until_complete(pair.quick.feed(stream.pieces, is_hasty=stream.is_hasty))
    other = pair.loop.run_until_complete(pair.plain.feed(stream.pieces, is_hasty=stream.is_hasty))
    assert one == other


def test_the_comparison_sees_answers_beacons_and_counts(pair: Pair) -> None:
    """Or it would hold for gateways that do nothing."""
    came = pair.loop.run_until_complete(pair.quick.feed([PLAIN + PLAIN], is_hasty=False))
    assert came.answers == b"HTTP/1.1 204 No Content\r\n\r\n" * 2
    assert [beacon.payload for beacon in came.beacons] == [payload()] * 2
    assert came.beacons[0].property == GOOD["property"]
    assert came.counts["blockmetry_received_total", "script", "accepted"] == 2
    assert not came.is_closed
