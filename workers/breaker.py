"""Breaker: a sink that is down is not asked again by everybody who comes along."""

import time
from collections.abc import Callable, Iterator
from random import random

from shared.backoff import delays

OPEN_AFTER_SECONDS = 2.0
"""Of nothing but failures: shorter trouble is waited out."""
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
TRIAL_SECONDS = 10.0
"""A trial that has not told how it ended by then is no reason not to make another."""


class Breaker:
    """Closed as long as things work. Open, it admits one trial after each pause, and the pauses grow."""

    def __init__(self, now: Callable[[], float] = time.monotonic, random_number: Callable[[], float] = random) -> None:
        self._now = now
        self._random = random_number
        self._failing_since: float | None = None
        self._pauses: Iterator[float] | None = None
        self._next_trial = self._tried_at = 0.0

    @property
    def is_open(self) -> bool:
        """Nothing has worked for a while."""
        return self._pauses is not None

    def admits(self) -> bool:
        """Whether to try now; who is admitted says how it went."""
        if self._pauses is None:
            return True
        if self._now() < self._next_trial:
            return False
        self._tried_at = self._now()
        self._next_trial = self._tried_at + TRIAL_SECONDS
        return True

    def succeeded(self) -> None:
        """Something was written: closed."""
        self._failing_since = self._pauses = None

    def failed(self, began: float) -> None:
        """Nothing was, in a try that began then (`now`). Only a trial makes the pauses longer."""
        if self.is_open and began < self._tried_at:
            return
        self._failing_since = began if self._failing_since is None else min(self._failing_since, began)
        if self._now() - self._failing_since < OPEN_AFTER_SECONDS:
            return
        if self._pauses is None:
            self._tried_at = self._now()
            self._pauses = delays(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, self._random)
        self._next_trial = self._now() + next(self._pauses)
