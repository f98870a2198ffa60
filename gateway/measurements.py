"""Measurements: what customers' servers send of their visitors. Check the key, read, take in, tell of each."""

import asyncio
import time
from collections.abc import Callable, Collection, Sequence

from aiohttp import web
from multidict import istr

from gateway import answers, body
from gateway.answers import Answer
from gateway.batch import Batch, Outcome, capture_reported, split
from gateway.gunzip import gunzip
from gateway.intake import Intake
from gateway.keys import Keys
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
        allowed = self._keys.properties_of(request.headers.get(AUTHORIZATION, ""))
        if isinstance(allowed, Reject):
            return self._refuse(request, allowed, started)
        batch = await self._read(request)
        if isinstance(batch, Reject):
            return self._refuse(request, batch, started)
        now = self._now()
        outcomes = await self._take(batch, allowed, int(now * 1000))
        for outcome in outcomes:
            self._intake.count(Channel.SERVER, outcome if isinstance(outcome, Reject) else None, started)
        return answers.measured(request, now, outcomes, is_array=batch.is_array)

    def _refuse(self, request: web.BaseRequest, refused: Reject, started: float) -> Answer:
        """All of it, unseen: it counts as one."""
        self._intake.count(Channel.SERVER, refused, started)
        return answers.refused(request, self._now(), refused)

    async def _read(self, request: web.BaseRequest) -> Batch | Reject:
        encoding = body.encoding_of(request)
        if encoding not in ("identity", "gzip"):
            return Reject(RejectReason.ENCODING, "not compressed, or with gzip")
        sent = await body.read(request, self._body_timeout_seconds, LIMIT_BYTES)
        if isinstance(sent, Reject):
            return self._intake.blame(sent)
        whole = gunzip(sent, LIMIT_BYTES) if encoding == "gzip" else sent
        return whole if isinstance(whole, Reject) else split(whole)

    async def _take(self, batch: Batch, allowed: Collection[str], received_at_ms: int) -> Sequence[Outcome]:
        """One wait secures them all."""
        outcomes: list[Outcome] = []
        properties = self._properties.value
        for place, measurement in enumerate(batch.measurements, start=1):
            captured = capture_reported(measurement, allowed, received_at_ms, properties, self._new_id)
            outcomes.append(self._append(captured))
            if place % SLICE == 0:
                await asyncio.sleep(0)
        return await self._secure(outcomes)

    def _append(self, captured: Beacon | Reject) -> Outcome:
        return captured if isinstance(captured, Reject) else self._intake.append(captured) or captured.id

    async def _secure(self, outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
        if self._intake.secured and any(isinstance(outcome, bytes) for outcome in outcomes):
            refused = await self._intake.secured()
            return [refused if refused and isinstance(outcome, bytes) else outcome for outcome in outcomes]
        return outcomes
