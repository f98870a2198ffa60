"""Stranger: bytes to a real gateway, as they are, and all that comes of them: answers, counters, log."""

import http.client
import json
import re
import socket
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.running import Running, address, running

CANARY = "k4n4ry"
"""In all that strangers send; nothing of it may come back or be logged."""
PATIENCE_SECONDS = 10.0
QUIET_SECONDS = 0.02
PIECES = 60
BODILESS = (100, 204, 304)
COUNTED = re.compile(r"^blockmetry_(?:received|rejected)_total\{(.*)\} (\S+)$", re.MULTILINE)


class Reply(NamedTuple):
    """Header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def reject(self) -> str:
        """The reason; empty when there is none."""
        return self.headers.get("x-blockmetry-reject", "")


class Heard(NamedTuple):
    """What a connection came to."""

    replies: list[Reply]
    is_closed: bool
    is_broken: bool
    """Reset, by a server that did not read to the end: the last answer may be lost."""

    @property
    def statuses(self) -> list[int]:
        return [reply.status for reply in self.replies]

    @property
    def rejects(self) -> Counter[str]:
        return Counter(reply.reject for reply in self.replies if reply.reject)


class Target:
    """A gateway in a process of its own."""

    def __init__(self, process: Running, url: str = "") -> None:
        """`url`: where another process than a gateway takes beacons."""
        self.process = process
        self.url = url or process.url("gateway")
        self.place = address(self.url)
        self._admin_place = address(process.url("metrics"))

    def read(self) -> str:
        """Its metrics."""
        with closing(http.client.HTTPConnection(*self._admin_place, timeout=PATIENCE_SECONDS)) as admin:
            admin.request("GET", "/metrics")
            return admin.getresponse().read().decode()

    def counted(self) -> Counter[str]:
        """`accepted`, `rejected` (measurements), and every reject by its reason."""
        found: Counter[str] = Counter()
        for labels, value in COUNTED.findall(self.read()):
            found[labels.rpartition('="')[2].removesuffix('"')] += int(float(value))
        return found

    def memory_bytes(self, line: str = "VmRSS") -> int:
        """`VmHWM`: the most it has had so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(words.split()[1]) << 10 for words in status.splitlines() if words.startswith(line))

    @contextmanager
    def connected(self) -> Iterator[socket.socket]:
        """One that waits for nothing: neither for answers nor for small packets to fill."""
        with socket.create_connection(self.place, PATIENCE_SECONDS) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            yield client

    def hear(
        self, sent: bytes, answers: int, pieces: int = 1, *, ends: bool = False, quiet_seconds: float = QUIET_SECONDS
    ) -> Heard:
        """Until the server closes; or until so many `answers`, and nothing more for `quiet_seconds`.

        `ends`: the client shuts its own side when it has sent all.
        """
        with self.connected() as client:
            try:
                for piece in cut(sent, pieces):
                    client.sendall(piece)
                if ends:
                    client.shutdown(socket.SHUT_WR)
            except ConnectionError:
                return _listen(client, answers, quiet_seconds, is_broken=True)
            return _listen(client, answers, quiet_seconds)


def _listen(client: socket.socket, answers: int, quiet_seconds: float, *, is_broken: bool = False) -> Heard:
    received, is_closed = b"", False
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_closed:
        is_enough = len(replies_in(received)) >= answers
        client.settimeout(quiet_seconds if is_enough else max(0.001, deadline - time.monotonic()))
        try:
            more = client.recv(1 << 20)
        except TimeoutError:
            break
        except ConnectionError:
            is_closed = is_broken = True
        else:
            received += more
            is_closed = not more
    return Heard(replies_in(received), is_closed, is_broken)


def replies_in(received: bytes) -> list[Reply]:
    """Whole ones. An AssertionError for what is no answer of HTTP/1.1."""
    found = []
    while b"\r\n\r\n" in received:
        head, _, received = received.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        version, status = first.split(" ")[:2]
        assert version == "HTTP/1.1", first
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        length = 0 if int(status) in BODILESS else int(headers["content-length"])
        if len(received) < length:
            break
        found.append(Reply(int(status), headers, received[:length]))
        received = received[length:]
    return found


def cut(sent: bytes, pieces: int) -> Sequence[bytes]:
    """In so many pieces, or bytes."""
    size = max(1, -(-len(sent) // pieces))
    return [sent[start : start + size] for start in range(0, len(sent), size)]


def assert_explained(reply: Reply) -> None:
    """A refusal says its one reason, in header and body, and not what was sent."""
    assert reply.reject, f"a bare {reply.status}"
    assert CANARY.encode() not in b"".join([reply.body, *(value.encode() for value in reply.headers.values())])
    if reply.headers.get("content-type") != "image/gif":
        assert json.loads(reply.body)["error"] == reply.reject


@contextmanager
def target(data: Path, environ: Mapping[str, str] | None = None, /, **settings: str) -> Iterator[Target]:
    """`settings` are those of `[gateway]`."""
    ours = {f"BLOCKMETRY_GATEWAY__{name.upper()}": value for name, value in settings.items()}
    with running(data, "gateway", "--port", "0", "--admin-port", "0", environ={**ours, **(environ or {})}) as process:
        yield Target(process)


def assert_silent(gateway: Target) -> None:
    """Whatever strangers did: the log quotes none of it, has no traceback, and in fact not one line."""
    assert gateway.process.errors == ""
