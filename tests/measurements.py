"""Measurements and lookups for tests: everything has a value that an ordinary visit could have."""

from pathlib import Path
from typing import Any

from shared.beacon import Channel, Headers
from shared.config import Lookups as Files
from shared.properties import DEMO, Property
from shared.watch import Watched
from workers.lookups import Lookups, PropertyRules, compile_rules
from workers.measurement import Measurement

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)
SECRET = bytes(range(32))
FIELDS = frozenset(Headers.__struct_fields__)
NO_FILES = Files()


def measurement(**changes: Any) -> Measurement:
    """A page view in Chrome on Windows; names of headers change the headers."""
    headers = {"user_agent": CHROME, "accept_language": "en-GB,en;q=0.8"}
    headers |= {name: changes.pop(name) for name in FIELDS & changes.keys()}
    fields: dict[str, Any] = {
        "id": bytes(15) + b"\x2a",
        "property": "demo",
        "channel": Channel.SCRIPT,
        "received_at_ms": 1_764_000_000_000,
        "at_ms": 1_764_000_000_000,
        "client_address": "192.0.2.1",
        "url": "https://shop.example.com/shoes?size=44",
        "title": "Shoes",
        "screen": (1920, 1080),
        "scripted": True,
    }
    return Measurement(headers=Headers(**headers), **(fields | changes))


def lookups(*properties: Property, files: Files = NO_FILES) -> Lookups:
    """Of the given properties; without any, of `demo`, which accepts every host."""
    known = {entry.id: entry for entry in properties or (DEMO,)}
    return Lookups(files, Watched([], lambda: known), SECRET)


def rules(entry: Property = DEMO) -> PropertyRules:
    """The property as the steps get it."""
    return compile_rules(entry, SECRET)


def write_lines(path: Path, *lines: str) -> str:
    """A plain list; returns its name."""
    path.write_text("".join(f"{line}\n" for line in lines))
    return str(path)
