"""The wall clock jumps: nothing is lost or doubled, nobody waits for a time that was, no time is negative."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from shared.sinks import Sink
from tests.chaos.clock import MODULE, Clock, faketime
from tests.chaos.conftest import Take
from tests.chaos.customers import Account, assumed, serving, stream
from tests.chaos.fleet import Fleet
from tests.chaos.load import Load
from tests.chaos.report import report_of
from tests.chaos.scrape import held, scrape, until_held
from tests.chaos.verdict import Verdict, in_objects, settled_in
from tests.faults.amazon import Answer
from tests.faults.judge import judged
from tests.faults.queue_server import QueueServer
from tests.faults.request import Request
from tests.running import Running

HOUR, DAY = 3_600.0, 86_400.0
TOLERATED = 600.0
"""A clock that is as wrong may sign."""
JUMPS = (HOUR, DAY, -5.0, -HOUR, -DAY, 5.0)
"""One after the other; in the end the clock is right again."""
SHORT_JUMPS = (DAY, -5.0, -DAY, 5.0)
LONG_CYCLES = 100
PER_SECOND = 300.0
SLOWED_PER_SECOND = 100.0
"""Of who asks for a file's content whenever they want to know the time."""
FRESH_SECONDS = 20.0
"""Within this, what is sent after a jump is written: who waits for a time that was waits for an hour, or a day."""
SETTLE_SECONDS = 60.0
IDLE_SHARE = 0.5
HELD_WITHIN_SECONDS = 1.0
QUICK = {
    "BLOCKMETRY_QUEUE__VISIBILITY_TIMEOUT_SECONDS": "1",
    "BLOCKMETRY_WORKER__VISIBILITY_HEARTBEAT_SECONDS": "0.3",
}
SESSION_SECONDS = 2.0
"""Of the keys of roles, on Amazon's clock, whatever ours says."""


class Strict(Account):
    """Judges dates, and the age of keys, before it does anything."""

    def answer(self, request: Request, failing: int = 0) -> Answer:
        return judged(request, self.session_seconds) or super().answer(request, failing)


@pytest.fixture(params=["python", "libfaketime"])
def clock(request: pytest.FixtureRequest, tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock", faketime() if request.param == "libfaketime" else "")


class Machine:
    """Gateway and workers on one data directory, all with one clock."""

    def __init__(self, data: Path, clock: Clock) -> None:
        self.data = data
        self._environ = {**QUICK, **clock.environ}
        self.processes = [self._start("gateway", "--port", "0"), *(self._start("worker") for _ in range(2))]
        self.url = self.processes[0].url("gateway")
        self.hits = 0

    async def kill_worker(self) -> None:
        """One of them, while it has something if possible: somebody else will write it, at another time."""
        await until_held(self.data, HELD_WITHIN_SECONDS)
        self.processes.pop(1).kill()
        self.hits += held(self.data) > 0
        self.processes.append(await asyncio.to_thread(self._start, "worker"))

    def stop(self) -> Iterator[int]:
        """Exit codes."""
        for process in self.processes:
            yield process.stop()

    def _start(self, *arguments: str) -> Running:
        return Running(self.data, *arguments, "--admin-port", "0", environ=self._environ, module=MODULE)


async def test_the_clock_of_a_machine_jumps(tmp_path: Path, clock: Clock, cycles: int, report: Take) -> None:
    data = tmp_path / "data"
    machine, slowest = Machine(data, clock), 0.0
    load = Load(machine.url, per_second=SLOWED_PER_SECOND)
    try:
        async with load.running():
            for _ in range(max(1, cycles // 20)):
                for jump in JUMPS if cycles >= LONG_CYCLES else SHORT_JUMPS:
                    await load.promised(len(load.obligations) + 50)
                    await machine.kill_worker()
                    clock.jump(jump)
                    slowest = max(slowest, await _written(load, partial(_is_file, data / "records")))
                    await asyncio.to_thread(_assert_sane, machine.processes)
        verdict = await settled_in(data, load, SETTLE_SECONDS)
        _assert_idle(machine.processes)
    finally:
        codes = list(machine.stop())
    assert codes == [0] * len(codes)
    assert machine.hits, "nobody had anything at a jump: the run is void"
    how = "libfaketime" if "LD_PRELOAD" in clock.environ else "Python's"
    measured = f"what came after a jump was written within {slowest:.1f} s"
    run = f"the clock of gateway and workers set ({how}), workers killed"
    report(
        report_of(
            run, load, verdict, kills=clock.jumps, kills_in_flight=machine.hits, faults=clock.jumps, measured=measured
        )
    )


async def test_amazon_refuses_a_clock_that_is_wrong_and_nothing_is_lost(
    tmp_path: Path, queue_server: QueueServer, cycles: int, report: Take
) -> None:
    clock, slowest = Clock(tmp_path / "clock", faketime()), 0.0
    with serving(Strict()) as (server, kept):
        kept.session_seconds = SESSION_SECONDS
        sinks: dict[str, Sequence[Sink]] = {"objects": [assumed("objects", server.url)], "hits": [stream(server.url)]}
        environ = {**clock.environ, "BLOCKMETRY_WORKER__PERMANENT_AFTER_SECONDS": "1"}
        fleet = Fleet(tmp_path, queue_server, sinks, environ=environ, module=MODULE)
        load = Load(fleet.url, [*sinks], per_second=PER_SECOND)
        try:
            async with load.running():
                for _ in range(max(1, cycles // 20)):
                    for jump in (HOUR, -HOUR, DAY, -DAY, -TOLERATED, TOLERATED):
                        clock.jump(jump)
                        await asyncio.sleep(SESSION_SECONDS * 1.5 if jump == -TOLERATED else 0.7)
                        if abs(clock.ahead) <= TOLERATED:
                            taken = await _written(load, lambda number: number in kept.arrived, step=2)
                            slowest = max(slowest, taken)
            await fleet.settled(SETTLE_SECONDS)
            refused = fleet.read_workers("sink_errors_total", kind="retryable")
        finally:
            fleet.stop()
        verdict, streamed = (
            Verdict(load, in_objects(kept.objects), ["objects"]),
            Verdict(load, kept.in_streams(), ["hits"]),
        )
    assert refused, "nothing was refused: the run is void"
    assert not fleet.dead_letters()
    assert streamed.is_whole, str(streamed)
    run = "the clock set where Amazon judges it (S3, STS, Kinesis)"
    measured = f"{refused:,.0f} refusals; what came after a jump was written within {slowest:.1f} s"
    report(report_of(run, load, verdict, faults=clock.jumps, repeated=streamed.repeated, measured=measured))


async def _written(load: Load, is_there: Callable[[int], bool], step: int = 1) -> float:
    """Until one is that was sent after now: how long it took. `step`: of how many properties the first counts."""
    began, number = time.monotonic(), max(load.attempted) + 50
    number -= number % step
    while not is_there(number):
        assert time.monotonic() - began < FRESH_SECONDS, "nothing is written any more"
        await asyncio.sleep(0.1)
    return time.monotonic() - began


def _is_file(records: Path, number: int) -> bool:
    return any(records.glob(f"property=*/date=*/hour=*/{number:032x}.json"))


def _assert_sane(processes: Sequence[Running]) -> None:
    for process in processes:
        for sample in scrape(process):
            assert sample.value >= 0, sample
            if sample.name in (
                "blockmetry_ack_seconds_sum",
                "blockmetry_ship_seconds_sum",
                "blockmetry_sink_seconds_sum",
            ):
                assert sample.value < 60 * 60, sample


def _assert_idle(processes: Sequence[Running]) -> None:
    """Nobody spins while there is nothing to do."""
    before = [_cpu_seconds(process) for process in processes]
    time.sleep(1)
    used = [_cpu_seconds(process) - was for process, was in zip(processes, before, strict=True)]
    assert max(used) < IDLE_SHARE, used


def _cpu_seconds(process: Running) -> float:
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100
