"""Enrichment alone: beacons as a worker unpacks them, to finished records, on one core.

`python -m bench.enrichment rates COUNT` or `memory COUNT`
"""

import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from statistics import median

import msgspec

from bench import log_mix
from bench.servers import output
from shared.beacon import Beacon
from shared.config import Lookups as Files
from shared.loop import settle
from shared.payload import Payload
from shared.properties import DEMO
from shared.record import BMRecord, FinishedRecord
from shared.watch import Watched
from tests import mmdb
from workers.lookups import Lookups
from workers.outcome import conclude

PROGRAM = (sys.executable, "-m", "bench.enrichment")
JSON_ONLY = "JSON alone: payload decoded, record encoded"
WARM_UP = 40_000
AGAIN = 4_000
"""Hits that fit into every cache."""
DISTINCT_PER_HIT = 25
"""Memory is measured over a million hits where the others have 40,000."""
NETWORKS = 180
MIB = 1 << 20


def measure(rounds: int, hits: int) -> list[tuple[str, ...]]:
    """A row per variant: hits a second of CPU time (median, range), microseconds a hit, ratio to JSON alone."""
    runs: dict[str, list[float]] = {}
    for _ in range(rounds):
        for line in output((*PROGRAM, "rates", str(hits)), {}).splitlines():
            name, _, rate = line.rpartition("\t")
            runs.setdefault(name, []).append(float(rate))
    return [_row(name, rates, runs[JSON_ONLY]) for name, rates in runs.items()]


def measure_memory(hits: int) -> list[tuple[str, ...]]:
    """A row for each tenth of the hits, no two of which share user agent, address or URL: memory in MiB."""
    lines = output((*PROGRAM, "memory", str(hits)), {}).splitlines()
    return [tuple(line.split("\t")) for line in lines]


def _row(name: str, rates: Sequence[float], baseline: Sequence[float]) -> tuple[str, ...]:
    ratio = median(rate / base for rate, base in zip(rates, baseline, strict=True))
    rates_range = f"{min(rates):,.0f} - {max(rates):,.0f}"
    return (name, f"{median(rates):,.0f}", rates_range, f"{1e6 / median(rates):,.1f} us", f"{ratio:.2f}")


def _rates(hits: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        lookups = _lookups(Path(directory))
        settle()
        for name, is_tagged in (("what an access log has", False), ("what the tag sends", True)):
            mix = log_mix.beacons(is_tagged=is_tagged)
            first, before, then = (list(islice(mix, count)) for count in (AGAIN, WARM_UP, hits))
            for each in before:
                conclude(each, lookups)
            _tell(f"log mix, {name}", _rate(then, lookups))
            _rate(first, lookups)
            _tell(f"log mix, {name}, nothing new", _rate(first * 4, lookups))
        distinct = list(islice(log_mix.beacons(seed=2, is_distinct=True), max(1, hits // 4)))
        _tell("no user agent, address, page or referrer twice", _rate(distinct, lookups))
        _tell(JSON_ONLY, _json_rate(then[:AGAIN], lookups))


def _memory(hits: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        lookups = _lookups(Path(directory))
        beacons = log_mix.beacons(is_distinct=True)
        settle()
        for tenth in range(11):
            print(f"{hits // 10 * tenth:,}", f"{_resident_bytes() / MIB:,.0f} MiB", sep="\t", flush=True)
            _rate(islice(beacons, hits // 10 if tenth < 10 else 0), lookups)


def _rate(beacons: Iterable[Beacon], lookups: Lookups) -> float:
    """Hits a second of CPU time: others may be at work on this machine."""
    begun = time.process_time()
    hits = 0
    for hits, beacon in enumerate(beacons, start=1):  # noqa: B007 - how many there were
        conclude(beacon, lookups)
    return hits / (time.process_time() - begun)


def _json_rate(beacons: Sequence[Beacon], lookups: Lookups) -> float:
    """What the machine needs for reading and writing alone."""
    results = [conclude(beacon, lookups).result for beacon in beacons]
    records = [msgspec.json.decode(r.body, type=BMRecord) for r in results if isinstance(r, FinishedRecord)]
    payloads = [beacon.payload for beacon in beacons][: len(records)]
    decode, encode = msgspec.json.Decoder(Payload).decode, msgspec.json.Encoder().encode
    begun = time.process_time()
    for payload, record in zip(payloads, records, strict=True):
        decode(payload)
        encode(record)
    return len(records) / (time.process_time() - begun)


def _lookups(directory: Path) -> Lookups:
    """With a database of cities, of which there are as many as the mix has networks, and a list of proxies."""
    places = {f"{20 + n}.0.0.0/8": mmdb.LONDON if n % 2 else mmdb.LINZ for n in range(NETWORKS)}
    proxies = directory / "proxies.txt"
    proxies.write_text("".join(f"{20 + n % NETWORKS}.{n // NETWORKS}.3.7\n" for n in range(2_000)))
    files = Files(city=str(mmdb.city(directory / "city.mmdb", places)), anonymous=[str(proxies)])
    return Lookups(files, Watched([], lambda: {DEMO.id: DEMO}), bytes(32))


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def _tell(name: str, rate: float) -> None:
    print(name, rate, sep="\t", flush=True)


if __name__ == "__main__":
    {"rates": _rates, "memory": _memory}[sys.argv[1]](int(sys.argv[2]))
