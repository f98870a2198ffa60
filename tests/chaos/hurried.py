"""`blockmetry`, whose lanes come back to what failed within seconds: for outages that are short as well."""

from blockmetry.__main__ import main
from workers import breaker, leftover, replay


def hurry() -> None:
    """The shape of the waits stays; the deadlines of calls stay altogether."""
    leftover.FIRST_DELAY_SECONDS = 2.0
    leftover.LONGEST_DELAY_SECONDS = 5.0
    breaker.LONGEST_PAUSE_SECONDS = 2.0
    replay.HIDDEN_SECONDS = 1.0


if __name__ == "__main__":
    hurry()
    main()
