"""Fleet: a gateway and workers on a queue at Amazon, each with a data directory of its own."""

import asyncio
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from shared.seal import new_key
from shared.sinks import Sink
from tests.chaos.books import opened
from tests.chaos.scrape import read
from tests.faults.queue_server import QueueServer
from tests.moto import ENVIRONMENT, REGION, Moto
from tests.running import Running, free_port

COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed")
SETTINGS = {
    **ENVIRONMENT,
    "BLOCKMETRY_SECRET": "the same for all",
    "BLOCKMETRY_QUEUE__KIND": "sqs",
    "BLOCKMETRY_QUEUE__REGION": REGION,
    "BLOCKMETRY_QUEUE__VISIBILITY_TIMEOUT_SECONDS": "4",
    "BLOCKMETRY_WORKER__VISIBILITY_HEARTBEAT_SECONDS": "1",
    "BLOCKMETRY_QUEUE__REQUIRE_SEALED": "true",
}


class Fleet:
    """Processes that can be killed; whoever is killed is replaced at once."""

    def __init__(
        self,
        root: Path,
        queues: Moto | QueueServer,
        sinks: Mapping[str, Sequence[Sink]],
        workers: int = 1,
        endpoint_url: str = "",
        gateway_endpoint_url: str = "",
        environ: Mapping[str, str] | None = None,
        module: str = "blockmetry",
    ) -> None:
        """`sinks` go by property. The endpoints stand for the queue's own."""
        self._root = root
        self._sqs = queues.client("sqs")
        self._queue_url = queues.queue(max_receives=100)
        self._module = module
        self.kills = 0
        self._port = free_port()
        (root / "properties.toml").write_text("".join(table(name, own) for name, own in sinks.items()))
        self.environ = {
            **SETTINGS,
            "BLOCKMETRY_QUEUE__URL": self._queue_url,
            "BLOCKMETRY_QUEUE__ENDPOINT_URL": endpoint_url or queues.url,
            "BLOCKMETRY_QUEUE__SEAL_KEYS": new_key("test"),
            "BLOCKMETRY_PROPERTIES": str(root / "properties.toml"),
            "BLOCKMETRY_WORKER__DEAD_LETTERS": f"file://{root}/dead-letters",
            **(environ or {}),
        }
        self._gateway_environ = {
            "BLOCKMETRY_QUEUE__ENDPOINT_URL": gateway_endpoint_url or self.environ["BLOCKMETRY_QUEUE__ENDPOINT_URL"]
        }
        self.gateway = self._start_gateway()
        self.workers = [self._start_worker(number) for number in range(workers)]
        try:
            self.url = self.gateway.url("gateway")
            for worker in self.workers:
                worker.url("metrics")
        except AssertionError:
            self.stop()
            raise

    def kill_worker(self, number: int) -> bool:
        """Whether it had work in hand a moment before."""
        self.kills += 1
        had_work = self.read(self.workers[number], "in_flight") > 0
        self.workers[number].kill()
        self.workers[number] = self._start_worker(number)
        return had_work

    async def kill_gateway(self, with_data: bool = False) -> None:
        """Back when it answers. With its data: as when the host is lost."""
        self.kills += 1
        self.gateway.kill()
        if with_data:
            shutil.rmtree(self._root / "gateway")
        self.gateway = self._start_gateway()
        await asyncio.to_thread(self.gateway.url, "gateway")

    async def kill_starting_gateway(self, after_seconds: float) -> None:
        """It has been killed and is killed again while it starts; who follows is started by the next kill."""
        self.kills += 1
        self.gateway.kill()
        self.gateway = self._start_gateway()
        await asyncio.sleep(after_seconds)

    async def settled(self, seconds: float) -> None:
        """Once journal and queue are empty: everything that was acknowledged has met its fate, and so the books say."""
        deadline = time.monotonic() + seconds
        while await asyncio.to_thread(self._in_flight):
            assert time.monotonic() < deadline, f"after {seconds:g} s, there is still {self._in_flight()} on the way"
            await asyncio.sleep(0.2)
        books = await asyncio.to_thread(opened, [self.gateway], self.workers)
        assert books.unaccounted == 0, books

    def read(self, process: Running, name: str, **labels: str) -> float:
        """The sum of a metric's series that have these labels."""
        return read(process, name, **labels)

    def read_workers(self, name: str, **labels: str) -> float:
        """The same over all workers that live."""
        return sum(self.read(worker, name, **labels) for worker in self.workers)

    def dead_letters(self) -> list[Path]:
        return sorted((self._root / "dead-letters").rglob("*.json"))

    def replay(self) -> tuple[int, str]:
        """Of all dead letters: exit code, and all that was said."""
        replaying = self._start("replay", "replay", environ=self.environ)
        return replaying.wait(), replaying.output + replaying.errors

    def stop(self) -> None:
        """At once: how processes leave when they are asked to is no concern here."""
        for process in (self.gateway, *self.workers):
            process.kill()

    def _in_flight(self) -> dict[str, float]:
        """Empty: nothing. In the order of its way, so that nothing passes unseen."""
        found = {"journal": self.read(self.gateway, "journal_bytes")}
        asked = self._sqs.get_queue_attributes(QueueUrl=self._queue_url, AttributeNames=list(COUNTS))["Attributes"]
        found |= {name: float(asked[name]) for name in COUNTS}
        return {name: value for name, value in found.items() if value}

    def _start_gateway(self) -> Running:
        arguments = ("gateway", "--port", str(self._port), "--admin-port", "0")
        return self._start("gateway", *arguments, environ={**self.environ, **self._gateway_environ})

    def _start_worker(self, number: int) -> Running:
        return self._start(f"worker-{number}", "worker", "--admin-port", "0", environ=self.environ)

    def _start(self, name: str, *arguments: str, environ: dict[str, str]) -> Running:
        return Running(self._root / name, *arguments, environ=environ, module=self._module)


def table(property_id: str, sinks: Sequence[Sink]) -> str:
    """Of the properties' file. What JSON writes of strings, numbers and booleans is TOML as well."""
    lines = ["[[property]]", f'id = "{property_id}"', 'hosts = ["*"]']
    for sink in sinks:
        settings = {**msgspec.to_builtins(sink)}
        lines += ["[[property.sink]]", *(f"{key} = {msgspec.json.encode(settings[key]).decode()}" for key in settings)]
    return "\n".join([*lines, ""])


def module_for(outage_seconds: float) -> str:
    """Who has no time for a long outage has none to wait for what it leaves behind."""
    return "blockmetry" if outage_seconds else "tests.chaos.hurried"


def memory_bytes(process: Running) -> int:
    """The most it has had so far."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmHWM"))
