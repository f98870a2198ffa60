"""Through SQS to buckets and streams: kills on the way lose nothing and double nothing."""

import asyncio
import random
from itertools import chain
from pathlib import Path

import pytest

from tests.chaos.conftest import Take
from tests.chaos.customers import account, assumed, bucket, ids, stream
from tests.chaos.fleet import Fleet
from tests.chaos.load import Load
from tests.chaos.report import report_of
from tests.chaos.verdict import Verdict, in_objects
from tests.faults.front import Mode, Way, forwarder
from tests.faults.queue_server import QueueServer
from tests.moto import Moto

SETTLE_SECONDS = 120.0
HITS = ids(14)
BLOCKS = ids(4, 14)
AT_MOTO = ids(2, 18)
"""Few, as moto stores some hundreds of objects a second at the most."""
STREAMED = HITS[0]
PER_SECOND = 600.0
"""So that workers keep up, and those that are killed are at work."""


async def test_of_four_workers_two_are_killed_and_each_hit_is_one_object(
    tmp_path: Path, queue_server: QueueServer, moto: Moto, hits: int, report: Take
) -> None:
    with account() as (server, kept):
        buckets = moto.bucket(), moto.bucket()
        sinks = {name: [assumed(name, server.url)] for name in HITS}
        sinks |= {name: [assumed(name, server.url, layout="block")] for name in BLOCKS}
        sinks[AT_MOTO[0]] = [bucket(buckets[0], moto.url)]
        sinks[AT_MOTO[1]] = [bucket(buckets[1], moto.url, layout="block", compression="gzip")]
        fleet = Fleet(tmp_path, queue_server, {**sinks, STREAMED: [*sinks[STREAMED], stream(server.url)]}, workers=4)
        load = Load(fleet.url, [*HITS, *BLOCKS, *AT_MOTO], PER_SECOND)
        try:
            async with load.running():
                had_work = [await _kill_at(fleet, load, hits // 2, 0), await _kill_at(fleet, load, hits * 3 // 4, 1)]
                await load.promised(hits)
            await fleet.settled(SETTLE_SECONDS + hits / 100)
        finally:
            fleet.stop()
        found = chain(in_objects(kept.objects), *(in_objects(moto.read_bucket(name)) for name in buckets))
        verdict = Verdict(load, found)
        streamed = Verdict(load, kept.in_streams(), [STREAMED])
    assert len(load.obligations) >= hits, "too few obligations for the run to mean anything"
    assert any(had_work), "no kill hit work in flight: the run is void"
    assert not fleet.dead_letters()
    assert streamed.is_whole, str(streamed)
    measured = f"{server.operations['PutObject'] - len(kept.objects):,} objects were there already"
    kills, repeated = {"kills": fleet.kills, "kills_in_flight": sum(had_work)}, streamed.repeated
    run = "of four workers, two killed; 20 customers with objects, blocks and a stream"
    report(report_of(run, load, verdict, **kills, repeated=repeated, measured=measured))


@pytest.mark.parametrize("grouped", ["false", "true"])
async def test_a_gateway_killed_between_send_and_commit_ships_the_same_blocks_again(
    tmp_path: Path, queue_server: QueueServer, cycles: int, grouped: str, report: Take
) -> None:
    chance = random.Random(cycles)
    kills, in_flight = max(5, cycles // 10), 0
    with account() as (server, kept), forwarder(queue_server.url, delay_seconds=0.3) as front:
        front.turn(Mode.DELAY, Way.BACK)
        fleet = Fleet(
            tmp_path,
            queue_server,
            {name: [assumed(name, server.url, layout="block")] for name in BLOCKS},
            gateway_endpoint_url=front.url,
            environ={"BLOCKMETRY_QUEUE__GROUP_BY_PROPERTY": grouped},
        )
        load = Load(fleet.url, BLOCKS)
        try:
            async with load.running():
                for _ in range(kills):
                    broken = load.broken
                    await asyncio.sleep(chance.uniform(0.2, 0.6))
                    await fleet.kill_gateway()
                    in_flight += load.broken > broken
            await fleet.settled(SETTLE_SECONDS)
            written = fleet.read_workers("delivered_total")
        finally:
            fleet.stop()
        verdict = Verdict(load, in_objects(kept.objects))
    again = written - sum(1 for _ in in_objects(kept.objects))
    assert len(load.obligations) >= 50 * kills, "too few obligations for the run to mean anything"
    assert again > 0, "nothing was shipped twice: the run is void"
    run = "gateway killed between send and commit" + (", groups" if grouped == "true" else "")
    injected = {"kills": kills, "kills_in_flight": in_flight, "measured": f"{again:,.0f} hits shipped again"}
    report(report_of(run, load, verdict, **injected))


async def test_what_the_queue_confirmed_outlives_the_gateways_host(
    tmp_path: Path, queue_server: QueueServer, cycles: int, report: Take
) -> None:
    losses, in_flight = max(3, cycles // 20), 0
    with account() as (server, kept):
        sinks = {name: [assumed(name, server.url)] for name in HITS[:5]}
        sinks |= {name: [assumed(name, server.url, layout="block")] for name in BLOCKS}
        fleet = Fleet(tmp_path, queue_server, sinks, environ={"BLOCKMETRY_GATEWAY__ACKNOWLEDGE_AFTER": "queue"})
        load = Load(fleet.url, [*sinks], connections=64)
        try:
            async with load.running():
                for loss in range(losses):
                    broken = load.broken
                    await load.promised((loss + 1) * 200)
                    await fleet.kill_gateway(with_data=True)
                    in_flight += load.broken > broken
            await fleet.settled(SETTLE_SECONDS)
        finally:
            fleet.stop()
        verdict = Verdict(load, in_objects(kept.objects))
    assert in_flight, "no loss hit a request in flight: the run is void"
    run = "the gateway's host lost (acknowledged after the queue)"
    report(report_of(run, load, verdict, kills=losses, kills_in_flight=in_flight))


async def _kill_at(fleet: Fleet, load: Load, obligations: int, worker: int) -> bool:
    """Whether it had work in hand."""
    await load.promised(obligations)
    return await asyncio.to_thread(fleet.kill_worker, worker)
