"""The tour of the canaries: through gateway, journal, queue and worker, past a sink that fails, and back by replay."""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp

from shared.queues.embedded import EmbeddedQueue
from tests.integration.canaries import EMAIL, MACHINE, URLS, WORD, found_below, found_in, headers, messages, payload
from tests.integration.outspoken import STUMBLED_OVER
from tests.integration.test_pipeline import FREE_PORTS, metrics
from tests.running import Running, until

HITS = 12
"""Of each property."""
STUMBLES, PIXELS = 3, 4
BURIED = HITS
DELIVERED = 2 * HITS + PIXELS
SLOW = {"BLOCKMETRY_GATEWAY__BLOCK_MAX_AGE_SECONDS": "1"}
IMPATIENT = {"BLOCKMETRY_WORKER__GIVE_UP_AFTER_SECONDS": "0.1", "BLOCKMETRY_WORKER__PERMANENT_AFTER_SECONDS": "0.1"}


class Tour:
    """What was found on the way."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._data = root / "data"
        self._queue = self._data / "queue.sqlite3"
        self._away = root / "away"
        self.metrics = self.live = self.logs = ""
        self._configure()
        self._collect()
        self._enrich_while_a_sink_is_down()
        self._bury_and_replay()
        self._look_at_what_is_left()

    def _configure(self) -> None:
        """One property whose sink works, and one whose sink is a file where a directory is wanted."""
        self._away.touch()
        sinks = {"shop": f"file://{self._root}/hits", "down": f"file://{self._away}"}
        tables = [
            f'[[property]]\nid = "{name}"\nhosts = ["shop.example.com"]\n'
            f'[[property.sink]]\nkind = "objects"\nurl = "{url}"\n'
            for name, url in sinks.items()
        ]
        (self._root / "properties.toml").write_text("".join(tables))
        self._environ = {
            "BLOCKMETRY_PROPERTIES": str(self._root / "properties.toml"),
            "BLOCKMETRY_GATEWAY__TRUSTED_PROXIES": "127.0.0.1",
            "BLOCKMETRY_QUEUE__VISIBILITY_TIMEOUT_SECONDS": "1",
            "BLOCKMETRY_WORKER__VISIBILITY_HEARTBEAT_SECONDS": "0.5",
        }

    def _collect(self) -> None:
        """A gateway that ships when it is stopped."""
        with self._running("gateway", environ=SLOW) as gateway:
            self.answers = asyncio.run(_send(gateway.url("gateway")))
            self.in_journal = found_below(self._data / "journal")
            self.metrics += asyncio.run(metrics(gateway.url("metrics")))
        bodies = messages(self._queue)
        self.in_queue = found_in("\n".join(bodies).encode())
        asyncio.run(self._add(bodies[0][:400] + "A" * 40))

    async def _add(self, damaged: str) -> None:
        """A block that nobody can read."""
        queue = EmbeddedQueue(self._queue, 1)
        await queue.send(damaged)
        await queue.close()

    def _enrich_while_a_sink_is_down(self) -> None:
        with self._running("up") as up:
            url = up.url("metrics")
            until(lambda: self._counts(url, "handed_back_total", HITS))
            until(lambda: self._counts(url, 'dead_letters_total{reason="undecodable"}', 1))
            self.live = asyncio.run(_events(up.url("live page")))
            self.metrics += asyncio.run(metrics(url))
        self.handed_back = messages(self._queue)
        self.in_files_while_down = found_below(self._root)

    def _bury_and_replay(self) -> None:
        directory = self._data / "dead-letters"
        with self._running("up", environ=IMPATIENT) as up:
            up.url("metrics")
            until(lambda: sum(text.count('"id"') for text in self._letters(directory, "gave_up").values()) == BURIED)
            self.letters = self._letters(directory)
            self.in_files_with_letters = found_below(self._root)
            self._away.unlink()
            with self._running("replay") as replay:
                replay.wait()
            until(lambda: len(self._written()) == DELIVERED)
        self.records = [path.read_text() for path in self._written()]

    def _look_at_what_is_left(self) -> None:
        self.in_files_at_the_end = found_below(self._root)
        self.logs = "".join(path.read_text() for path in self._data.glob("out-*"))
        self.segments = list((self._data / "journal").rglob("*.segment"))
        with closing(sqlite3.connect(self._queue)) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("DELETE FROM dead")  # the block that nobody can read
            connection.commit()
        self.left_of_queue = sorted(path.name for path in self._data.glob("queue.sqlite3*"))
        self.queue_file = self._queue.read_bytes()

    @contextmanager
    def _running(self, command: str, environ: dict[str, str] | None = None) -> Iterator[Running]:
        """Stopped at the end of the block."""
        ports = FREE_PORTS if command != "replay" else ()
        environ = {**self._environ, **(environ or {})}
        process = Running(self._data, command, *ports, environ=environ, module="tests.integration.outspoken")
        try:
            yield process
        finally:
            process.stop()

    def _letters(self, directory: Path, reason: str = "*") -> dict[str, str]:
        """By key."""
        found = directory.glob(f"reason={reason}/**/*.json")
        return {path.relative_to(directory).as_posix(): path.read_text() for path in found}

    def _written(self) -> list[Path]:
        return [path for name in ("hits", "away") for path in (self._root / name).rglob("*.json")]

    def _counts(self, url: str, name: str, least: int) -> bool:
        lines = asyncio.run(metrics(url)).splitlines()
        return any(line.startswith(f"blockmetry_{name}") and float(line.split()[-1]) >= least for line in lines)


async def _send(url: str) -> list[str]:
    """Status, headers and body of every answer."""
    async with aiohttp.ClientSession() as session:
        answers = [
            await _ask(session, "POST", f"{url}v1/beacon", headers(number), body)
            for number, body in enumerate(_bodies())
        ]
        machine = headers(0, MACHINE)
        answers.append(await _ask(session, "POST", f"{url}v1/beacon", machine, payload(99, "shop")))
        for number in range(100, 100 + PIXELS):
            sent = payload(number, "shop")
            flat = {name: text for name, text in sent.items() if isinstance(text, str)}
            answers.append(await _ask(session, "GET", f"{url}v1/pixel.gif?{urlencode(flat)}", headers(number)))
        answers.append(await _ask(session, "GET", f"{url}{WORD}/{EMAIL}", machine))
    return answers


def _bodies() -> Iterator[dict[str, Any] | bytes]:
    for number in range(HITS):
        yield payload(number, "shop")
        yield payload(HITS + number, "down")
    for number in range(STUMBLES):
        yield payload(50 + number, "shop", STUMBLED_OVER + " {}")
    yield {"property": WORD, "url": URLS[0]}
    yield {"property": "shop", "url": EMAIL}
    yield {"property": "shop", "url": URLS[0], "title": [EMAIL]}
    yield {"property": "shop", "url": URLS[0], "timings": EMAIL}
    yield f'{{"property":"shop","url":"{URLS[0]}'.encode()
    yield f"\xff{EMAIL}".encode("latin-1")


async def _ask(session: aiohttp.ClientSession, method: str, url: str, sent: dict[str, str], body: Any = None) -> str:
    content = body if isinstance(body, bytes) else json.dumps(body).encode() if body else None
    async with session.request(method, url, data=content, headers=sent) as answer:
        text = (await answer.read()).decode("latin-1")
        return f"{answer.status} {dict(answer.headers)} {text}"


async def _events(url: str) -> str:
    """The live page, and what it is told first."""
    events = ""
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as page:
            events += await page.text()
        async with session.get(f"{url}events") as stream:
            while "event: counters" not in events:
                events += (await stream.content.readany()).decode()
    return events
