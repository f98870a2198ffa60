"""The event loop: which one runs, how late it wakes up, and when it is told to stop."""

import asyncio
import gc
import logging
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from prometheus_client import Gauge

from shared.logs import place_of

if sys.platform != "win32":
    import uvloop

PROBE_SECONDS = 0.1
WINDOW_SECONDS = 10.0
RESTART_SECONDS = 1.0
COLLECT_AFTER = (10_000, 50, 50)
"""Objects, and collections of the generation below: a request makes a dozen, and nearly all go by themselves."""

Work = Callable[[], Coroutine[Any, Any, None]]

log = logging.getLogger("blockmetry.loop")


def run(main: Coroutine[Any, Any, int]) -> int:
    """To the end of `main`, on uvloop where there is one."""
    return asyncio.run(_told(main)) if sys.platform == "win32" else uvloop.run(_told(main))


async def _told(main: Coroutine[Any, Any, int]) -> int:
    """What fails in a callback is told like everything else, not with what a client has sent and its address."""
    asyncio.get_running_loop().set_exception_handler(tell)
    return await main


def tell(_: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """An exception handler for event loops."""
    log.error("%s: %s", context.get("message", "a callback failed"), place_of(context.get("exception")))


def settle() -> None:
    """At the end of a start: what it made stays for ever, so the collector passes over it, and comes less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def stop_signal() -> asyncio.Event:
    """Set at the first SIGTERM or SIGINT, and when the terminal is closed, unless that is to be ignored (`nohup`)."""
    is_left_alone = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    return signalled(signal.SIGTERM, signal.SIGINT, *([] if is_left_alone else [signal.SIGHUP]))


def signalled(*numbers: signal.Signals) -> asyncio.Event:
    """Set at each of these signals."""
    told = asyncio.Event()
    for number in numbers:
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    return told


def tell_unraisable(unraisable: "sys.UnraisableHookArgs") -> None:
    """For `sys.unraisablehook`: what fails where nobody can hear of it, such as a name in TLS that is no text."""
    log.error("a callback failed: %s", place_of(unraisable.exc_value))


async def supervised(name: str, work: Work) -> None:
    """Until `work` ends of itself: what fails in a way nobody foresaw is told, and begins again."""
    while True:
        try:
            await work()
        except Exception as error:
            log.error("%s failed and begins again: %s", name, place_of(error))
            await asyncio.sleep(RESTART_SECONDS)
        else:
            return


async def watch_lag(gauge: Gauge) -> None:
    """Until cancelled: the worst lateness of the last ten to twenty seconds."""
    last = worst = 0.0
    window_ends = time.monotonic() + WINDOW_SECONDS
    while True:
        due = time.monotonic() + PROBE_SECONDS
        await asyncio.sleep(PROBE_SECONDS)
        worst = max(worst, time.monotonic() - due)
        gauge.set(max(worst, last))
        if time.monotonic() > window_ends:
            last, worst, window_ends = worst, 0.0, time.monotonic() + WINDOW_SECONDS
