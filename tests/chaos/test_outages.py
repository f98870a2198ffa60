"""While somebody's server is down: whom it concerns waits, and nobody else notices."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from itertools import chain
from pathlib import Path

from tests.chaos.customers import account, assumed, ids
from tests.chaos.delays import delays_of, share_of
from tests.chaos.fleet import Fleet, memory_bytes, module_for
from tests.chaos.load import Load
from tests.chaos.verdict import Verdict, in_objects
from tests.faults.fault import Fault
from tests.faults.front import Mode, forwarder
from tests.moto import Moto

CALM_SECONDS = 2.0
"""Before an outage."""
BUCKETS_DOWN_SECONDS = 11.0
"""More than the deadline of a write, so that those who hang are waited for."""
QUEUE_DOWN_SECONDS = 4.0
SETTLE_SECONDS = 60.0
FAULTS = (Fault.HANG_AT_ONCE, Fault.SLOW_DOWN, Fault.REFUSE, Fault.FORBIDDEN)
PROPERTIES = ids(20)
FEWER_BLOCKS = {"BLOCKMETRY_GATEWAY__BLOCK_MAX_AGE_SECONDS": "0.5"}
"""Each is handed back once for each sink that fails, and moto's queue grows slow with what waits in it."""
SLOWEST_SECONDS = 10.0
MEMORY_BYTES = 150 << 20


async def test_customers_whose_buckets_fail_delay_no_others(tmp_path: Path, moto: Moto, outage_seconds: float) -> None:
    """Four in twenty at once, each in a way of its own."""
    with ExitStack() as stack:
        failing, healthy = PROPERTIES[: len(FAULTS)], PROPERTIES[len(FAULTS) :]
        broken = [stack.enter_context(account()) for _ in failing]
        server, kept = stack.enter_context(account())
        urls = [*(faulty.url for faulty, _ in broken), *(server.url for _ in healthy)]
        sinks = {name: [assumed(name, url)] for name, url in zip(PROPERTIES, urls, strict=True)}
        fleet = Fleet(tmp_path, moto, sinks, workers=2, environ=FEWER_BLOCKS, module=module_for(outage_seconds))
        load = Load(fleet.url, PROPERTIES, per_second=200)
        try:
            async with _sending(load):
                await asyncio.sleep(CALM_SECONDS + outage_seconds / 5)
                began = time.time()
                for (faulty, _), fault in zip(broken, FAULTS, strict=True):
                    faulty.turn(fault)
                await asyncio.sleep(outage_seconds or BUCKETS_DOWN_SECONDS)
                ended = time.time()
                handed_back = fleet.read_workers("handed_back_total")
                for faulty, _ in broken:
                    faulty.turn(None)
            await fleet.settled(SETTLE_SECONDS + 8 * outage_seconds)
        finally:
            fleet.stop()
        objects = dict(chain(kept.objects.items(), *(late.objects.items() for _, late in broken)))
        verdict = Verdict(load, in_objects(objects))
    calm = delays_of(load, kept.arrived, lambda number: load.obligations[number] < began)
    meanwhile = delays_of(load, kept.arrived, lambda number: began <= load.obligations[number] < ended)
    print(f"calm: {_told(calm)}; outage of {ended - began:.0f} s: {_told(meanwhile)}")
    print(f"{handed_back:.0f} handed back: {verdict}")
    assert handed_back, "nothing had to wait: the run is void"
    assert len(meanwhile) > 50 * (ended - began), "too few obligations for the run to mean anything"
    assert share_of(meanwhile, 0.95) < SLOWEST_SECONDS
    assert verdict.is_clean, str(verdict)
    assert not fleet.dead_letters()


async def test_an_outage_of_the_queue_is_waited_out_in_the_journal(
    tmp_path: Path, moto: Moto, outage_seconds: float
) -> None:
    down_seconds = outage_seconds or QUEUE_DOWN_SECONDS
    with account() as (server, kept), forwarder(moto.url) as front:
        sinks = {name: [assumed(name, server.url)] for name in PROPERTIES}
        fleet = Fleet(tmp_path, moto, sinks, endpoint_url=front.url)
        load = Load(fleet.url, PROPERTIES, per_second=1_000, connections=32)
        try:
            async with _sending(load):
                await asyncio.sleep(CALM_SECONDS + outage_seconds / 5)
                before = len(load.obligations)
                for mode in (Mode.BLACK_HOLE, Mode.REFUSE):
                    front.turn(mode)
                    await asyncio.sleep(down_seconds / 2)
                meanwhile = len(load.obligations) - before
                waiting = fleet.read(fleet.gateway, "journal_bytes")
                front.turn(Mode.FORWARD)
            await fleet.settled(SETTLE_SECONDS + 2 * outage_seconds)
            memory = memory_bytes(fleet.gateway)
        finally:
            fleet.stop()
        verdict = Verdict(load, in_objects(kept.objects))
    print(f"{meanwhile / down_seconds:.0f} acks/s for {down_seconds:g} s; refused: {dict(load.refused)}")
    print(f"{waiting / 2**20:.1f} MiB in the journal, {memory / 2**20:.0f} MiB of memory at the most: {verdict}")
    assert waiting > 200 * meanwhile, "the journal did not have to wait: the run is void"
    assert not load.refused
    assert not load.broken
    assert memory < MEMORY_BYTES
    assert verdict.is_clean, str(verdict)


@asynccontextmanager
async def _sending(load: Load) -> AsyncIterator[None]:
    """As long as the block lasts."""
    sending = asyncio.create_task(load.run())
    try:
        yield
    finally:
        load.stop()
        await sending


def _told(delays: Sequence[float]) -> str:
    return f"p50 {share_of(delays, 0.5):.2f} s, p95 {share_of(delays, 0.95):.2f} s of {len(delays)}"
