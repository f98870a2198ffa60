"""`kill -9` of a fleet on SQS: of the gateway while the queue is a black hole, of workers, of all at once."""

import asyncio
import random
from pathlib import Path

from tests.chaos.conftest import Take
from tests.chaos.customers import account, bucket, ids
from tests.chaos.fleet import Fleet
from tests.chaos.load import Load
from tests.chaos.report import report_of
from tests.chaos.verdict import Verdict, in_objects
from tests.faults.front import Mode, forwarder
from tests.faults.queue_server import QueueServer

SETTLE_SECONDS = 120.0
PROPERTIES = ids(4)
PER_SECOND = 250.0
KILLS_IN_THE_DARK = 5
"""Of a gateway, until the queue answers again."""


async def test_a_gateway_killed_while_the_queue_is_a_black_hole_loses_and_doubles_nothing(
    tmp_path: Path, queue_server: QueueServer, cycles: int, report: Take
) -> None:
    """In every second one of its kills, it is killed again while it starts."""
    kills, in_flight, outages, chance = max(2, cycles // 2), 0, 0, random.Random(cycles)
    with account() as (server, kept), forwarder(queue_server.url) as front:
        sinks = {name: [bucket(name, server.url)] for name in PROPERTIES}
        fleet = Fleet(tmp_path, queue_server, sinks, gateway_endpoint_url=front.url)
        load = Load(fleet.url, PROPERTIES)
        try:
            async with load.running():
                while fleet.kills < kills:
                    front.turn(Mode.BLACK_HOLE)
                    outages += 1
                    for _ in range(min(KILLS_IN_THE_DARK, kills - fleet.kills)):
                        await asyncio.sleep(chance.uniform(0.02, 0.3))
                        waiting = await asyncio.to_thread(fleet.read, fleet.gateway, "journal_bytes")
                        in_flight += waiting > 0
                        if fleet.kills % 2 and fleet.kills < kills - 1:
                            await fleet.kill_starting_gateway(chance.uniform(0.05, 0.5))
                        await fleet.kill_gateway()
                    front.turn(Mode.FORWARD)
                    await asyncio.sleep(chance.uniform(0.1, 0.5))
            await fleet.settled(SETTLE_SECONDS)
        finally:
            fleet.stop()
        verdict = Verdict(load, in_objects(kept.objects))
    assert load.broken, "no kill hit a request in flight: the run is void"
    run = "gateway killed, the queue (SQS) a black hole"
    report(report_of(run, load, verdict, kills=fleet.kills, kills_in_flight=in_flight, faults=outages))


async def test_workers_killed_one_after_the_other_write_each_hit_once(
    tmp_path: Path, queue_server: QueueServer, cycles: int, report: Take
) -> None:
    kills, in_flight, chance = max(2, cycles // 2), 0, random.Random(cycles)
    with account() as (server, kept):
        sinks = {name: [bucket(name, server.url)] for name in PROPERTIES}
        fleet = Fleet(tmp_path, queue_server, sinks, workers=2)
        load = Load(fleet.url, PROPERTIES, PER_SECOND)
        try:
            async with load.running():
                for number in range(kills):
                    victim = fleet.workers[number % 2]
                    await asyncio.to_thread(victim.url, "metrics")
                    await asyncio.sleep(chance.uniform(0.0, 0.4))
                    in_flight += await asyncio.to_thread(fleet.kill_worker, number % 2)
            await fleet.settled(SETTLE_SECONDS)
        finally:
            fleet.stop()
        verdict = Verdict(load, in_objects(kept.objects))
    again = server.operations["PutObject"] - len(kept.objects)
    measured = f"{again:,} objects were there already"
    report(
        report_of("workers killed, SQS, S3", load, verdict, kills=kills, kills_in_flight=in_flight, measured=measured)
    )


async def test_gateway_worker_and_queue_server_killed_at_once_lose_and_double_nothing(
    tmp_path: Path, queue_server: QueueServer, cycles: int, report: Take
) -> None:
    rounds, in_flight, chance = max(2, cycles // 10), 0, random.Random(cycles)
    with account() as (server, kept):
        sinks = {name: [bucket(name, server.url)] for name in PROPERTIES}
        fleet = Fleet(tmp_path, queue_server, sinks)
        load = Load(fleet.url, PROPERTIES, PER_SECOND)
        try:
            async with load.running():
                for _ in range(rounds):
                    await load.promised(len(load.obligations) + 100)
                    await asyncio.sleep(chance.uniform(0.0, 1.0))
                    queue_server.kill()
                    in_flight += await asyncio.to_thread(fleet.kill_worker, 0)
                    await fleet.kill_gateway()
                    await asyncio.sleep(chance.uniform(0.0, 0.5))
                    await asyncio.to_thread(queue_server.start)
                    await asyncio.to_thread(fleet.workers[0].url, "metrics")
            await fleet.settled(SETTLE_SECONDS)
        finally:
            fleet.stop()
        verdict = Verdict(load, in_objects(kept.objects))
    run = "gateway, worker and queue server killed at once"
    report(report_of(run, load, verdict, kills=3 * rounds, kills_in_flight=in_flight, faults=rounds))
