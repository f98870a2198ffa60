"""What strangers send is remembered in bounded memory: so many answers, and none to a question that is long."""

import gc
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import _lru_cache_wrapper
from inspect import signature
from pathlib import Path
from typing import Any

from shared.beacon import Beacon, Channel, Headers
from shared.config import Lookups as Files
from tests import mmdb
from tests.measurements import CHROME, lookups, write_lines
from workers.lookups import Lookups
from workers.outcome import conclude

MIB = 1 << 20
FULL = 16_500
"""Distinct hits after which every memory is full: `make bench` sends a million."""
MORE = 8_000
GROWTH = 8 * MIB
"""Half of what their records alone would take."""
MOST_ANSWERS = 16_384
LONGEST_QUESTION = 4_096


def hits(count: int, start: int = 0, length: int = 5_000) -> Iterator[Beacon]:
    """No two share anything; `length` is that of their words."""
    for number in range(start, start + count):
        word = (f"{number:x}-" + "words-of-a-long-name-" * 250)[:length]
        url = f"https://s{number}.example.com/{word}?q={word}"
        payload = {
            "url": f"{url}&utm_source={word}&utm_term={word}",
            "canonical": f"{url}&canonical=1",
            "referrer": f"https://r{number}.example.org/{word}",
            "title": f"{number} {word}",
            "time_zone": f"Zone/{word}",
            "timings": {f"t{number}x{place}": place for place in range(5)},
        }
        headers = Headers(f"{CHROME} {word}", f"en-x{number:x},{word}", ch_ua=f'"{word}";v="1"', ch_ua_model=word)
        address = f"2001:db8:1:{number % 65_536:x}::{number // 65_536:x}:1"
        yield Beacon(bytes(16), number * 60_000, Channel.SCRIPT, "demo", address, headers, json.dumps(payload).encode())


def test_the_memory_of_a_worker_does_not_grow_with_what_it_has_seen(tmp_path: Path) -> None:
    """In a process of its own, whose memory holds nothing else."""
    said = subprocess.run([sys.executable, "-m", __name__, str(tmp_path)], capture_output=True, text=True, check=True)
    full, after = map(int, said.stdout.split())
    assert after - full < GROWTH


def test_every_memory_is_bounded_in_answers_and_in_the_length_of_questions(tmp_path: Path) -> None:
    known = _lookups(tmp_path)
    for hit in hits(50):
        conclude(hit, known)
    gc.unfreeze()
    memories = [found for found in gc.get_objects() if isinstance(found, _lru_cache_wrapper)]
    ours = [memory for memory in memories if memory.__module__.startswith(("workers", "shared"))]
    asked = [memory for memory in ours if signature(memory.__wrapped__).parameters]
    assert len(asked) > 10
    unbounded = [memory.__qualname__ for memory in asked if not 0 < (memory.cache_info().maxsize or 0) <= MOST_ANSWERS]
    assert unbounded == []
    questions = {memory.__qualname__: max(map(_length, _questions(memory)), default=0) for memory in asked}
    assert max(questions.values()) > 500
    assert {name: length for name, length in questions.items() if length > LONGEST_QUESTION} == {}


def _questions(memory: Any) -> list[Any]:
    """The keys of its dictionary: the arguments, or a list of them."""
    return [key for found in gc.get_referents(memory) if type(found) is dict for key in found]


def _length(question: Any) -> int:
    if isinstance(question, str):
        return len(question)
    return sum(map(_length, question)) if isinstance(question, list | tuple) else 0


def _lookups(directory: Path) -> Lookups:
    proxies = write_lines(directory / "proxies.txt", "203.0.113.5")
    return lookups(files=Files(city=str(mmdb.city(directory / "city.mmdb")), anonymous=[proxies]))


def _resident_bytes() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmRSS"))


if __name__ == "__main__":
    own = _lookups(Path(sys.argv[1]))
    for start, count in ((0, FULL), (FULL, MORE)):
        for one in hits(count, start, length=100):
            conclude(one, own)
        print(_resident_bytes())
