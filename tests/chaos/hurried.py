"""`blockmetry`, which comes back within seconds to what failed and to what the dead left: for short tests."""

from blockmetry.__main__ import main
from gateway import journals, shipper
from workers import breaker, leftover, replay


def hurry() -> None:
    """The shape of the waits stays; the deadlines of calls stay altogether."""
    leftover.FIRST_DELAY_SECONDS = 2.0
    leftover.LONGEST_DELAY_SECONDS = 5.0
    breaker.LONGEST_PAUSE_SECONDS = 2.0
    journals.ADOPT_EVERY_SECONDS = 1.0
    shipper.LONGEST_DELAY_SECONDS = 1.0
    replay.HIDDEN_SECONDS = 1.0


if __name__ == "__main__":
    hurry()
    main()
