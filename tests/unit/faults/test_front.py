"""The front that integration tests put before a real server."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException, IncompleteRead
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.faults.front import TRICKLE_SECONDS, Front, Mode, Way, forwarder


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 20
    """The answer is written at once, head and body."""
    seen = 0

    def do_POST(self) -> None:
        body = self.rfile.read(length := int(self.headers["content-length"]))
        Echo.seen += len(body) == length
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Nothing."""


@pytest.fixture
def front() -> Iterator[Front]:
    """Before a server that answers with what it was sent."""
    Echo.seen = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.daemon_threads = True
    serving = threading.Thread(target=server.serve_forever, args=(0.01,))
    serving.start()
    with forwarder(f"http://127.0.0.1:{server.server_port}", delay_seconds=0.2) as front:
        yield front
    server.shutdown()
    serving.join()
    server.server_close()


def connect(front: Front, mode: Mode | None = None) -> HTTPConnection:
    """`mode`: how it will be treated; as the front treats others now, where that is not told."""
    parts = urlsplit(front.url)
    never_answered = (mode or front.mode) is Mode.BLACK_HOLE
    return HTTPConnection(parts.hostname or "", parts.port, timeout=1 if never_answered else 20)


def ask_once(front: Front, body: bytes) -> bytes:
    with closing(connect(front)) as connection:
        return ask(connection, body)


def ask(connection: HTTPConnection, body: bytes) -> bytes:
    connection.request("POST", "/", body)
    answer = connection.getresponse().read()
    if answer != body:  # the library takes half a head for one
        raise HTTPException(answer)
    return answer


def test_bytes_pass_as_they_are_in_both_directions(front: Front) -> None:
    connection = connect(front)
    for body in (b"x", bytes(range(256)) * 10_000, b"once more on the same connection"):
        assert ask(connection, body) == body
    connection.close()
    assert front.connections == 1


BREAKING: list[tuple[Mode, tuple[Way, ...], type[OSError] | tuple[type[Exception], ...]]] = [
    (Mode.REFUSE, (), ConnectionRefusedError),
    (Mode.RESET, (), (ConnectionResetError, BrokenPipeError)),
    (Mode.LOSE, (Way.THERE,), ConnectionResetError),
    (Mode.LOSE, (Way.BACK,), ConnectionResetError),
    (Mode.BLACK_HOLE, (Way.THERE,), TimeoutError),
    (Mode.BLACK_HOLE, (Way.BACK,), TimeoutError),
    (Mode.BLACK_HOLE, (), TimeoutError),
    (Mode.TRUNCATE, (Way.THERE,), (HTTPException, ConnectionResetError)),
    (Mode.TRUNCATE, (Way.BACK,), (HTTPException,)),
]


@pytest.mark.parametrize(("mode", "ways", "error"), BREAKING)
def test_it_breaks_as_told_and_mends_at_the_same_address(
    front: Front, mode: Mode, ways: tuple[Way, ...], error: type[Exception] | tuple[type[Exception], ...]
) -> None:
    url = front.url
    front.turn(mode, *ways)
    with pytest.raises(error):
        ask_once(front, b"lost" * 100)
    assert sum(count for (hit, _), count in front.hits.items() if hit is mode) == (0 if mode is Mode.REFUSE else 1)
    front.turn(Mode.FORWARD)
    assert front.url == url
    assert ask_once(front, b"found") == b"found"


@pytest.mark.parametrize(("mode", "ways", "error"), BREAKING)
def test_a_connection_from_before_breaks_too(
    front: Front, mode: Mode, ways: tuple[Way, ...], error: type[Exception] | tuple[type[Exception], ...]
) -> None:
    connection = connect(front, mode)
    assert ask(connection, b"well") == b"well"
    front.turn(mode, *ways)
    connection.auto_open = 0
    with pytest.raises((OSError, HTTPException)):
        ask(connection, b"broken" * 100)
    connection.close()
    assert sum(front.hits.values()) == 1


@pytest.mark.parametrize("mode", [Mode.LOSE, Mode.BLACK_HOLE, Mode.TRUNCATE])
@pytest.mark.parametrize(("way", "seen"), [(Way.THERE, 0), (Way.BACK, 1)])
def test_what_is_broken_on_its_way_back_has_arrived_and_what_is_broken_on_its_way_there_has_not(
    front: Front, mode: Mode, way: Way, seen: int
) -> None:
    front.turn(mode, way)
    with pytest.raises((OSError, HTTPException)):
        ask_once(front, b"done, or not: nobody knows" * 100)
    assert Echo.seen == seen
    assert front.hits == {(mode, way): 1}


def test_half_of_an_answer_is_the_first_half_and_its_end_is_in_order(front: Front) -> None:
    front.turn(Mode.TRUNCATE, Way.BACK)
    with pytest.raises(IncompleteRead) as raised:
        ask_once(front, b"x" * 10_000)
    assert 4_000 < len(raised.value.partial) < 6_000


@pytest.mark.parametrize("way", [Way.THERE, Way.BACK])
def test_a_trickle_takes_long_and_alters_nothing(front: Front, way: Way) -> None:
    front.turn(Mode.TRICKLE, way)
    began = monotonic()
    assert ask_once(front, bytes(range(256)) * 2) == bytes(range(256)) * 2
    assert monotonic() - began >= 8 * TRICKLE_SECONDS


def test_only_those_who_begin_with_certain_bytes_are_hit(front: Front) -> None:
    parts = urlsplit(front.url)
    with forwarder(f"http://{parts.netloc}", only=b"PUT ") as choosy:
        choosy.turn(Mode.LOSE, Way.THERE)
        assert ask_once(choosy, b"a POST") == b"a POST"
        with closing(connect(choosy)) as connection:
            connection.request("PUT", "/", b"")
            with pytest.raises(ConnectionResetError):
                connection.getresponse()


def test_a_delay_is_no_more_than_a_delay(front: Front) -> None:
    for ways, least in (((Way.THERE,), 0.2), ((Way.BACK,), 0.2), ((), 0.4)):
        front.turn(Mode.DELAY, *ways)
        began = monotonic()
        assert ask_once(front, b"late") == b"late"
        assert least <= monotonic() - began


async def test_it_can_be_turned_from_a_coroutine(front: Front) -> None:
    front.turn(Mode.BLACK_HOLE)
    with pytest.raises(TimeoutError):
        await asyncio.to_thread(ask_once, front, b"lost")
    front.turn(Mode.FORWARD)
    assert await asyncio.to_thread(ask_once, front, b"found") == b"found"
