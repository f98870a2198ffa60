"""Load with obligations: what a 2xx promised."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from hashlib import blake2b

import aiohttp

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
WORDS = ("apple", "bread", "chair", "dance", "eagle", "field", "grape", "house", "island", "juice", "kettle", "lemon")
PAUSE_SECONDS = 0.002
BREATHER_SECONDS = 0.05
"""After a request that came to nothing."""
STALLED_SECONDS = 30.0


def title_of(number: int) -> str:
    """A payload that is a function of its id, of varying length: words, which no anonymisation touches."""
    digest = blake2b(str(number).encode(), digest_size=16).digest()
    return " ".join(WORDS[byte % len(WORDS)] for byte in digest[: 4 + number % 13])


class Load:
    """Beacons to one URL, or to several in turn, until told to stop. Each number is sent once."""

    def __init__(
        self,
        url: str | Sequence[str],
        properties: Sequence[str] = ("demo",),
        per_second: float = 0.0,
        connections: int = 8,
        passers_by: int = 0,
    ) -> None:
        """Steady with `per_second`; without it, as fast as answers come. The properties take turns.

        `passers_by`: so many more, each of whom connects anew for every request.
        """
        self._urls = [url] if isinstance(url, str) else url
        self._properties = properties
        self._per_second = per_second
        self._connections = connections
        self._passers_by = passers_by
        self._next = 0
        self._began = time.monotonic()
        self.attempted: set[int] = set()
        self.obligations: dict[int, float] = {}
        """When each was acknowledged, in seconds since the Unix epoch."""
        self.took: dict[int, float] = {}
        """How long each acknowledgement took, in seconds."""
        self.broken = 0
        """Requests that ended without an answer: a kill hit them."""
        self.refused: Counter[int] = Counter()
        """Other answers than 204, by status."""
        self._is_over = False

    async def run(self) -> None:
        self._began = time.monotonic()
        async with AsyncExitStack() as opened:
            sessions = [await opened.enter_async_context(_session()) for _ in range(self._connections)]
            if self._passers_by:
                sessions += [await opened.enter_async_context(_session(force_close=True))] * self._passers_by
            urls = (self._urls[place % len(self._urls)] for place in range(len(sessions)))
            await asyncio.gather(*map(self._send_on, sessions, urls))

    def stop(self) -> None:
        self._is_over = True

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """As long as the block lasts."""
        sending = asyncio.create_task(self.run())
        try:
            yield
        finally:
            self.stop()
            await sending

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self._began

    def property_of(self, number: int) -> str:
        return self._properties[number % len(self._properties)]

    async def promised(self, count: int) -> None:
        """Returns once there are so many obligations; an AssertionError when there are no more for a while."""
        known, at = 0, time.monotonic()
        while (promised := len(self.obligations)) < count:
            if promised > known:
                known, at = promised, time.monotonic()
            assert time.monotonic() < at + STALLED_SECONDS, f"it stays at {known} obligations"
            await asyncio.sleep(0.02)

    async def _send_on(self, session: aiohttp.ClientSession, url: str) -> None:
        while not self._is_over:
            self._next += 1
            number = self._next
            await asyncio.sleep(self._pause_before(number))
            self.attempted.add(number)
            began = time.monotonic()
            try:
                async with session.post(url + "v1/beacon", data=self._payload(number)) as answer:
                    await self._note(number, answer.status, time.monotonic() - began)
            except (aiohttp.ClientError, OSError):
                self.broken += 1
                await asyncio.sleep(BREATHER_SECONDS)

    async def _note(self, number: int, status: int, took: float) -> None:
        if status == 204:
            self.obligations[number] = time.time()
            self.took[number] = took
        else:
            self.refused[status] += 1
            await asyncio.sleep(BREATHER_SECONDS)

    def _pause_before(self, number: int) -> float:
        if not self._per_second:
            return PAUSE_SECONDS
        return max(0.0, self._began + number / self._per_second - time.monotonic())

    def _payload(self, number: int) -> bytes:
        payload = {
            "property": self.property_of(number),
            "id": f"{number:032x}",
            "url": f"https://shop.example.com/products/{number % 97}",
            "title": title_of(number),
        }
        return json.dumps(payload).encode()


def _session(*, force_close: bool = False) -> aiohttp.ClientSession:
    """Sends one request at a time, where it is one connection's: which is there from the start, and no other."""
    connector = aiohttp.TCPConnector(force_close=force_close)
    return aiohttp.ClientSession(headers={"User-Agent": CHROME}, connector=connector)
