"""A server in threads that answers as it is told, and stalls once for everybody."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer

ACK = b"HTTP/1.1 204 No Content\r\n\r\n"


class Stalling(ThreadingTCPServer):
    """`bodies` is what it was sent. `stalls_at`: the number of the request that everybody waits for."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, answer: bytes, stalls_at: int, stall_seconds: float, *, closes: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.bodies: list[bytes] = []
        self.answer = answer
        self.closes = closes
        self._stalls_at = stalls_at
        self._stall_seconds = stall_seconds
        self._turn = threading.Lock()

    @property
    def url(self) -> str:
        return "http://{}:{}/".format(*self.server_address)

    def take(self, body: bytes) -> None:
        """One at a time."""
        with self._turn:
            self.bodies.append(body)
            if len(self.bodies) == self._stalls_at:
                time.sleep(self._stall_seconds)


class _Conversation(StreamRequestHandler):
    server: Stalling

    def handle(self) -> None:
        while self.rfile.readline():
            headers = dict(line.lower().split(b": ") for line in iter(self.rfile.readline, b"\r\n"))
            self.server.take(self.rfile.read(int(headers[b"content-length"])))
            self.wfile.write(self.server.answer)
            if self.server.closes:
                return


@contextmanager
def stalling(
    answer: bytes = ACK, stalls_at: int = 0, stall_seconds: float = 0.0, *, closes: bool = False
) -> Iterator[Stalling]:
    """Gone at the end of the block."""
    with Stalling(answer, stalls_at, stall_seconds, closes=closes) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
