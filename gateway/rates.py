"""Rates: how many measurements of a property this process takes in a second, where the property has a limit."""

import math
import time
from collections.abc import Callable

from gateway.reject import Reject, RejectReason
from shared.properties import Properties
from shared.watch import Watched

LONGEST_WAIT_SECONDS = 86_400
ROUNDING = 1e-9
"""Who has waited as long as he was told must not miss a token for it."""


class Bucket:
    """Fills at a steady rate, up to one second's worth and at least one token; each measurement takes a token."""

    def __init__(self, per_second: float, now: float) -> None:
        """Full. `now` is monotonic, here and below."""
        self._per_second = per_second
        self._tokens = self._size = max(1.0, per_second)
        self._filled_at = now

    def take(self, now: float) -> float:
        """0.0 with a token taken; else the seconds until there is one."""
        self._fill(now)
        if self._tokens >= 1 - ROUNDING:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._per_second

    def change(self, per_second: float, now: float) -> None:
        """Another rate from now on: what was saved up or spent stays so, as far as there is room."""
        self._fill(now)
        self._per_second = per_second
        self._size = max(1.0, per_second)
        self._tokens = min(self._tokens, self._size)

    def _fill(self, now: float) -> None:
        self._tokens = min(self._size, self._tokens + (now - self._filled_at) * self._per_second)
        self._filled_at = now


class Rates:
    """A bucket for each property that has a limit. A reload of the properties refills none."""

    def __init__(self, properties: Watched[Properties], now: Callable[[], float] = time.monotonic) -> None:
        self._properties = properties
        self._now = now
        self._limited: Properties = {}
        self._buckets: dict[str, Bucket] = {}

    def refuse(self, property_id: str) -> Reject | None:
        """Why one more measurement is too many; None when it is not, and has been counted."""
        if self._properties.value is not self._limited:
            self._reload(self._properties.value)
        bucket = self._buckets.get(property_id)
        if bucket is None or not (wait_seconds := bucket.take(self._now())):
            return None
        per_second = self._limited[property_id].rate_limit_per_second
        retry_after_seconds = math.ceil(min(wait_seconds, LONGEST_WAIT_SECONDS))
        return Reject(RejectReason.RATE_LIMITED, f"at most {per_second:g} a second", retry_after_seconds)

    def _reload(self, properties: Properties) -> None:
        now = self._now()
        rates = {name: entry.rate_limit_per_second for name, entry in properties.items() if entry.rate_limit_per_second}
        self._buckets = {name: self._bucket(name, rate, now) for name, rate in rates.items()}
        self._limited = properties

    def _bucket(self, property_id: str, per_second: float, now: float) -> Bucket:
        known = self._buckets.get(property_id)
        if known is None:
            return Bucket(per_second, now)
        known.change(per_second, now)
        return known
