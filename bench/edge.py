"""The servers that are compared at the edge, and what a gateway tells of itself."""

import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from prometheus_client.parser import text_string_to_metric_families

from bench import nginx
from bench.servers import BARE, BLOCKMETRY, Started, started

ROOM = {"BLOCKMETRY_GATEWAY__JOURNAL_MAX_BYTES": str(16 << 30)}
"""A full journal refuses, and what is asked is how fast it takes."""
AT_ONCE = {"BLOCKMETRY_GATEWAY__DRAIN_SECONDS": "0.1"}
"""What a run leaves in the journal goes with it."""


class Books(NamedTuple):
    """What a gateway has counted so far."""

    accepted: float
    waiting_bytes: float
    """In the journal, to be shipped."""


class Server:
    """One under test."""

    def __init__(self, process: Started, metrics_url: str) -> None:
        self.process = process
        self.url = process.url
        self._metrics_url = metrics_url

    def books(self) -> Books | None:
        """None: it has none."""
        if not self._metrics_url:
            return None
        with urllib.request.urlopen(self._metrics_url, timeout=10) as answer:
            families = text_string_to_metric_families(answer.read().decode())
        samples = [sample for family in families for sample in family.samples]
        accepted = [
            s.value for s in samples if s.name == "blockmetry_received_total" and s.labels["outcome"] == "accepted"
        ]
        waiting = [s.value for s in samples if s.name == "blockmetry_journal_bytes"]
        return Books(sum(accepted), sum(waiting))


class Variant(NamedTuple):
    """How one is started."""

    command: Sequence[str]
    announces: str
    """The first word of the line that tells its URL."""
    environ: Mapping[str, str] = {}
    has_books: bool = False

    @contextmanager
    def running(self, *cores: int) -> Iterator[Server]:
        """On `cores`, or that of the servers; with an empty directory for what it keeps."""
        with started(self.command, self.announces, {**self.environ}, *cores) as process:
            yield Server(process, process.url_of("metrics") if self.has_books else "")


def gateway(**settings: str) -> Variant:
    """`gateway(acknowledge_after="fsync")`"""
    environ = {f"BLOCKMETRY_GATEWAY__{name.upper()}": value for name, value in settings.items()}
    command = (*BLOCKMETRY, "gateway", "--port", "0", "--admin-port", "0")
    return Variant(command, "gateway", {**ROOM, **AT_ONCE, **environ}, has_books=True)


NGINX = "nginx, return 204"
BARE_HANDLER = "bare aiohttp handler"
WRITE = "gateway, write"
VARIANTS = {
    NGINX: Variant((sys.executable, "-m", "bench.nginx"), "nginx"),
    BARE_HANDLER: Variant(BARE, "gateway"),
    WRITE: gateway(acknowledge_after="write"),
    "gateway, fsync": gateway(acknowledge_after="fsync"),
    "gateway, queue": gateway(acknowledge_after="queue"),
}


def variants() -> dict[str, Variant]:
    """Those that can run on this machine."""
    return {name: variant for name, variant in VARIANTS.items() if name != NGINX or nginx.program()}
