"""Delays: from receipt to object."""

from collections.abc import Callable, Mapping, Sequence

from tests.chaos.customers import Account
from tests.chaos.load import Load
from tests.chaos.verdict import in_objects


def delays_of(
    load: Load, arrived: Mapping[int, float], is_meant: Callable[[int], bool] = lambda _: True
) -> Sequence[float]:
    """In seconds, the shortest first; what never came is judged by the verdict."""
    times = ((n, at, arrived[n]) for n, at in load.obligations.items() if n in arrived)
    return sorted(came - at for number, at, came in times if is_meant(number))


def share_of(delays: Sequence[float], share: float) -> float:
    """This share is as fast."""
    return delays[int(len(delays) * share)]


def arrivals_in(kept: Account) -> dict[int, float]:
    """When each hit came, where several share an object, in seconds since the Unix epoch."""
    return {
        int(found.record["Meta"]["RecordID"], 16): at
        for key, at in kept.came.items()
        for found in in_objects({key: kept.objects[key]})
    }
