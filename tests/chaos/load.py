"""Load with obligations: what a 2xx promised, and whether it was kept."""

import asyncio
import json
from hashlib import blake2b
from pathlib import Path

import aiohttp

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
WORDS = ("apple", "bread", "chair", "dance", "eagle", "field", "grape", "house", "island", "juice", "kettle", "lemon")
CONNECTIONS = 8
PAUSE_SECONDS = 0.002


def title_of(number: int) -> str:
    """A payload that is a function of its id, of varying length: words, which no anonymisation touches."""
    digest = blake2b(str(number).encode(), digest_size=16).digest()
    return " ".join(WORDS[byte % len(WORDS)] for byte in digest[: 4 + number % 13])


class Load:
    """Beacons to one URL from several connections, until told to stop."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._next = 0
        self.attempted: set[int] = set()
        self.obligations: set[int] = set()
        self.broken = 0
        """Requests that ended without an answer: a kill hit them."""
        self._is_over = False

    async def run(self) -> None:
        async with aiohttp.ClientSession(headers={"User-Agent": CHROME}) as session:
            await asyncio.gather(*(self._send(session) for _ in range(CONNECTIONS)))

    def stop(self) -> None:
        self._is_over = True

    async def _send(self, session: aiohttp.ClientSession) -> None:
        while not self._is_over:
            self._next += 1
            number = self._next
            self.attempted.add(number)
            payload = {
                "property": "demo",
                "id": f"{number:032x}",
                "url": f"https://shop.example.com/products/{number % 97}",
                "title": title_of(number),
            }
            try:
                async with session.post(self._url + "v1/beacon", data=json.dumps(payload).encode()) as answer:
                    if answer.status == 204:
                        self.obligations.add(number)
            except (aiohttp.ClientError, OSError):
                self.broken += 1
                await asyncio.sleep(0.05)
            await asyncio.sleep(PAUSE_SECONDS)


class Verdict:
    """What the sink holds, against what was promised."""

    def __init__(self, data: Path, load: Load) -> None:
        found: dict[int, list[Path]] = {}
        for path in (data / "records").rglob("*.json"):
            found.setdefault(int(path.stem, 16), []).append(path)
        self.lost = load.obligations - found.keys()
        self.unknown = found.keys() - load.attempted
        self.doubled = {number for number, paths in found.items() if len(paths) > 1}
        self.altered = {number for number, paths in found.items() if not all(_is_intact(number, p) for p in paths)}

    def __str__(self) -> str:
        found = {"lost": self.lost, "unknown": self.unknown, "doubled": self.doubled, "altered": self.altered}
        return ", ".join(f"{len(numbers)} {kind} {sorted(numbers)[:5]}" for kind, numbers in found.items())

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.unknown or self.doubled or self.altered)


def _is_intact(number: int, path: Path) -> bool:
    record = json.loads(path.read_text())
    page = record["PageProperties"]
    found = page["Title"], page["URLPath"], record["Meta"]["RecordID"]
    return bool(found == (title_of(number), f"/products/{number % 97}", f"{number:032x}"))
