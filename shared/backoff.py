"""Exponential backoff with full jitter: many clients that fail together do not come back together."""

from collections.abc import Callable, Iterator


def delays(first_seconds: float, longest_seconds: float, random: Callable[[], float]) -> Iterator[float]:
    """Endless. `random` returns 0 to 1; each delay is between half of its bound and the bound."""
    bound = first_seconds
    while True:
        yield bound * (0.5 + random() / 2)
        bound = min(bound * 2, longest_seconds)
