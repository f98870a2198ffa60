"""The operator's configuration: one frozen struct from `blockmetry.toml` and the environment."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from shared import toml
from shared.addresses import AddressSet
from shared.errors import ConfigError
from shared.properties import DEFAULT_PATH, Property
from shared.seal import Keyring
from shared.section import Section
from shared.sinks import ENDPOINT_URL, OBJECTS_URL, OBJECTS_URL_FORMS, Allowed, ObjectsSink, Region, Sink
from shared.toml import SECRETS

ENVIRONMENT_PREFIX = "BLOCKMETRY_"
Struct = TypeVar("Struct", bound=Section)

LAST_PORT = 65535
Port = Annotated[int, Meta(ge=0, le=LAST_PORT)]
"""0: a free port, printed at the start."""
Positive = Annotated[float, Meta(gt=0, le=366 * 86_400)]
PathPrefix = Annotated[str, Meta(pattern=r"\A(/[A-Za-z0-9._~-]+)*\Z")]
PublicUrl = Annotated[str, Meta(pattern=r"\A(https?://[A-Za-z0-9._:\[\]-]+(/[A-Za-z0-9._~-]+)*)?\Z")]
HeaderName = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9-]+\Z")]


class Gateway(Section, frozen=True):
    """Where beacons come in."""

    host: str = "127.0.0.1"
    port: Port = 8080
    admin_host: str = "127.0.0.1"
    admin_port: Port = 8081
    processes: Annotated[int, Meta(ge=1, le=256)] = 1
    """That share the port; each with a journal of its own, and `admin_port` plus its place as its admin port."""
    path_prefix: PathPrefix = ""
    """`/stats` serves `/stats/v1/beacon`, so that a site can serve us from its own domain."""
    public_url: PublicUrl = ""
    """What pages find before `/v1`: `https://stats.example.com/stats`. Empty: as the request's `Host` says."""
    acknowledge_after: Literal["write", "fsync", "queue"] = "write"
    queue_timeout_seconds: Positive = 5.0
    """How long a request waits for the queue with `acknowledge_after = "queue"`; then 503."""
    journal_max_bytes: Annotated[int, Meta(ge=1 << 20)] = 1 << 30
    trusted_proxies: list[str] = []
    """Addresses and CIDRs whose `client_ip_header` is believed."""
    client_ip_header: HeaderName = "X-Forwarded-For"
    head_timeout_seconds: Positive = 10.0
    """How long a client may take for a request's line and headers, and for the handshake of TLS."""
    body_timeout_seconds: Positive = 5.0
    keepalive_seconds: Positive = 75.0
    max_connections: Annotated[int, Meta(ge=16)] = 16_384
    """Per process. When there are more, those go that have been idle or unfinished for longest."""
    tls_certificate: str = ""
    """PEM file, the chain below the certificate; read again when it changes. Empty: no TLS."""
    tls_key: str = ""
    """PEM file of the certificate's private key."""
    shutdown_grace_seconds: Annotated[float, Meta(ge=0)] = 0.0
    """How long to keep serving, not ready, after SIGTERM: time for a load balancer to look away."""
    drain_seconds: Positive = 10.0
    """How long to go on shipping at the end; the rest is shipped at the next start."""
    block_max_bytes: Annotated[int, Meta(ge=131_072, le=1_048_576)] = 196_608
    block_max_age_seconds: Positive = 0.1


class Queue(Section, frozen=True):
    """Between gateways and workers."""

    kind: Literal["embedded", "sqs"] = "embedded"
    url: str = ""
    """Of the SQS queue."""
    region: Region = ""
    """Empty: as the URL says, else that of the environment."""
    endpoint_url: str = ""
    """Of an SQS-compatible server; empty: Amazon's."""
    group_by_property: bool = False
    """A message holds beacons of one property and says so (SQS fair queues): a busy property delays no other."""
    visibility_timeout_seconds: Annotated[float, Meta(ge=1, le=43_200)] = 60.0
    seal_keys: list[str] = []
    """`ID:BASE64` of 32 bytes, as `blockmetry key seal` prints: the first seals every block, all open them."""
    require_sealed: bool = False
    """Workers refuse blocks that are not sealed."""

    def keyring(self) -> Keyring:
        """What blocks are sealed and opened with. Raises `ValueError`, which holds no key."""
        return Keyring(self.seal_keys, self.require_sealed)


class Worker(Section, frozen=True):
    """Where records are made."""

    admin_host: str = "127.0.0.1"
    admin_port: Port = 8082
    visibility_heartbeat_seconds: Positive = 20.0
    drain_seconds: Positive = 25.0
    """How long to finish what was received, after SIGTERM; the rest is redelivered."""
    concurrent_deliveries: Annotated[int, Meta(ge=1, le=1_000)] = 8
    concurrent_writes: Annotated[int, Meta(ge=1, le=10_000)] = 128
    """Per lane."""
    give_up_after_seconds: Positive = 14 * 86_400.0
    """How long a lane tries again; then its records become dead letters."""
    permanent_after_seconds: Positive = 300.0
    """The same for what no retry mends (access denied, no such bucket): grants take a while to take effect."""
    dead_letters: str = ""
    """`file://DIRECTORY`, or a bucket of the operator's (`s3://BUCKET/PREFIX`); empty: `file://DATA/dead-letters`."""


class Lookups(Section, frozen=True):
    """Tables that enrichment consults; files are swapped when they change."""

    city: str = ""
    """A MaxMind-format database of cities, or of countries."""
    anonymous: list[str] = []
    """Anonymous-IP databases (`.mmdb`) and plain lists of addresses and CIDRs."""
    datacenters: list[str] = []
    """Plain lists of addresses and CIDRs; hits from these are dropped."""
    referrer_spam: str = ""
    """A plain list of hosts, one a line, instead of ours."""
    search_engines: str = ""
    """A list in the format of Matomo's SearchEngines.yml instead of ours."""
    social_networks: str = ""
    """A list in the format of Matomo's Socials.yml instead of ours."""
    ai_assistants: str = ""
    """A list in the format of Matomo's AIAssistants.yml instead of ours."""


class Config(Section, frozen=True):
    """Everything an operator decides. Relative paths count from the working directory."""

    data: Annotated[str, Meta(min_length=1)] = "data"
    """Journal, embedded queue, local records, generated secret."""
    properties: str = DEFAULT_PATH
    secret: str = ""
    """Keys the AnonymitySetIDs; empty: made once and kept in DATA/secret."""
    gateway: Gateway = Gateway()
    queue: Queue = Queue()
    worker: Worker = Worker()
    sinks: Allowed = Allowed()
    lookups: Lookups = Lookups()

    def sinks_of(self, entry: Property) -> Sequence[Sink]:
        """Where a property's records go: its sinks, or `DATA/records`."""
        return entry.sink or [ObjectsSink(url=self.url_of("records"))]

    def url_of(self, directory: str) -> str:
        """`file://…/DATA/directory`"""
        return f"file://{Path(self.data, directory).absolute()}"


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """The configuration of the file (None: the defaults), with the environment over it.

    Raises `ConfigError` with the file or variable, the path in it and the bound.
    """
    tables = toml.read(path) if path else {}
    config = toml.convert(tables, Config, str(path))
    for name, value in environ.items():
        if name.startswith(ENVIRONMENT_PREFIX):
            config = override(config, name.removeprefix(ENVIRONMENT_PREFIX).lower().split("__"), value, name)
    _check(config, str(path or "configuration"))
    return config


def override(section: Struct, path: list[str], value: str, source: str) -> Struct:
    """`section` with the field at `path` set from text: a number, true or false, or a list separated by commas."""
    field, *rest = path
    kind = get_type_hints(type(section), include_extras=True).get(field)
    if kind is None:
        raise ConfigError(f"{source}: there is no {field!r} in the configuration")
    if rest:
        if not isinstance(getattr(section, field), Section):
            raise ConfigError(f"{source}: {field!r} has no parts")
        return msgspec.structs.replace(section, **{field: override(getattr(section, field), rest, value, source)})
    raw = [part.strip() for part in value.split(",") if part.strip()] if get_origin(kind) is list else value
    try:
        return msgspec.structs.replace(section, **{field: msgspec.convert(raw, kind, strict=False)})
    except ValueError as error:  # a variable may hold bytes that are no text
        found = "" if field in SECRETS else f" (it is {value!r})"
        raise ConfigError(f"{source}: {error}{found}") from error


def _check(config: Config, source: str) -> None:
    """What types cannot say."""
    for place, reason in _refusals(config):
        raise ConfigError(f"{source}: {place}: {reason}")


def _refusals(config: Config) -> Iterator[tuple[str, str]]:
    try:
        AddressSet(config.gateway.trusted_proxies)
    except ValueError as error:
        yield "gateway.trusted_proxies", str(error)
    yield from _refused_gateway(config.gateway)
    yield from _refused_queue(config.queue)
    if config.worker.visibility_heartbeat_seconds >= config.queue.visibility_timeout_seconds:
        yield "worker.visibility_heartbeat_seconds", "must be shorter than queue.visibility_timeout_seconds"
    if config.worker.dead_letters and not OBJECTS_URL.fullmatch(config.worker.dead_letters):
        yield "worker.dead_letters", f"{config.worker.dead_letters!r} must be {OBJECTS_URL_FORMS}"


def _refused_gateway(gateway: Gateway) -> Iterator[tuple[str, str]]:
    if gateway.tls_certificate and not gateway.tls_key:
        yield "gateway.tls_key", "must be given beside gateway.tls_certificate"
    if gateway.tls_key and not gateway.tls_certificate:
        yield "gateway.tls_certificate", "must be given beside gateway.tls_key"
    if gateway.admin_port + gateway.processes - 1 > LAST_PORT:
        yield (
            "gateway.admin_port",
            f"{gateway.admin_port} and a port for each of {gateway.processes} processes is too high",
        )


def _refused_queue(queue: Queue) -> Iterator[tuple[str, str]]:
    try:
        queue.keyring()
    except ValueError as error:
        yield "queue.seal_keys", str(error)
    if queue.kind == "sqs" and not re.fullmatch(r"https?://[^\s/]+/\S+", queue.url):
        yield "queue.url", f"{queue.url!r} must be the URL of the queue, as Amazon shows it: https://HOST/ACCOUNT/NAME"
    if queue.endpoint_url and not ENDPOINT_URL.fullmatch(queue.endpoint_url):
        yield "queue.endpoint_url", f"{queue.endpoint_url!r} must be http(s)://HOST or http(s)://HOST:PORT"
