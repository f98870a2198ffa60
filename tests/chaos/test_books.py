"""The books of all processes balance: while everything is under way, and when nothing is any more."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from shared import block
from shared.seal import Keyring
from shared.sinks import Sink
from tests.chaos.books import Books, opened
from tests.chaos.conftest import Take
from tests.chaos.customers import Account, bucket, serving, stream
from tests.chaos.fleet import Fleet
from tests.chaos.load import Load
from tests.chaos.report import report_of
from tests.chaos.verdict import Verdict, in_objects
from tests.faults.amazon import Answer, refusal
from tests.faults.front import Front, Mode, forwarder
from tests.faults.queue_server import QueueServer
from tests.faults.request import Request

BOTS = 50
SICK_SECONDS = 0.8
PER_SECOND = 250.0
SETTLE_SECONDS = 60.0
TOXICS = (Mode.REFUSE, Mode.LOSE, Mode.TRUNCATE, Mode.RESET)


class Closing(Account):
    """Its bucket `closed` takes nothing until somebody grants it."""

    is_closed = True

    def answer(self, request: Request, failing: int = 0) -> Answer:
        if self.is_closed and request.path.startswith("/closed/"):
            return refusal(request, 403, "AccessDenied")
        return super().answer(request, failing)


async def test_what_was_received_is_delivered_dropped_dead_or_in_flight(
    tmp_path: Path, queue_server: QueueServer, cycles: int, report: Take
) -> None:
    with serving(Closing()) as (server, kept), forwarder(server.url) as front:
        sinks: dict[str, list[Sink]] = {
            "sick": [bucket("sick", front.url)],
            "twice": [bucket("twice", server.url), stream(server.url)],
            "closed": [bucket("closed", server.url)],
        }
        fleet = Fleet(
            tmp_path,
            queue_server,
            sinks,
            workers=2,
            environ={"BLOCKMETRY_WORKER__PERMANENT_AFTER_SECONDS": "1"},
            module="tests.chaos.hurried",
        )
        load = Load(fleet.url, [*sinks], PER_SECOND)
        try:
            async with load.running():
                seen = await _suffer(front, max(2, cycles // 20), fleet, queue_server)
                await _send_bots(fleet.url)
            await fleet.settled(SETTLE_SECONDS)
            at_rest = await _opened(fleet)
            hits = [sum(load.property_of(n) == name for n in load.obligations) for name in ("sick", "twice", "closed")]
            _assert_settled(at_rest, *hits)
            kept.is_closed = False
            code, said = await asyncio.to_thread(fleet.replay)
            assert code == 0, said
            await fleet.settled(SETTLE_SECONDS)
            replayed = await _opened(fleet)
        finally:
            fleet.stop()
        verdict, streamed = Verdict(load, in_objects(kept.objects)), Verdict(load, kept.in_streams(), ["twice"])
    assert (replayed.delivered, replayed.lent) == (at_rest.delivered + hits[2], at_rest.lent - hits[2])
    assert streamed.is_whole, str(streamed)
    assert max(books.lent for books in seen) > 0, "nothing was handed back: the run is void"
    assert max(books.in_flight for books in seen) > 0, "nothing was seen in flight: the run is void"
    measured = f"{len(seen)} scrapes: all in flight accounted for, up to {max(books.in_flight for books in seen):.0f}"
    report(
        report_of(
            "books: sick, refusing, several sinks; bots; replay", load, verdict, faults=len(seen), measured=measured
        )
    )


async def _suffer(front: Front, rounds: int, fleet: Fleet, queue_server: QueueServer) -> Sequence[Books]:
    """A sink is sick and well again; what the books said meanwhile."""
    seen = []
    for number in range(rounds):
        for mode in (TOXICS[number % len(TOXICS)], Mode.FORWARD):
            front.turn(mode)
            for _ in range(2):
                await asyncio.sleep(SICK_SECONDS / 2)
                seen.append(await _opened(fleet))
                assert seen[-1].difference == seen[-1].unaccounted == 0, seen[-1]
                assert min(seen[-1]) >= 0, seen[-1]
                assert await asyncio.to_thread(_missing, fleet, queue_server) <= 0
    return seen


def _missing(fleet: Fleet, queue_server: QueueServer) -> float:
    """Beacons that the queue confirmed, that no worker has settled, and that are not in it. It is looked at between the
    two, and what is settled stays there for a while: below 0 is no mistake.
    """
    keyring = Keyring([fleet.environ["BLOCKMETRY_QUEUE__SEAL_KEYS"]])
    shipped = fleet.read(fleet.gateway, "shipped_total")
    blocks = [block.unpack(body, keyring) for body in queue_server.bodies(fleet.environ["BLOCKMETRY_QUEUE__URL"])]
    queued = sum(len(beacons) for beacons in blocks if isinstance(beacons, list))
    return shipped - queued - fleet.read_workers("settled_measurements_total")


async def _opened(fleet: Fleet) -> Books:
    return await asyncio.to_thread(opened, [fleet.gateway], fleet.workers)


async def _send_bots(url: str) -> None:
    """Acknowledged, and no records."""
    async with aiohttp.ClientSession(headers={"User-Agent": "curl/8.5.0"}) as session:
        for _ in range(BOTS):
            body = {"property": "sick", "url": "https://shop.example.com/"}
            async with session.post(f"{url}v1/beacon", json=body) as answer:
                assert answer.status == 204


def _assert_settled(books: Books, sick: int, twice: int, closed: int) -> None:
    assert books == Books(
        received=sick + twice + closed + BOTS,
        journals=0,
        under_way=0,
        enriched=sick + twice + closed,
        dropped=BOTS,
        delivered=sick + 2 * twice,
        dead_letters=closed,
        lent=0,
        unaccounted=0,
    )
