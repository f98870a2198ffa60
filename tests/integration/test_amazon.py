"""What a customer's store refuses: tried for a while, set aside with its reason, and replayed once it is mended."""

import asyncio
import json
import secrets
from collections import Counter
from datetime import datetime
from pathlib import Path

from tests.chaos.customers import account, bucket
from tests.chaos.fleet import Fleet
from tests.chaos.load import Load
from tests.chaos.verdict import Verdict, in_objects
from tests.faults.fault import Fault
from tests.moto import REGION, Moto

PATIENCE_SECONDS = 3
REASONS = {"bucketless": "not_found", "locked-out": "access_denied", "locked-blocks": "access_denied"}
SETTLE_SECONDS = 60.0
HITS = 200


async def test_what_no_retry_mends_is_set_aside_after_a_while_and_replayed_once_mended(
    tmp_path: Path, moto: Moto
) -> None:
    missing = f"bucket-{secrets.token_hex(6)}"
    with account() as (server, kept):
        server.turn(Fault.FORBIDDEN)
        sinks = {
            "bucketless": [bucket(missing, moto.url)],
            "locked-out": [bucket("hits", server.url)],
            "locked-blocks": [bucket("blocks", server.url, layout="block")],
        }
        patience = {"BLOCKMETRY_WORKER__PERMANENT_AFTER_SECONDS": str(PATIENCE_SECONDS)}
        fleet = Fleet(tmp_path, moto, sinks, environ=patience)
        load = Load(fleet.url, [*sinks])
        try:
            await _send(load)
            await fleet.settled(SETTLE_SECONDS)
            _judge_letters(fleet, load)
            server.turn(None)
            place = {"LocationConstraint": REGION}
            moto.client("s3").create_bucket(Bucket=missing, CreateBucketConfiguration=place)
            code, said = await asyncio.to_thread(fleet.replay)
            assert code == 0, said
            await fleet.settled(SETTLE_SECONDS)
        finally:
            fleet.stop()
        verdict = Verdict(load, in_objects(kept.objects | moto.read_bucket(missing)))
    assert not fleet.dead_letters()
    assert verdict.is_clean, str(verdict)


async def _send(load: Load) -> None:
    sending = asyncio.create_task(load.run())
    await load.promised(HITS)
    load.stop()
    await sending


def _judge_letters(fleet: Fleet, load: Load) -> None:
    """Each hit is one, for the right reason, and not before its time."""
    letters = [json.loads(path.read_text()) for path in fleet.dead_letters()]
    buried = Counter((letter["property"], letter["reason"]) for letter in letters for _ in letter["records"])
    names = [load.property_of(number) for number in load.obligations]
    assert buried == Counter((name, REASONS[name]) for name in names)
    soonest = min(datetime.fromisoformat(letter["at"]).timestamp() for letter in letters)
    assert soonest > min(load.obligations.values()) + PATIENCE_SECONDS - 1, "letters tell whole seconds"
    assert fleet.read_workers("handed_back_total") >= len(names), "they had no second chance"
