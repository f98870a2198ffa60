"""The power fails before every sync, in it and behind it: what was acknowledged after a sync is read again, and what
was sent makes the same blocks.
"""

import shutil
import tempfile
from itertools import chain, count
from pathlib import Path
from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from gateway.journal import Journal, JournalError
from tests.faults.power import Power
from tests.unit.gateway.crash import crash
from tests.unit.gateway.journal_use import rest

SEGMENT_BYTES = 1_500
WHIMS = (0.0, 0.3, 0.7, 1.0)


def stretches_of(journal: Journal, limit_bytes: int) -> list[list[bytes]]:
    """Everything not read yet."""
    found = []
    while journal.unread_bytes:
        found.append(journal.read(limit_bytes).payloads)
    return found


class PowerMachine(RuleBasedStateMachine):
    """`promised` is the model: what was appended before a sync that has ended, and has not been committed."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="power-"))
        for name in ("journal", "aside"):
            (self.root / name).mkdir()
        salts = count(1)
        self.journal = Journal(self.root / "journal", 1 << 20, SEGMENT_BYTES, lambda: next(salts))
        self.power = Power(self.root / "journal", self.root / "aside")
        self.chance = Random(0)
        self.appended: list[bytes] = []
        self.promised: set[bytes] = set()
        self.committed: set[bytes] = set()
        self.failed: set[bytes] = set()
        """Whose sync did."""
        self.sent: list[list[bytes]] = []
        """Blocks; each was on disk before, with its ends."""
        self.cuts = 0

    @rule(sizes=st.lists(st.integers(0, 900), min_size=1, max_size=4))
    def append(self, sizes: list[int]) -> None:
        payloads = [b"%08d:" % (len(self.appended) + place) + b"x" * size for place, size in enumerate(sizes)]
        try:
            self.journal.append(*payloads)
        except JournalError:
            assert self.journal.is_broken
        else:
            self.appended += payloads

    @precondition(lambda self: not self.journal.is_broken)
    @rule(late=st.integers(0, 2))
    def sync(self, late: int) -> None:
        """`late`: appends while it is under way, in another thread."""
        taken, before = self.journal.begin_sync(), list(self.appended)
        for _ in range(late):
            self.append([100])
        with self.power.watching(self.at_sync):
            taken.run()
        self.promised |= set(before) - self.committed - self.failed
        self.lose_power()

    @precondition(lambda self: not self.journal.is_broken)
    @rule()
    def fail_to_sync(self) -> None:
        """Nothing of what it was for has come onto the disk, and nothing is promised."""
        taken = self.journal.begin_sync()
        try:
            with self.power.watching(self.power.fail):
                taken.run()
        except OSError:
            self.journal.abandon()
            self.failed |= set(self.appended) - self.promised
        self.lose_power()

    @precondition(lambda self: self.journal.is_broken)
    @rule()
    def work_again(self) -> None:
        self.journal.restore()
        with self.power.watching(self.at_sync):
            self.journal.begin_sync().run()
        self.journal.accept_again()

    @rule(limit_bytes=st.sampled_from([1, 700, 1 << 20]), is_committed=st.booleans())
    def ship(self, limit_bytes: int, is_committed: bool) -> None:
        stretch = self.journal.read(limit_bytes)
        if not self.journal.is_broken:
            with self.power.watching(self.at_sync):
                self.journal.begin_sync().run()
                self.promised |= set(self.appended) - self.committed - self.failed
                self.journal.sync_position()
            if not self.failed & set(stretch.payloads):
                self.sent.append(stretch.payloads)
            self.lose_power()
        if is_committed:
            self.lose_power()  # the queue has it, and we do not know
            self.journal.commit(stretch.end)
            behind = self.appended.index(stretch.payloads[-1]) + 1 if stretch.payloads else 0
            self.committed |= set(self.appended[:behind])
            self.promised -= self.committed
        else:
            self.journal.rewind()
        self.lose_power()

    @rule()
    def retire(self) -> None:
        self.journal.retire()
        self.lose_power()

    def at_sync(self, descriptor: int) -> None:
        """Before it, and behind it."""
        self.lose_power()
        self.power.sync(descriptor)
        self.lose_power()

    def lose_power(self) -> None:
        for whims in WHIMS:
            self.cuts += 1
            found = self.root / f"found-{self.cuts}"
            self.power.cut(found, self.chance, whims)
            self.recover(found)
            shutil.rmtree(found)

    def recover(self, found: Path) -> None:
        journal = Journal(found, 1 << 20, SEGMENT_BYTES)
        stretches = stretches_of(journal, self.chance.choice([1, 200, 1 << 20]))
        payloads = list(chain.from_iterable(stretches))
        for block in self.sent:
            assert block in stretches or not set(block) & set(payloads), "what was sent is sent again as another block"
        places = [self.appended.index(payload) for payload in payloads]
        assert places == sorted(set(places)), "in their order, each once, and nothing else"
        assert self.promised <= set(payloads), "what was acknowledged is lost"
        journal.append(b"later")
        assert rest(journal) == [b"later"]
        journal.commit(journal.end)
        journal.close()

    def teardown(self) -> None:
        crash(self.root)
        shutil.rmtree(self.root)


PowerMachine.TestCase.settings = settings(
    max_examples=settings().max_examples // 2, stateful_step_count=25, deadline=None
)
TestPower = PowerMachine.TestCase
