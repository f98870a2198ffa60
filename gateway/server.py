"""Server: the public port with the journal and the shipper behind it."""

import asyncio
import logging
import secrets
import socket
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry

from gateway import journals, pages, tls
from gateway.amp_config import AmpConfigs
from gateway.app import App
from gateway.books import Books
from gateway.collect import Collect
from gateway.front import Front
from gateway.intake import Intake
from gateway.journal import Journal
from gateway.metrics import Metrics
from gateway.rates import Rates
from gateway.shipped import Shipped
from gateway.shipper import Own, Packing, Shipper
from gateway.sync import JournalSync
from shared import beacon, loop
from shared.config import Config
from shared.properties import Properties
from shared.queues import Queue
from shared.watch import Watched, keep_fresh

SEE_OFF_SECONDS = 5.0
ARRIVE_SECONDS = 0.5
"""For clients that were let in at the last moment, and those in a handshake, who are no connections yet."""

log = logging.getLogger("blockmetry.gateway")


class Server:
    """One gateway process's work, inside a running event loop."""

    def __init__(
        self,
        config: Config,
        properties: Watched[Properties],
        queue: Queue,
        registry: CollectorRegistry,
        extra_pages: Mapping[str, pages.Page] | None = None,
    ) -> None:
        """Raises `OSError` when the journal cannot be had, and `ConfigError` for the files of TLS."""
        self._config = config.gateway
        self._identity = tls.watch(config.gateway)
        self._properties = properties
        self._queue = queue
        self._root = Path(config.data) / "journal"
        self._root.mkdir(parents=True, exist_ok=True)
        self._journal = journals.claim(self._root, config.gateway.journal_max_bytes)
        self._sync = JournalSync(self._journal)
        self._metrics = Metrics(registry)
        self._packing = Packing(config.gateway.block_max_bytes, config.queue.keyring(), config.queue.group_by_property)
        shipped, books = Shipped(), Books(self._metrics)
        outlasts_power = config.gateway.acknowledge_after != "write"
        own = Own(shipped, books, self._sync if outlasts_power else None)
        self._shipper = self._shipper_of(self._journal, own)
        rates = Rates(properties)
        self._intake = Intake(config.gateway, rates, self._journal, self._sync, shipped, books, self._metrics)
        collect = Collect(config.gateway, properties, self._intake, new_id=lambda: secrets.token_bytes(16))
        served = {**pages.tag(), **(extra_pages or {})}
        amp_configs = AmpConfigs(config.gateway, properties)
        self._app = App(collect, served, amp_configs, self._metrics, config.gateway.path_prefix)
        at_once = None if self._intake.secured else collect.beacon_at_once
        self._front = Front(config.gateway, self._app.answer, self._metrics, at_once)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, inherited: socket.socket | None = None) -> str:
        """The URL of the public port; `inherited` listens on it already. Raises `OSError` when it cannot be had."""
        identity = self._identity
        url = await self._front.listen(inherited, (lambda: identity.value.context) if identity else None)
        self._tasks = [asyncio.create_task(loop.supervised(name, work)) for name, work in self._background()]
        self._measure()
        return url + self._config.path_prefix + "/"

    def _background(self) -> list[tuple[str, loop.Work]]:
        """What goes on beside the requests; shipping comes first."""
        max_bytes = self._config.journal_max_bytes
        return [
            ("shipping", self._shipper.run),
            ("syncing the journal", self._sync.run),
            ("watching the connections", self._front.watch),
            ("adopting journals", partial(journals.adopt, self._root, max_bytes, self._shipper_of)),
            ("reading the properties again", partial(keep_fresh, self._properties)),
            ("watching the event loop", partial(loop.watch_lag, self._metrics.loop_lag_seconds)),
            *([("reading the certificate again", partial(keep_fresh, self._identity))] if self._identity else []),
        ]

    def not_ready(self) -> str:
        """Why no load balancer should send us anything; empty when it should."""
        return "shutting_down" if self._front.is_leaving else self._journal.refusal

    async def stop(self, *, is_succeeded: bool = False) -> None:
        """Not ready, a grace period, no new connections, then ships what time allows; the rest at the next start.

        `is_succeeded`: another process listens in our place already, so that only our connections have to be seen off.
        """
        if self._tasks:
            await (self._see_off() if is_succeeded else self._look_away())
            await self._finish()
        self._sync_last()
        if self._journal.waiting_bytes:
            log.warning("%d bytes stay in the journal for the next start", self._journal.waiting_bytes)
        self._journal.close()

    async def _look_away(self) -> None:
        """Time for load balancers to see that we are not ready, and for clients to go by themselves."""
        self._front.leave()
        await asyncio.sleep(self._config.shutdown_grace_seconds)

    async def _see_off(self) -> None:
        """Each client hears with its next answer that it was the last; who asks nothing more is waited for a while."""
        self._front.stop_listening()
        self._front.leave()
        await self._front.emptied(SEE_OFF_SECONDS)

    async def _finish(self) -> None:
        self._intake.is_closing = True
        await self._front.close()
        self._shipper.finish()
        await asyncio.wait(self._tasks[:1], timeout=self._config.drain_seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _sync_last(self) -> None:
        """What stays for the next start survives the machine too."""
        try:
            self._journal.begin_sync().run()
        except OSError as error:
            log.error("the journal could not be synced: %s", error)

    def _shipper_of(self, journal: Journal, own: Own | None = None) -> Shipper:
        age_seconds = self._config.block_max_age_seconds
        return Shipper(journal, self._queue, self._metrics, self._packing, age_seconds, own)

    def _measure(self) -> None:
        """What is read when somebody looks."""
        self._metrics.journal_bytes.set_function(lambda: self._journal.waiting_bytes)
        self._metrics.journal_damaged_bytes.set_function(lambda: self._journal.damaged_bytes)
        self._metrics.journal_oldest_seconds.set_function(self._oldest_seconds)
        self._metrics.connections.set_function(lambda: self._front.connections)

    def _oldest_seconds(self) -> float:
        oldest = self._journal.first_waiting()
        return max(0.0, time.time() - beacon.decode(oldest).received_at_ms / 1000) if oldest else 0.0
