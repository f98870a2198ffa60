"""Report: what a run put at stake, what was done to it, and what became of it."""

from collections.abc import Iterable
from typing import Any

import msgspec

from tests.chaos.load import Load
from tests.chaos.verdict import Verdict

FEWEST_OBLIGATIONS = 10_000
HEAD = ("run", "obligations", "kills (in flight)", "faults", "lost", "doubled", "measured")


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One run."""

    run: str
    """What was done, in a few words; the same in every run of it."""
    seconds: float
    obligations: int
    kills: int = 0
    kills_in_flight: int = 0
    """Those that hit work under way."""
    faults: int = 0
    """Injected otherwise: outages, toxics, stops, full disks, jumps of the clock."""
    lost: int = 0
    doubled: int = 0
    """Objects and files of hits that have more than one."""
    wrong: int = 0
    """Altered, or of an id that nobody sent."""
    repeated: int = 0
    """Records that a stream has again, which at least once allows."""
    measured: str = ""
    """Other figures of this run: latencies, memory, rates."""

    @property
    def void(self) -> str:
        """Why it proves nothing; empty when it does."""
        if not self.kills and not self.faults:
            return "nothing was injected"
        if self.kills and not self.kills_in_flight:
            return "no kill hit work in flight"
        if self.obligations < FEWEST_OBLIGATIONS:
            return f"fewer than {FEWEST_OBLIGATIONS:,} obligations"
        return ""

    @property
    def is_clean(self) -> bool:
        """Whether every obligation was met, once."""
        return not (self.lost or self.doubled or self.wrong)

    @property
    def row(self) -> tuple[str, ...]:
        """As HEAD names its columns."""
        kills = f"{self.kills:,} ({self.kills_in_flight:,})" if self.kills else ""
        doubled = f"{self.doubled}" + (f"; {self.repeated:,} again in streams" if self.repeated else "")
        measured = "; ".join(part for part in (f"{self.seconds:.0f} s", self.measured) if part)
        run = f"{self.run} (**void**: {self.void})" if self.void else self.run
        return (
            run,
            f"{self.obligations:,}",
            kills,
            f"{self.faults:,}" if self.faults else "",
            str(self.lost),
            doubled,
            measured,
        )


def report_of(run: str, load: Load, verdict: Verdict, **injected: Any) -> Report:
    """Of a run that this verdict is about. `injected`: what else a `Report` says."""
    return Report(
        run=run,
        seconds=load.seconds,
        obligations=len(load.obligations),
        lost=len(verdict.lost),
        doubled=len(verdict.doubled),
        wrong=len(verdict.altered | verdict.unknown),
        **injected,
    )


def table(reports: Iterable[Report]) -> str:
    """Markdown."""
    rows = [HEAD, ("---",) * len(HEAD), *(report.row for report in reports)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
