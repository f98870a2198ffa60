"""Verdict: what the sinks hold, against what was promised."""

import asyncio
import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import zstandard

from tests.chaos.load import Load, title_of
from tests.chaos.scrape import queued, unshipped

KEY = re.compile(r"property=(?P<property>[^/]+)/date=[0-9-]{10}/hour=\d\d/(?P<stem>[^/.]+)\.(?P<ending>[a-z.]+)$")


class Found(NamedTuple):
    """A record, and where it was."""

    record: Any
    property: str = ""
    """Empty: a stream does not say."""
    name: str = ""
    """Of the hit's own object; empty: it shares one, or is in a stream."""


class Verdict:
    """Over all sinks of one kind, which were promised the hits of these properties; None: of all."""

    def __init__(self, load: Load, found: Iterable[Found], properties: Collection[str] | None = None) -> None:
        times: Counter[int] = Counter()
        self.altered: set[int] = set()
        for one in found:
            number = int(one.record["Meta"]["RecordID"], 16)
            times[number] += 1
            if not _is_intact(number, one, load):
                self.altered.add(number)
        promised = {n for n in load.obligations if properties is None or load.property_of(n) in properties}
        self.lost = promised - times.keys()
        self.unknown = times.keys() - load.attempted
        self.doubled = {number for number, count in times.items() if count > 1}
        self.repeated = times.total() - len(times)
        """Records of hits that were there already: what a stream may have."""

    def __str__(self) -> str:
        found = {"lost": self.lost, "unknown": self.unknown, "doubled": self.doubled, "altered": self.altered}
        return ", ".join(f"{len(numbers)} {kind} {sorted(numbers)[:5]}" for kind, numbers in found.items())

    @property
    def is_clean(self) -> bool:
        """Exactly once, as it was sent, and nothing else."""
        return self.is_whole and not self.doubled

    @property
    def is_whole(self) -> bool:
        """The same, but perhaps more than once."""
        return not (self.lost or self.unknown or self.altered)


async def settled_in(data: Path, load: Load, seconds: float) -> Verdict:
    """Of DATA/records, once journals and queue are empty, or when nothing has come for so long."""
    found, deadline = 0, time.monotonic() + seconds
    while unshipped(data) or queued(data):
        assert time.monotonic() < deadline, f"{unshipped(data)} bytes, {queued(data)} messages: they do not arrive"
        await asyncio.sleep(0.5)
        before, found = found, len(_objects_in(data / "records"))
        if found > before:
            deadline = time.monotonic() + seconds
    return Verdict(load, in_directory(data / "records"))


def in_objects(objects: Mapping[str, bytes]) -> Iterator[Found]:
    """By key, of whichever layout."""
    for key, body in objects.items():
        place = KEY.search(key)
        assert place, f"{key} is no key of ours"
        if place["ending"] == "json":
            yield Found(json.loads(body), place["property"], place["stem"])
        else:
            yield from (Found(json.loads(line), place["property"]) for line in _unpacked(place["ending"], body))


def in_directory(root: Path) -> Iterator[Found]:
    """Objects as files."""
    return in_objects({path.as_posix(): path.read_bytes() for path in _objects_in(root)})


def _objects_in(root: Path) -> list[Path]:
    return [*root.rglob("*.json"), *root.rglob("*.ndjson.zst")]


def _unpacked(ending: str, body: bytes) -> list[bytes]:
    if ending == "ndjson.gz":
        return gzip.decompress(body).splitlines()
    assert ending == "ndjson.zst"
    return zstandard.ZstdDecompressor().decompress(body).splitlines()


def _is_intact(number: int, one: Found, load: Load) -> bool:
    page = one.record["PageProperties"]
    found = page["Title"], page["URLPath"], one.record["Meta"]["RecordID"]
    expected = title_of(number), f"/products/{number % 97}", f"{number:032x}"
    return found == expected and one.name in ("", expected[2]) and one.property in ("", load.property_of(number))
