"""Visits of people: every one makes a record, so that beacons, records and objects are as many."""

import time
from collections.abc import Sequence

import msgspec

from bench.bodies import BODY
from shared import beacon, block
from shared.beacon import Beacon, Channel, Headers
from shared.config import Lookups as Files
from shared.properties import DEMO
from shared.record import FinishedRecord
from shared.watch import Watched
from tests import traffic
from workers.lookups import Lookups
from workers.outcome import conclude

SPAM = "semalt"
TIMINGS: dict[str, float] = msgspec.json.decode(BODY % 0)["timings"]
BLOCK_BEACONS = 500
"""About what a busy gateway puts into one block."""
BLOCK_BYTES = 196_608


def beacons(count: int) -> list[Beacon]:
    """Of the demo property, received now; the same but for that at every call. No two have the same URL."""
    now_ms = int(time.time() * 1000)
    people = (hit for hit in traffic.hits(2 * count + 100, seed=1) if _is_wanted(hit))
    return [_beacon(hit, number, now_ms) for number, hit in zip(range(count), people, strict=False)]


def blocks(made: Sequence[Beacon]) -> list[str]:
    """Queue messages that hold them all."""
    starts = range(0, len(made), BLOCK_BEACONS)
    chunks = ([beacon.encode(each) for each in made[start : start + BLOCK_BEACONS]] for start in starts)
    return [body for chunk in chunks for body in block.pack_beacons(chunk, BLOCK_BYTES)]


def records(count: int) -> list[FinishedRecord]:
    """What a worker makes of as many beacons."""
    lookups = Lookups(Files(), Watched([], lambda: {DEMO.id: DEMO}), bytes(32))
    results = [conclude(each, lookups).result for each in beacons(count)]
    finished = [result for result in results if isinstance(result, FinishedRecord)]
    assert len(finished) == count, "a visit made no record"
    return finished


def _is_wanted(hit: dict[str, object]) -> bool:
    return hit["user_agent"] in traffic.PEOPLE and SPAM not in str(hit["referrer"])


def _beacon(hit: dict[str, object], number: int, now_ms: int) -> Beacon:
    names = ("title", "referrer", "screen", "time_zone")
    payload = {name: hit[name] for name in names} | {
        "property": DEMO.id,
        "url": f"{hit['url']}{'&' if '?' in str(hit['url']) else '?'}item={number}",
        "timings": {name: ms + number % 97 for name, ms in TIMINGS.items()},
    }
    headers = Headers(*(str(hit[name]) for name in ("user_agent", "accept_language", "dnt", "gpc")))
    return Beacon(
        id=number.to_bytes(16, "big"),
        received_at_ms=now_ms,
        channel=Channel.SCRIPT,
        property=DEMO.id,
        client_address=str(hit["client_ip"]),
        headers=headers,
        payload=msgspec.json.encode(payload),
    )
