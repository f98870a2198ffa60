"""Outcome: what one beacon comes to. Pure: a bug is a value here, like a drop."""

import logging

import msgspec

from shared.beacon import Beacon
from shared.logs import place_of
from shared.payload import TrustedPayload
from shared.record import FinishedRecord
from workers import shape
from workers.drop import Drop
from workers.enrich import VITALS, enrich, finish
from workers.lookups import Lookups
from workers.measurement import decode
from workers.steps.performance import MARKS

NAMES = frozenset({*TrustedPayload.__struct_fields__, *MARKS, *VITALS})
"""Of the contract: all others are a stranger's words."""

log = logging.getLogger("blockmetry.worker")


class Bug(msgspec.Struct, frozen=True):
    """A beacon that one of our steps failed on: it goes to the dead letters, its neighbours do not."""

    step: str
    """The module it failed in: `acquisition`."""
    kept: FinishedRecord
    """In place of a record, what helps to find the bug: see `_shape_of`."""


class Outcome(msgspec.Struct, frozen=True):
    """One of three."""

    result: FinishedRecord | Drop | Bug
    unknown_names: int = 0


def conclude(beacon: Beacon, lookups: Lookups) -> Outcome:
    """Decode, enrich, encode."""
    try:
        measurement = decode(beacon)
        if isinstance(measurement, Drop):
            return Outcome(measurement)
        enriched = enrich(measurement, lookups)
        result = enriched if isinstance(enriched, Drop) else finish(enriched, measurement)
    except Exception as error:  # whatever it is, it must cost one measurement and not the worker
        step, place = step_of(error), place_of(error)
        log.error("a measurement failed in %s: %s", step, place)
        return Outcome(Bug(step, _shape_of(beacon, place)))
    return Outcome(result, measurement.unknown_names)


def step_of(error: Exception) -> str:
    """The innermost module of the workers that the error came through."""
    step = "enrich"
    traceback = error.__traceback__
    while traceback:
        module = str(traceback.tb_frame.f_globals.get("__name__", ""))
        step = module.rpartition(".")[2] if module.startswith("workers.") else step
        traceback = traceback.tb_next
    return step


def _shape_of(beacon: Beacon, place: str) -> FinishedRecord:
    """Which error, where, and what the beacon looked like. It failed before it was anonymised: nothing of it is kept,
    and of the address not even the shape.
    """
    body = {
        "error": place,
        "channel": beacon.channel,
        "payload": shape.of_json(beacon.payload, NAMES),
        "headers": {name: shape.of_text(text) for name, text in msgspec.structs.asdict(beacon.headers).items() if text},
    }
    return FinishedRecord(beacon.id.hex(), beacon.received_at_ms, beacon.received_at_ms, msgspec.json.encode(body))
