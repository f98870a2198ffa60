"""Measurements: what customers' servers send of their visitors. Check the key, read, take in, tell of each."""

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from aiohttp import web
from multidict import istr

from gateway import answers, body
from gateway.answers import Answer
from gateway.batch import Batch, Outcome, capture_reported, split
from gateway.gunzip import gunzip
from gateway.intake import Intake
from gateway.keys import Holder, Keys
from gateway.reject import Reject, RejectReason
from shared.beacon import Beacon, Channel
from shared.config import Gateway
from shared.properties import Properties
from shared.watch import Watched

AUTHORIZATION = istr("Authorization")
LIMIT_BYTES = 1 << 20
"""Of a body, as it is sent and unpacked."""
SLICE = 50
"""So many measurements are taken in before other requests have their turn."""
LARGE_AT_ONCE = 16
"""With one key. What is large and under way is kept in memory: it must not be filled, nor others kept waiting."""
BUSY = Reject(RejectReason.RATE_LIMITED, f"at most {LARGE_AT_ONCE} large requests at once with one key")


class _Taken(NamedTuple):
    """A batch, as far as the journal."""

    outcomes: Sequence[Outcome]
    is_array: bool


class Measurements:
    """`POST /v1/measurements`"""

    def __init__(
        self,
        config: Gateway,
        properties: Watched[Properties],
        intake: Intake,
        new_id: Callable[[], bytes],
        now: Callable[[], float],
    ) -> None:
        self._body_timeout_seconds = config.body_timeout_seconds
        self._properties = properties
        self._keys = Keys(properties)
        self._intake = intake
        self._new_id = new_id
        self._now = now

    async def answer(self, request: web.BaseRequest) -> Answer:
        """What became of each. Who has no key is not even listened to."""
        started = time.perf_counter()
        holder = self._keys.holder_of(request.headers.get(AUTHORIZATION, ""))
        taken = holder if isinstance(holder, Reject) else await self._listen(request, holder)
        if isinstance(taken, Reject):  # all of it, unseen: it counts as one
            self._intake.count(Channel.SERVER, taken, started)
            return answers.refused(request, self._now(), taken)
        outcomes = await self._secure(taken.outcomes)
        for outcome in outcomes:
            self._intake.count(Channel.SERVER, outcome if isinstance(outcome, Reject) else None, started)
        return answers.measured(request, self._now(), outcomes, is_array=taken.is_array)

    async def _listen(self, request: web.BaseRequest, holder: Holder) -> _Taken | Reject:
        large = int(_is_large(request))
        if large and holder.large_requests >= LARGE_AT_ONCE:
            return BUSY
        holder.large_requests += large
        try:
            batch = await self._read(request)
            return batch if isinstance(batch, Reject) else await self._take(batch, holder.properties)
        finally:
            holder.large_requests -= large

    async def _read(self, request: web.BaseRequest) -> Batch | Reject:
        encoding = body.encoding_of(request)
        if encoding not in ("identity", "gzip"):
            return Reject(RejectReason.ENCODING, "not compressed, or with gzip")
        sent = await body.read(request, self._body_timeout_seconds, LIMIT_BYTES)
        if isinstance(sent, Reject):
            return self._intake.blame(sent)
        whole = gunzip(sent, LIMIT_BYTES) if encoding == "gzip" else sent
        return whole if isinstance(whole, Reject) else split(whole)

    async def _take(self, batch: Batch, allowed: Collection[str]) -> _Taken:
        outcomes: list[Outcome] = []
        properties, received_at_ms = self._properties.value, int(self._now() * 1000)
        for place, measurement in enumerate(batch.measurements, start=1):
            captured = capture_reported(measurement, allowed, received_at_ms, properties, self._new_id)
            outcomes.append(self._append(captured))
            if place % SLICE == 0:
                await asyncio.sleep(0)
        return _Taken(outcomes, batch.is_array)

    def _append(self, captured: Beacon | Reject) -> Outcome:
        return captured if isinstance(captured, Reject) else self._intake.append(captured) or captured.id

    async def _secure(self, outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
        """One wait for them all."""
        if self._intake.secured and any(isinstance(outcome, bytes) for outcome in outcomes):
            refused = await self._intake.secured()
            return [refused if refused and isinstance(outcome, bytes) else outcome for outcome in outcomes]
        return outcomes


def _is_large(request: web.BaseRequest) -> bool:
    """Or may become so: what is compressed, or does not say how long it is."""
    is_bounded = request.content_length is not None and request.content_length <= body.BODY_LIMIT_BYTES
    return not is_bounded or body.encoding_of(request) != "identity"
