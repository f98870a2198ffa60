"""Canaries: private values that occur nowhere else, planted wherever a hit can hold them, and the search for them."""

import gzip
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import zstandard

from shared.block import BlockError, unpack

WORD = "zqkanari"
"""In e-mail addresses, names, passwords, and whatever else has words."""
EMAIL = f"{WORD}.jones@example.com"
PHONE = "+43 664 7654398"
TOKEN = "zq9Kf83hZlP02xVtYb7Qm4Rw"
UUID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ6cWthbmFyaSJ9.c2lnbmF0dXJlenFrYW5hcmk"
ADDRESSES = ("203.0.113.177", "2001:db8:177:cafe::77")
CANARIES = (WORD, "7654398", TOKEN, UUID, "eyJzdWIiOiJ6cWthbmFyaSJ9", *ADDRESSES)
"""What is searched for: whatever stands around it, and however that is encoded."""

BLOCK = re.compile(rb"bm1r?\.[A-Za-z0-9+/]+={0,2}")
BASE64 = re.compile(rb"[A-Za-z0-9+/]{300}")
"""So long a run is a part of a block, also where its beginning has been overwritten."""

_URL = "https://zqkanari:zqkanari-pw@shop.example.com"
URLS = (
    f"{_URL}/users/{EMAIL}/orders?email={quote(EMAIL)}&token={TOKEN}#access_token={TOKEN}",
    f"{_URL}/reset/{JWT}/{UUID};session={TOKEN}?next={quote(f'/welcome?mail={quote(EMAIL)}')}",
    f"{_URL}/call?tel={quote(PHONE)}&q={quote(PHONE)}&firstname=Zqkanari&lastname=Zqkanari&password=zqkanari",
)
_SYSTEM = f"Windows NT 10.0; Win64; x64; {WORD}; {UUID}"
PERSON = f"Mozilla/5.0 ({_SYSTEM}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 {TOKEN}"
MACHINE = f"{PERSON} ({EMAIL}; {PHONE})"


def payload(number: int, property_id: str, title: str = "Orders of {}") -> dict[str, Any]:
    """With a canary in every field that takes text, and under names of the sender's own."""
    url = URLS[number % len(URLS)]
    return {
        "property": property_id,
        "id": f"{number:032x}",
        "url": url,
        "canonical": url,
        "referrer": url.replace("shop.", "mail."),
        "title": title.format(EMAIL),
        "time_zone": f"Europe/{WORD}",
        "screen": [1280, 720],
        "timings": {"responseStart": 80.5, WORD: 1},
        "vitals": {"LCP": 900, WORD: 1},
        WORD: EMAIL,
    }


def headers(number: int, user_agent: str = PERSON) -> dict[str, str]:
    """The same of a request, which comes through a proxy."""
    return {
        "User-Agent": user_agent,
        "Accept-Language": f"en-GB-x-{WORD},{WORD}@,de;q=0.5",
        "X-Forwarded-For": ADDRESSES[number % len(ADDRESSES)],
        "Sec-CH-UA": f'"{WORD}";v="142", "Chromium";v="142"',
        "Sec-CH-UA-Platform": f'"{WORD}"',
        "Sec-CH-UA-Model": f'"{EMAIL}"',
        "X-Requested-With": f"com.{WORD}.app",
        "Referer": URLS[number % len(URLS)],
        "Cookie": f"visitor={TOKEN}",
    }


def found_in(content: bytes) -> list[str]:
    """The canaries that are in it as they stand, percent-encoded, or inside of a block of ours."""
    text = content.lower()
    texts = [text, *(unpacked(block).lower() for block in BLOCK.findall(content))]
    return [
        canary
        for canary in CANARIES
        if any(each.encode().lower() in text for each in (canary, quote(canary)) for text in texts)
    ]


def found_below(directory: Path) -> dict[str, list[str]]:
    """By file. Of a queue, what its tables hold, and whether anything of a block is left in its free pages."""
    found = {}
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        content = _readable(path)
        found[path.relative_to(directory).as_posix()] = found_in(content)
    return {name: canaries for name, canaries in found.items() if canaries}


def messages(queue: Path, table: str = "messages") -> list[str]:
    """Bodies in an embedded queue that nobody works on."""
    with closing(sqlite3.connect(queue)) as connection:
        return [body for (body,) in connection.execute(f"SELECT body FROM {table}")]


def unpacked(block: bytes) -> bytes:
    """All that it holds; nothing of what is damaged."""
    try:
        return repr(unpack(block.decode())).encode()
    except BlockError:
        return b""


def _readable(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix == ".zst":
        return zstandard.ZstdDecompressor().stream_reader(content).read()
    if path.suffix == ".gz":
        return gzip.decompress(content)
    if path.suffix == ".sqlite3":
        return content + "\n".join(messages(path) + messages(path, "dead")).encode()
    return content
