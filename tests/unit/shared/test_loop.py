import asyncio
import signal
import sys
import time
from contextlib import suppress

import pytest
from prometheus_client import CollectorRegistry, Gauge

from shared import loop


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_signal_says_that_it_is_time_to_stop(number: signal.Signals, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "getsignal", lambda _: signal.SIG_DFL)  # also where the tests run under nohup
    stop = loop.stop_signal()
    try:
        assert not stop.is_set()
        signal.raise_signal(number)
        await asyncio.wait_for(stop.wait(), 5)
    finally:
        for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            asyncio.get_running_loop().remove_signal_handler(each)


async def test_who_ignores_a_closed_terminal_goes_on_doing_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "getsignal", lambda _: signal.SIG_IGN)
    loop.stop_signal()
    assert not asyncio.get_running_loop().remove_signal_handler(signal.SIGHUP)


async def test_the_worst_lateness_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "PROBE_SECONDS", 0.005)
    registry = CollectorRegistry()
    task = asyncio.create_task(loop.watch_lag(Gauge("lag", "Lag", registry=registry)))
    await asyncio.sleep(0.01)
    time.sleep(0.06)  # noqa: ASYNC251 - somebody blocks the loop
    await asyncio.sleep(0.03)
    assert 0.04 < (registry.get_sample_value("lag") or 0) < 5
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_what_was_late_long_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "PROBE_SECONDS", 0.002)
    monkeypatch.setattr(loop, "WINDOW_SECONDS", 0.05)
    registry = CollectorRegistry()
    task = asyncio.create_task(loop.watch_lag(Gauge("lag", "Lag", registry=registry)))
    await asyncio.sleep(0.005)
    time.sleep(0.3)  # noqa: ASYNC251 - somebody blocks the loop
    async with asyncio.timeout(5):
        while not (registry.get_sample_value("lag") or 0) > 0.2:
            await asyncio.sleep(0.002)
        while (registry.get_sample_value("lag") or 0) > 0.2:
            await asyncio.sleep(0.002)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def test_the_exit_code_is_what_the_program_returns() -> None:
    async def main() -> int:
        return 3

    assert loop.run(main()) == 3


async def test_supervised_work_that_fails_is_told_and_begins_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(loop, "RESTART_SECONDS", 0.0)
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)
        if len(runs) < 3:
            raise ValueError("https://shop.example.com/secret")

    await loop.supervised("counting", work)
    assert len(runs) == 3
    assert "counting failed and begins again: ValueError in test_loop.py" in caplog.text
    assert "secret" not in caplog.text


async def test_supervised_work_can_be_cancelled() -> None:
    task = asyncio.create_task(loop.supervised("waiting", asyncio.Event().wait))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_callback_that_fails_is_told_with_its_place_and_without_what_it_was_about(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> int:
        asyncio.get_running_loop().call_soon(dict[str, str]().__getitem__, "what a visitor sent")
        await asyncio.sleep(0)
        return 3

    assert loop.run(main()) == 3
    (line,) = caplog.records
    assert line.exc_info is None
    assert "KeyError" in line.getMessage()
    assert "visitor" not in line.getMessage()


def test_what_nobody_can_hear_of_is_told_without_what_it_was_about(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Odd:
        def __del__(self) -> None:
            raise KeyError("what a visitor sent")

    monkeypatch.setattr(sys, "unraisablehook", loop.tell_unraisable)
    Odd()
    (line,) = caplog.records
    assert "KeyError in test_loop.py:" in line.getMessage()
    assert "visitor" not in line.getMessage()
