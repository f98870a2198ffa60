"""Too much of what is allowed one by one: pipelines, chunks, half-closed and broken connections."""

import socket
import struct
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.stranger import Target, assert_silent, target
from tests.integration.torture import CHUNKED, GOOD, beacon, head, in_chunk, page
from tests.running import until

PIPELINED = 10_000
MEMORY_BYTES = 32 << 20
"""What a flood may add."""
FLOOD_BYTES = 40 << 20
ENDLESS = 1_000_000
"""Times, or until the server has had enough."""
PATIENT_SECONDS = 1.0
"""How long others may have to wait, on a machine that has other things to do."""
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with target(tmp_path_factory.mktemp("floods"), head_timeout_seconds="0.5", body_timeout_seconds="0.5") as running:
        yield running
        assert_silent(running)


@pytest.fixture(autouse=True)
def _bounded(gateway: Target) -> Iterator[None]:
    before = gateway.memory_bytes()
    yield
    assert gateway.memory_bytes("VmHWM") < before + MEMORY_BYTES


def test_ten_thousand_pipelined_requests_are_answered_in_their_order_and_others_are_served_meanwhile(
    gateway: Target,
) -> None:
    mix = [(beacon(), 204), (beacon() + b"\r\n", 204), (page(), 200), (beacon(line=b"POST /x HTTP/1.1"), 404)]
    asked = [mix[number * number % 7 % 4] for number in range(PIPELINED)]
    with ThreadPoolExecutor() as pool:
        pipeline = pool.submit(gateway.hear, b"".join(sent for sent, _ in asked), PIPELINED)
        waits: list[float] = []
        while not pipeline.done() or not waits:
            began = time.monotonic()
            assert gateway.hear(beacon(), 1).statuses == [204]
            waits.append(time.monotonic() - began)
        heard = pipeline.result()
    assert heard.statuses == [status for _, status in asked]
    assert max(waits) < PATIENT_SECONDS


def test_who_pipelines_and_never_reads_is_left(gateway: Target) -> None:
    with gateway.connected() as client:
        sent = page(target=b"/v1/tag.js") * 100
        assert is_left(client, sent, FLOOD_BYTES // len(sent))


def is_left(client: socket.socket, sent: bytes, times: int) -> bool:
    """Whether the server closes before all of it has been sent."""
    try:
        for _ in range(times):
            client.sendall(sent)
    except ConnectionError:
        return True
    return False


@pytest.mark.parametrize("endless", [b"\r\n", b" ", b"A", b"X: a\r\n"], ids=ascii)
def test_a_head_without_end_is_left(gateway: Target, endless: bytes) -> None:
    start = page().removesuffix(b"\r\n") if b":" in endless else b""
    heard = gateway.hear(start + endless * (FLOOD_BYTES // len(endless)), 99)
    assert heard.is_closed
    assert heard.statuses in ([400], [413]) or heard.is_broken


@pytest.mark.parametrize(
    "start",
    [in_chunk(size=b"ffffff").partition(GOOD)[0], in_chunk(size=b"5;").partition(b"\r\n" + GOOD)[0]],
    ids=["in a chunk", "in a chunk's extension"],
)
def test_a_body_without_end_is_left(gateway: Target, start: bytes) -> None:
    with gateway.connected() as client:
        client.sendall(start)
        assert is_left(client, b"a" * 65_536, ENDLESS)


def test_chunks_of_nothing_but_extensions_are_one_body(gateway: Target) -> None:
    chunks = b"".join(b"1;%s\r\n%c\r\n" % (b"a" * 100, byte) for byte in GOOD)
    assert gateway.hear(head(CHUNKED) + chunks + b"0\r\n\r\n" + page(), 2).statuses == [204, 200]


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (beacon(), [204]),
        (beacon() * 3, [204] * 3),
        (page() + beacon(), [200, 204]),
        (in_chunk() * 2 + page(), [204, 204, 200]),
        (beacon(line=b"POST /x HTTP/1.1") * 2, [404, 404]),
        (beacon().removesuffix(b"}"), []),
        (page().removesuffix(b"\r\n"), []),
        (beacon() + page().removesuffix(b"\r\n"), [204]),
    ],
    ids=range(8),
)
def test_who_shuts_its_side_gets_what_it_asked_for_and_no_more(
    gateway: Target, sent: bytes, statuses: list[int]
) -> None:
    heard = gateway.hear(sent, 99, ends=True)
    assert heard.is_closed
    assert heard.statuses == statuses


def test_connections_that_break_are_forgotten(gateway: Target) -> None:
    for sent in (b"", b"P", page()[:-2], beacon()[:-1], head(CHUNKED) + b"5\r\n{", page() * 50, beacon()) * 20:
        with gateway.connected() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            client.sendall(sent)
    until(lambda: "\nblockmetry_connections 0.0\n" in gateway.read())


@pytest.mark.parametrize("path", [b"/live", b"/ready", b"/metrics"])
def test_what_is_for_the_operator_is_not_on_the_public_port(gateway: Target, path: bytes) -> None:
    assert gateway.hear(page(target=path), 1).statuses == [404]
