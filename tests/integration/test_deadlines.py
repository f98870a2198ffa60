"""Whatever a server does, who calls it is told within the deadline and a second, and is not lied to."""

import asyncio
import gc
from collections.abc import Iterable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from time import monotonic

import pytest

from shared.queues import sqs
from tests.faults.certificates import Authority, authority
from tests.faults.fault import Fault
from tests.faults.server import FaultyServer, faulty
from tests.integration.outside import EVERYTHING, Call, Open, Outside
from tests.moto import ENVIRONMENT
from workers.sinks import bucket, credentials, streams
from workers.sinks.firehose import Firehose
from workers.sinks.kinesis import Kinesis

REAL_DEADLINES = [
    bucket.BucketStore.deadline_seconds or 0,
    streams.DEADLINE_SECONDS,
    credentials.OBTAIN_SECONDS,
    sqs.CALL_SECONDS + sqs.ACK_LINGER_SECONDS,
]
DEADLINE_SECONDS = 0.5
"""Instead of the real ones."""
GRACE_SECONDS = 1.0
AT_ONCE = 6
CROWD = 20
PACE_SECONDS = 0.01
PATIENCE_SECONDS = 5.0
OF_EACH_KIND = ["objects, a hit each", "objects, by a role", "kinesis, by a role", "firehose", "queue"]
"""Of client and of credentials: the others share theirs."""
BEFORE_THE_FIRST_CALL = [Fault.REFUSE, Fault.HANG_AT_ONCE, Fault.HANG, Fault.RESET_IN_REQUEST]
OVER_TLS = [*BEFORE_THE_FIRST_CALL, Fault.RESET_AFTER_REQUEST, Fault.TRUNCATED, Fault.TRICKLE, Fault.SLOW_DOWN]


@pytest.fixture(autouse=True)
def _brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """All deadlines."""
    monkeypatch.setattr(bucket.BucketStore, "deadline_seconds", DEADLINE_SECONDS)
    monkeypatch.setattr(credentials, "OBTAIN_SECONDS", DEADLINE_SECONDS)
    monkeypatch.setattr(credentials, "PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(sqs, "ACK_LINGER_SECONDS", 0.01)
    for opened in (Kinesis, Firehose, sqs.SqsQueue):
        *others, _ = opened.__init__.__defaults__ or ()
        monkeypatch.setattr(opened.__init__, "__defaults__", (*others, DEADLINE_SECONDS))
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@contextmanager
def servers(faults: Iterable[Fault], by: Authority | None = None) -> Iterator[dict[Fault, FaultyServer]]:
    """One for each fault, without it as yet."""
    with ExitStack() as stack:
        yield {fault: stack.enter_context(faulty(by)) for fault in faults}


class Case:
    """All calls of one client under one fault: before, during and after it."""

    def __init__(self, fault: Fault, server: FaultyServer, outside: Outside) -> None:
        self._fault = fault
        self._server = server
        self._outside = outside
        server.pace_seconds = PACE_SECONDS

    async def fails_in_time(self, times: int = 1) -> list[str]:
        """What is wrong, where all are called at once."""
        self._server.turn(self._fault)
        calls = list(self._outside.calls.items()) * times
        found = await asyncio.gather(*(self._ends_in_time(call) for _, call in calls))
        return [f"{name} under {self._fault} {wrong}" for (name, _), wrong in zip(calls, found, strict=True) if wrong]

    async def works(self) -> list[str]:
        """What is wrong, without the fault."""
        self._server.turn(None)
        calls = self._outside.calls.items()
        return [
            f"{name} after {self._fault}: {wrong}" for name, call in calls if (wrong := await self._ends_well(call))
        ]

    async def _ends_in_time(self, call: Call) -> str:
        began = monotonic()
        try:
            await call()
        except self._outside.refusals:
            pass
        except Exception as error:
            return f"raises {error!r}"
        seconds = monotonic() - began
        return f"takes {seconds:.1f} s" if seconds > DEADLINE_SECONDS + GRACE_SECONDS else ""

    async def _ends_well(self, call: Call) -> str:
        """Within a few tries: keys are not asked for again at once."""
        patience_ends = monotonic() + PATIENCE_SECONDS
        while True:
            try:
                await call()
            except self._outside.refusals as error:
                if monotonic() > patience_ends:
                    return repr(error)
                await asyncio.sleep(0.05)
            else:
                return ""


async def wrong(servers: dict[Fault, FaultyServer], open_one: Open, *, warm: bool = True) -> str:
    """With a client of its own for each fault. Silence is waited out together, but opening clients is work."""
    async with AsyncExitStack() as stack:
        cases = [Case(*one, await stack.enter_async_context(open_one(one[1]))) for one in servers.items()]
        found = [await case.works() for case in cases if warm]
        for first in range(0, len(cases), AT_ONCE):
            found += await asyncio.gather(*(case.fails_in_time() for case in cases[first : first + AT_ONCE]))
        found += [await case.works() for case in cases]
    return "\n".join(chain(*found))


async def nothing_is_left() -> None:
    """Neither tasks nor, once the garbage is collected, warnings."""
    await asyncio.sleep(0.05)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    gc.collect()


def test_no_deadline_is_longer_than_ten_seconds() -> None:
    assert all(0 < seconds <= 10 for seconds in REAL_DEADLINES)


@pytest.mark.parametrize("name", [name for name in EVERYTHING if name != "kinesis, by a role"])
async def test_every_call_ends_in_time_under_every_fault_and_works_when_it_is_over(name: str) -> None:
    with servers(Fault) as broken:
        assert await wrong(broken, EVERYTHING[name]) == ""
    await nothing_is_left()


@pytest.mark.parametrize("name", ["objects, a hit each", "kinesis, by a role", "queue"])
async def test_so_does_the_first_call_of_all(name: str) -> None:
    with servers(BEFORE_THE_FIRST_CALL) as broken:
        assert await wrong(broken, EVERYTHING[name], warm=False) == ""
    await nothing_is_left()


@pytest.mark.parametrize("name", OF_EACH_KIND)
async def test_a_crowd_of_callers_waits_no_longer_than_one(name: str) -> None:
    with faulty() as server:
        async with EVERYTHING[name](server) as outside:
            case = Case(Fault.HANG, server, outside)
            assert await case.works() == []
            assert await case.fails_in_time(CROWD) == []
            assert await case.works() == []
    await nothing_is_left()


@pytest.mark.parametrize("name", OF_EACH_KIND)
async def test_so_does_every_call_over_tls(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = authority(tmp_path)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(made.path))
    with servers(OVER_TLS, made) as broken:
        assert await wrong(broken, EVERYTHING[name]) == ""
    await nothing_is_left()


@pytest.mark.parametrize("name", OF_EACH_KIND)
async def test_a_server_whose_authority_nobody_knows_is_told_nothing(name: str, tmp_path: Path) -> None:
    with faulty(authority(tmp_path)) as server:
        async with EVERYTHING[name](server) as outside:
            for call in outside.calls.values():
                with pytest.raises(outside.refusals):
                    await call()
        assert server.requests == []
    await nothing_is_left()
