"""Load: connections that each send the next beacon when the last one has been answered."""

import asyncio
import time
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple, cast

from bench.servers import address

USER_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
BODY = (
    '{"property":"demo","id":"%032x","url":"https://shop.example.com/products/shoes?utm_source=news",'
    '"canonical":"https://shop.example.com/products/shoes","title":"Shoes","referrer":"https://www.google.com/",'
    '"screen":[1920,1080],"time_zone":"Europe/Dublin","webdriver":false,'
    '"timings":{"fetchStart":1.2,"domainLookupStart":1.2,"domainLookupEnd":5.1,"connectStart":5.1,"connectEnd":20.4,'
    '"requestStart":20.5,"responseStart":99.1,"responseEnd":120,"domInteractive":300,"domContentLoadedEventStart":301,'
    '"domContentLoadedEventEnd":305,"domComplete":600,"loadEventStart":600,"loadEventEnd":604}}'
)
HEAD = (
    "POST /v1/beacon HTTP/1.1\r\nHost: localhost\r\nUser-Agent: " + USER_AGENT + "\r\nAccept: */*\r\n"
    "Accept-Language: en-GB,en;q=0.9,de;q=0.7\r\nAccept-Encoding: gzip, deflate, br\r\nOrigin: https://shop.example.com\r\n"
    "Content-Type: text/plain;charset=UTF-8\r\nContent-Length: %d\r\n\r\n"
)


class Outcome(NamedTuple):
    """Of one run."""

    acks: int
    others: int
    """Answers that were not 204."""
    seconds: float
    latencies: list[float]
    """Seconds from request to answer, sorted."""

    @property
    def rate(self) -> float:
        """Acknowledgements a second."""
        return self.acks / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds; `share` is 0.5 for the median."""
        return self.latencies[int(share * (len(self.latencies) - 1))] * 1000 if self.latencies else 0.0


def requests(first: int = 0) -> Iterator[bytes]:
    """Endless, each with an id of its own: the numbers from `first` on, in 32 hex digits."""
    head = (HEAD % len(BODY % 0)).encode()
    for number in count(first):
        yield head + (BODY % number).encode()


class Connection(asyncio.Protocol):
    """One client, one request at a time, until `deadline` (time.perf_counter)."""

    def __init__(self, sending: Iterator[bytes], deadline: float) -> None:
        self.latencies: list[float] = []
        self.others = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sending = sending
        self._deadline = deadline
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begins."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name
        self._send()

    def data_received(self, data: bytes) -> None:
        """A 204 has no body: it ends with its head."""
        self._received += data
        if not self._received.endswith(b"\r\n\r\n"):
            return
        if self._received.startswith(b"HTTP/1.1 204"):
            self.latencies.append(time.perf_counter() - self._sent)
        else:
            self.others += 1
        self._received = b""
        if time.perf_counter() < self._deadline:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, _: Exception | None) -> None:
        """Over, as planned or not."""
        if not self.done.done():
            self.done.set_result(None)

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(next(self._sending))


async def saturate(url: str, connections: int, seconds: float) -> Outcome:
    """As many as the server answers, for `seconds`."""
    loop = asyncio.get_running_loop()
    host, port = address(url)
    started = time.perf_counter()
    sending = requests()
    made = [
        await loop.create_connection(lambda: Connection(sending, started + seconds), host, port)
        for _ in range(connections)
    ]
    clients = [client for _, client in made]
    await asyncio.wait_for(asyncio.gather(*(client.done for client in clients)), seconds + 30)
    latencies = sorted(latency for client in clients for latency in client.latencies)
    others = sum(client.others for client in clients)
    return Outcome(len(latencies), others, time.perf_counter() - started, latencies)


async def steady(url: str, per_second: float, seconds: float, first: int = 0) -> dict[int, float]:
    """One connection, so many beacons a second from number `first` on. When each was sent (seconds since the epoch),
    for those that were answered with 204.
    """
    reader, writer = await asyncio.open_connection(*address(url))
    sent: dict[int, float] = {}
    begun = time.monotonic()
    for number, request in zip(range(int(per_second * seconds)), requests(first), strict=False):
        await asyncio.sleep(max(0.0, begun + number / per_second - time.monotonic()))
        at = time.time()
        writer.write(request)
        if (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204"):
            sent[first + number] = at
    writer.close()
    return sent
