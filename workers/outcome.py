"""Outcome: what one beacon comes to. Pure: a bug is a value here, like a drop."""

import logging

import msgspec

from shared.beacon import Beacon, Headers
from shared.record import FinishedRecord
from workers.drop import Drop
from workers.enrich import enrich, finish
from workers.lookups import Lookups
from workers.measurement import Measurement, decode

log = logging.getLogger("blockmetry.worker")


class Bug(msgspec.Struct, frozen=True):
    """A measurement that one of our steps failed on: it goes to the dead letters, its neighbours do not."""

    step: str
    """The module it failed in: `acquisition`."""
    kept: FinishedRecord
    """The measurement in place of a record, without address and headers."""


class Outcome(msgspec.Struct, frozen=True):
    """One of three."""

    result: FinishedRecord | Drop | Bug
    unknown_names: int = 0


def conclude(beacon: Beacon, lookups: Lookups) -> Outcome:
    """Decode, enrich, encode."""
    measurement = decode(beacon)
    if isinstance(measurement, Drop):
        return Outcome(measurement)
    try:
        enriched = enrich(measurement, lookups)
        result = enriched if isinstance(enriched, Drop) else finish(enriched, measurement)
    except Exception as error:  # whatever it is, it must cost one measurement and not the worker
        log.error("a measurement failed in %s: %s", step_of(error), type(error).__name__)
        return Outcome(Bug(step_of(error), _nameless(measurement)))
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


def _nameless(measurement: Measurement) -> FinishedRecord:
    nameless = msgspec.structs.replace(measurement, client_address="", headers=Headers())
    try:
        body = msgspec.json.encode(nameless)
    except (ValueError, TypeError):  # what a step failed on may be what no encoder takes either
        body = b"{}"
    return FinishedRecord(measurement.id.hex(), measurement.at_ms, measurement.received_at_ms, body)
