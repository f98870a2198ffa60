"""Processes: a small parent that keeps several gateways serving one port.

It listens and never accepts: the sockets are there while one process ends and another starts, so that nobody is
refused. Each process is begun by `exec`, so that a renewed one has the code and the configuration of the day.
"""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any

from gateway import listening
from gateway.place import Place
from shared import loop
from shared.config import Config, Gateway
from shared.http import url_at

PATIENCE_SECONDS = 30.0
"""For a process that leaves, beyond what it grants its clients and the queue."""

Announce = Callable[[str, str], None]


async def serve(config: Config, announce: Announce, command: Sequence[str]) -> int:
    """Until a signal; the exit code. `command` starts a child. Raises `ConfigError`, or `OSError` for ports."""
    stop, renewal = loop.signalled(signal.SIGTERM, signal.SIGINT), loop.signalled(signal.SIGHUP)
    places, urls = _open(config.gateway, command)
    code = await _first(stop.wait(), _work(places, renewal, partial(_tell, announce, urls)))
    patience_seconds = config.gateway.shutdown_grace_seconds + config.gateway.drain_seconds + PATIENCE_SECONDS
    have_left = await asyncio.gather(*(place.leave(patience_seconds) for place in places))
    return code or int(not all(have_left))


def _open(config: Gateway, command: Sequence[str]) -> tuple[Sequence[Place], Mapping[str, str]]:
    """The places, and what listens where."""
    publics = listening.share(config.host, config.port, config.processes)
    ports = [config.admin_port and config.admin_port + place for place in range(config.processes)]
    admins = [listening.listen(config.admin_host, port) for port in ports]
    scheme = "https" if config.tls_certificate else "http"
    urls = {"gateway": url_at(publics[0].getsockname(), config.path_prefix + "/", scheme)}
    urls |= {f"metrics {place}": url_at(admin.getsockname(), "/metrics") for place, admin in enumerate(admins)}
    pairs = zip(publics, admins, strict=True)
    return [Place(number, command, public, admin) for number, (public, admin) in enumerate(pairs)], urls


async def _work(places: Sequence[Place], renewal: asyncio.Event, tell: Callable[[], None]) -> int:
    """Until cancelled; or an exit code, when they cannot begin."""
    if code := await _begin(places):
        return code
    tell()
    async with asyncio.TaskGroup() as kept:
        for place in places:
            kept.create_task(loop.supervised(f"keeping process {place.number}", place.keep))
        await loop.supervised("renewing processes", partial(_renew, places, renewal))
    raise AssertionError("places are kept for ever")


async def _begin(places: Sequence[Place]) -> int:
    """The first alone: what is wrong with the configuration is said once."""
    first, *others = places
    return await first.begin() or max(await asyncio.gather(*(place.begin() for place in others)))


async def _renew(places: Sequence[Place], renewal: asyncio.Event) -> None:
    """At each SIGHUP, one after the other; what does not serve in one place is not tried in the next."""
    while True:
        await renewal.wait()
        renewal.clear()
        for place in places:
            if not await place.renew():
                break


async def _first(stopped: Coroutine[Any, Any, Any], working: Coroutine[Any, Any, int]) -> int:
    """What `working` comes to; 0 when `stopped` ends before."""
    stopping, work = asyncio.ensure_future(stopped), asyncio.ensure_future(working)
    await asyncio.wait({stopping, work}, return_when=asyncio.FIRST_COMPLETED)
    for task in (stopping, work):
        task.cancel()
    await asyncio.wait({stopping, work})
    return 0 if work.cancelled() else work.result()


def _tell(announce: Announce, urls: Mapping[str, str]) -> None:
    for what, where in urls.items():
        announce(what, where)
