"""Whatever a server does, who calls it is told within the deadline and a second, and is not lied to."""

import asyncio
import gc
from collections.abc import Iterable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from shared.aws import Client
from shared.queues import sqs
from tests.faults.certificates import Authority, authority
from tests.faults.fault import Fault
from tests.faults.server import FaultyServer, faulty
from tests.integration.outside import CALLS, Open, Outside
from workers.sinks import bucket, credentials

OBJECTS_SECONDS = bucket.BucketStore.deadline_seconds
LONGEST_SECONDS = 10.0
DEADLINE_SECONDS = 0.5
"""Instead of the real ones."""
GRACE_SECONDS = 1.0
AT_ONCE = 8
PACE_SECONDS = 0.01
PATIENCE_SECONDS = 5.0
OF_EACH_KIND = ["objects, a hit each", "objects, by a role", "kinesis, by a role", "firehose", "send", "receive"]
"""Of client and of credentials: the others share theirs."""
BEFORE_THE_FIRST_CALL = [Fault.REFUSE, Fault.HANG_AT_ONCE, Fault.HANG, Fault.RESET_IN_REQUEST]
OVER_TLS = [*BEFORE_THE_FIRST_CALL, Fault.RESET_AFTER_REQUEST, Fault.TRUNCATED, Fault.TRICKLE, Fault.SLOW_DOWN]


@pytest.fixture(autouse=True)
def deadlines(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """What each operation would have been given; all get less."""
    given: dict[str, float] = {}
    call = Client.call

    async def brief(self: Client, operation: str, deadline_seconds: float, **parameters: Any) -> dict[str, Any]:
        given[operation] = deadline_seconds
        return await call(self, operation, min(deadline_seconds, DEADLINE_SECONDS), **parameters)

    monkeypatch.setattr(Client, "call", brief)
    monkeypatch.setattr(bucket.BucketStore, "deadline_seconds", DEADLINE_SECONDS)
    monkeypatch.setattr(sqs, "CALL_SECONDS", DEADLINE_SECONDS)
    monkeypatch.setattr(sqs, "ACK_LINGER_SECONDS", 0.01)
    monkeypatch.setattr(credentials, "PAUSE_SECONDS", 0.1)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "operator")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    return given


@contextmanager
def servers(faults: Iterable[Fault], by: Authority | None = None) -> Iterator[dict[Fault, FaultyServer]]:
    """One for each fault, without it as yet."""
    with ExitStack() as stack:
        yield {fault: stack.enter_context(faulty(by)) for fault in faults}


class Case:
    """One call under one fault: before, during and after it."""

    def __init__(self, fault: Fault, server: FaultyServer, outside: Outside) -> None:
        self._fault = fault
        self._server = server
        self._outside = outside
        server.pace_seconds = PACE_SECONDS

    async def fails_in_time(self) -> str:
        """What is wrong, or nothing."""
        self._server.turn(self._fault)
        began = monotonic()
        try:
            await self._outside.call()
        except self._outside.refusals:
            pass
        except Exception as error:
            return f"{self._fault}: {error!r}"
        seconds = monotonic() - began
        return f"{self._fault}: takes {seconds:.1f} s" if seconds > DEADLINE_SECONDS + GRACE_SECONDS else ""

    async def works(self) -> str:
        """What is wrong, or nothing."""
        self._server.turn(None)
        began = monotonic()
        while True:
            try:
                await self._outside.call()
            except self._outside.refusals as error:
                if monotonic() - began > PATIENCE_SECONDS:
                    return f"{self._fault}: does not work without it: {error}"
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
    return "\n".join(filter(None, found))


async def nothing_is_left() -> None:
    """Neither tasks nor, once the garbage is collected, warnings."""
    await asyncio.sleep(0.05)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    gc.collect()


async def test_no_deadline_is_longer_than_a_lane_or_a_gateway_can_wait(deadlines: dict[str, float]) -> None:
    with faulty() as server:
        for open_one in CALLS.values():
            async with open_one(server) as outside:
                await outside.call()
    assert deadlines.keys() >= {"assume_role", "put_records", "put_record_batch", "send_message_batch", "send_message"}
    assert max(deadlines.values()) <= LONGEST_SECONDS
    assert OBJECTS_SECONDS is not None
    assert OBJECTS_SECONDS <= LONGEST_SECONDS
    await nothing_is_left()


@pytest.mark.parametrize("name", [name for name in CALLS if name != "kinesis, by a role"])
async def test_every_call_ends_in_time_under_every_fault_and_works_when_it_is_over(name: str) -> None:
    with servers(Fault) as broken:
        assert await wrong(broken, CALLS[name]) == ""
    await nothing_is_left()


@pytest.mark.parametrize("name", ["objects, a hit each", "kinesis, by a role", "send", "receive"])
async def test_so_does_the_first_call_of_all(name: str) -> None:
    with servers(BEFORE_THE_FIRST_CALL) as broken:
        assert await wrong(broken, CALLS[name], warm=False) == ""
    await nothing_is_left()


@pytest.mark.parametrize("name", OF_EACH_KIND)
async def test_so_does_every_call_over_tls(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = authority(tmp_path)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(made.path))
    with servers(OVER_TLS, made) as broken:
        assert await wrong(broken, CALLS[name]) == ""
    await nothing_is_left()


@pytest.mark.parametrize("name", OF_EACH_KIND)
async def test_a_server_whose_authority_nobody_knows_is_told_nothing(name: str, tmp_path: Path) -> None:
    with faulty(authority(tmp_path)) as server:
        async with CALLS[name](server) as outside:
            with pytest.raises(outside.refusals):
                await outside.call()
        assert server.requests == []
    await nothing_is_left()
