"""While somebody's server is down: whom it concerns waits, and nobody else notices."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

from tests.chaos.conftest import Take
from tests.chaos.customers import account, assumed, ids
from tests.chaos.delays import delays_of, share_of
from tests.chaos.fleet import Fleet, module_for
from tests.chaos.load import Load
from tests.chaos.report import report_of
from tests.chaos.verdict import Verdict, in_objects
from tests.faults.fault import Fault
from tests.faults.queue_server import QueueServer

CALM_SECONDS = 2.0
"""Before an outage."""
BUCKETS_DOWN_SECONDS = 11.0
"""More than the deadline of a write, so that those who hang are waited for."""
SETTLE_SECONDS = 60.0
FAULTS = (Fault.HANG_AT_ONCE, Fault.SLOW_DOWN, Fault.REFUSE, Fault.FORBIDDEN)
PROPERTIES = ids(20)
SLOWEST_SECONDS = 10.0


async def test_customers_whose_buckets_fail_delay_no_others(
    tmp_path: Path, queue_server: QueueServer, outage_seconds: float, report: Take
) -> None:
    """Four in twenty at once, each in a way of its own."""
    with ExitStack() as stack:
        failing, healthy = PROPERTIES[: len(FAULTS)], PROPERTIES[len(FAULTS) :]
        broken = [stack.enter_context(account()) for _ in failing]
        server, kept = stack.enter_context(account())
        urls = [*(faulty.url for faulty, _ in broken), *(server.url for _ in healthy)]
        sinks = {name: [assumed(name, url)] for name, url in zip(PROPERTIES, urls, strict=True)}
        fleet = Fleet(tmp_path, queue_server, sinks, workers=2, module=module_for(outage_seconds))
        load = Load(fleet.url, PROPERTIES, per_second=200)
        try:
            async with load.running():
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
    assert handed_back, "nothing had to wait: the run is void"
    assert len(meanwhile) > 50 * (ended - began), "too few obligations for the run to mean anything"
    assert share_of(meanwhile, 0.95) < SLOWEST_SECONDS
    assert not fleet.dead_letters()
    measured = (
        f"records of others after {_told(calm)} before, {_told(meanwhile)} meanwhile; {handed_back:,.0f} handed back"
    )
    run = f"4 of 20 customers' buckets down for {ended - began:.0f} s"
    report(report_of(run, load, verdict, faults=len(FAULTS), measured=measured))


def _told(delays: Sequence[float]) -> str:
    return f"{share_of(delays, 0.5):.2f} s (p50), {share_of(delays, 0.95):.2f} s (p95)"
