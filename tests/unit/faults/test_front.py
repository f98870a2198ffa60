"""The front that integration tests put before a real server."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.faults.front import Front, Mode, forwarder


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen = 0

    def do_POST(self) -> None:
        Echo.seen += 1
        body = self.rfile.read(int(self.headers["content-length"]))
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


def connect(front: Front) -> HTTPConnection:
    parts = urlsplit(front.url)
    return HTTPConnection(parts.hostname or "", parts.port, timeout=0.5)


def ask_once(front: Front, body: bytes) -> bytes:
    with closing(connect(front)) as connection:
        return ask(connection, body)


def ask(connection: HTTPConnection, body: bytes) -> bytes:
    connection.request("POST", "/", body)
    return connection.getresponse().read()


def test_bytes_pass_as_they_are_in_both_directions(front: Front) -> None:
    connection = connect(front)
    for body in (b"x", bytes(range(256)) * 10_000, b"once more on the same connection"):
        assert ask(connection, body) == body
    connection.close()
    assert front.connections == 1


@pytest.mark.parametrize(
    ("mode", "error"),
    [
        (Mode.REFUSE, ConnectionRefusedError),
        (Mode.RESET, (ConnectionResetError, BrokenPipeError)),
        (Mode.LOSE_ANSWERS, ConnectionResetError),
        (Mode.BLACK_HOLE, TimeoutError),
    ],
)
def test_it_breaks_as_told_and_mends_at_the_same_address(
    front: Front, mode: Mode, error: type[OSError] | tuple[type[OSError], ...]
) -> None:
    url = front.url
    front.turn(mode)
    with pytest.raises(error):
        ask_once(front, b"lost")
    front.turn(Mode.FORWARD)
    assert front.url == url
    assert ask_once(front, b"found") == b"found"


@pytest.mark.parametrize("mode", [Mode.REFUSE, Mode.RESET, Mode.LOSE_ANSWERS, Mode.BLACK_HOLE])
def test_a_connection_from_before_breaks_too(front: Front, mode: Mode) -> None:
    connection = connect(front)
    assert ask(connection, b"well") == b"well"
    front.turn(mode)
    connection.auto_open = 0
    with pytest.raises((OSError, HTTPException)):
        ask(connection, b"broken")
    connection.close()


def test_a_lost_answer_is_to_a_request_that_arrived(front: Front) -> None:
    front.turn(Mode.LOSE_ANSWERS)
    with pytest.raises(ConnectionResetError):
        ask_once(front, b"done, but nobody knows")
    assert Echo.seen == 1


def test_a_delay_is_no_more_than_a_delay(front: Front) -> None:
    front.turn(Mode.DELAY)
    began = monotonic()
    assert ask_once(front, b"late") == b"late"
    assert monotonic() - began >= 0.2


async def test_it_can_be_turned_from_a_coroutine(front: Front) -> None:
    front.turn(Mode.BLACK_HOLE)
    with pytest.raises(TimeoutError):
        await asyncio.to_thread(ask_once, front, b"lost")
    front.turn(Mode.FORWARD)
    assert await asyncio.to_thread(ask_once, front, b"found") == b"found"
