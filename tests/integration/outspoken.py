"""`blockmetry` that logs all it can, hurries to hand back what failed, and stumbles over one title with an error that
quotes everything: to see what it tells of whom.
"""

import logging

from blockmetry.__main__ import main
from shared import logs
from shared.record import PerfMetrics
from tests.chaos.hurried import hurry
from workers import lane, replay
from workers.measurement import Measurement
from workers.steps import performance

STUMBLED_OVER = "Stumble"
_measure = performance.measure
_configure = logs.configure


def stumble(m: Measurement) -> PerfMetrics:
    if m.title.startswith(STUMBLED_OVER):
        raise ValueError(f"cannot measure {m!r}")
    return _measure(m)


def configure(level: int = logging.DEBUG, place: int | None = None) -> None:
    _configure(level, place)
    logging.getLogger("blockmetry").debug("nothing is left out")


if __name__ == "__main__":
    hurry()
    lane.PATIENCE_SECONDS = lane.TOGETHER_SECONDS = 0.1
    replay.HIDDEN_SECONDS = 1.0
    logs.configure = configure
    performance.measure = stumble
    main()
