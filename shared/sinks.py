"""Where a customer's records go: the `[[property.sink]]` tables, and what the operator allows there."""

import re
from collections.abc import Iterator
from hashlib import blake2b
from typing import Annotated, Literal

from msgspec import Meta

from shared.section import Section

ROLE = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):role/[\w+=,.@/-]+", re.ASCII)
FILE_SCHEME = "file://"

OBJECTS_URL = re.compile(r"file://.+|(s3|gs|az)://[a-z0-9][a-z0-9._-]{1,62}(/[\w!.*'()/=-]*)?", re.ASCII)
OBJECTS_URL_FORMS = "s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, az://CONTAINER/PREFIX or file://DIRECTORY"
ENDPOINT_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+/?")
Region = Annotated[str, Meta(pattern=r"\A[a-z0-9-]*\Z")]
AccountId = Annotated[str, Meta(pattern=r"\A\d{12}\Z")]
ExternalId = Annotated[str, Meta(pattern=r"\A([\w+=,.@:/-]{2,1224})?\Z")]
Stream = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_.-]{1,128}\Z")]


class Amazon(Section, frozen=True):
    """How we come to be allowed to write at Amazon, or at a server that speaks its language."""

    region: Region = ""
    """Empty: that of the environment."""
    role_arn: str = ""
    """The customer's role, assumed for every write. Empty: the credentials of the environment."""
    external_id: ExternalId = ""
    """What the customer's role demands of us, so that nobody else can make us write there."""
    endpoint_url: str = ""
    """Of a compatible server; empty: Amazon's."""


class ObjectsSink(Amazon, frozen=True, kw_only=True, tag="objects", tag_field="kind"):
    """Objects in a bucket or a directory."""

    url: str
    """`s3://BUCKET/PREFIX`, `gs://…`, `az://…`, or `file://DIRECTORY`, which counts from the working directory."""
    layout: Literal["hit", "block"] = "hit"
    """One object per hit, or one per block, hour and property: a thousandth of the requests."""
    compression: Literal["zstd", "gzip"] = "zstd"
    """Of the objects of layout `block`."""
    path_style: bool = False
    """`https://HOST/BUCKET/KEY` instead of `https://BUCKET.HOST/KEY`."""
    kms_key_id: str = ""
    """Encrypt with this key (SSE-KMS); empty: as the bucket says."""
    checksum: Literal["", "sha256", "crc64nvme"] = ""
    """Sent with each object, for servers that check it."""
    conditional_writes: bool = True
    """`If-None-Match: *`: what is there is never written again. `false` for servers that do not know it."""


class KinesisSink(Amazon, frozen=True, kw_only=True, tag="kinesis", tag_field="kind"):
    """A Kinesis data stream: at least once, told apart by RecordID."""

    stream: Stream


class FirehoseSink(Amazon, frozen=True, kw_only=True, tag="firehose", tag_field="kind"):
    """A Firehose delivery stream, fed with one JSON record a line: at least once, told apart by RecordID."""

    stream: Stream


Sink = ObjectsSink | KinesisSink | FirehoseSink


class Allowed(Section, frozen=True):
    """What the operator allows sinks to be: `[sinks]` of `blockmetry.toml`."""

    accounts: list[AccountId] = []
    """AWS accounts whose roles may be assumed; a sink at Amazon then must name a role. Empty: any."""
    urls: list[Annotated[str, Meta(min_length=1)]] = []
    """Beginnings of object URLs, such as `s3://shop-records/`. Empty: any."""
    endpoints: list[Annotated[str, Meta(min_length=1)]] = []
    """Servers that `endpoint_url` may name. Empty: any, or none where accounts or URLs are bounded."""


def refusals(sink: Sink, allowed: Allowed) -> Iterator[tuple[str, str]]:
    """What is wrong with a sink beyond its types: key and reason."""
    if isinstance(sink, ObjectsSink):
        yield from _refused_url(sink, allowed)
    if sink.endpoint_url and not ENDPOINT_URL.fullmatch(sink.endpoint_url):
        yield "endpoint_url", f"{sink.endpoint_url!r} must be http(s)://HOST or http(s)://HOST:PORT"
    if sink.role_arn and not ROLE.fullmatch(sink.role_arn):
        yield "role_arn", f"{sink.role_arn!r} must be arn:aws:iam::ACCOUNT:role/NAME"
    if sink.external_id and not sink.role_arn:
        yield "external_id", "it belongs to a role, and there is no role_arn"
    if allowed.accounts and is_at_amazon(sink) and _account_of(sink) not in allowed.accounts:
        found = f"{sink.role_arn!r} is" if sink.role_arn else "empty: it must name a role"
        yield "role_arn", f"{found} of none of the accounts in sinks.accounts"
    is_bounded = allowed.accounts or allowed.urls or allowed.endpoints
    if sink.endpoint_url and is_bounded and sink.endpoint_url not in allowed.endpoints:
        yield "endpoint_url", f"{sink.endpoint_url!r} is none of sinks.endpoints"


def is_at_amazon(sink: Sink) -> bool:
    """Whether its credentials are Amazon's."""
    return not isinstance(sink, ObjectsSink) or sink.url.startswith("s3://")


def shares_objects(sink: Sink) -> bool:
    """Whether the records of a block are written together, under its id."""
    return isinstance(sink, ObjectsSink) and sink.layout == "block"


def name_of(sink: Sink) -> str:
    """The same as long as the sink's place is, wherever it stands in the file: `objects-1f2e3d4c`."""
    place = sink.url if isinstance(sink, ObjectsSink) else f"{sink.region}/{_account_of(sink)}/{sink.stream}"
    return f"{kind_of(sink)}-{blake2b(f'{sink.endpoint_url}{place}'.encode(), digest_size=4).hexdigest()}"


def kind_of(sink: Sink) -> str:
    """`objects`, `kinesis` or `firehose`: as in the file; a metric label."""
    return str(type(sink).__struct_config__.tag)


def _account_of(sink: Amazon) -> str:
    """Of its role; empty without one."""
    found = ROLE.fullmatch(sink.role_arn)
    return found[1] if found else ""


def _refused_url(sink: ObjectsSink, allowed: Allowed) -> Iterator[tuple[str, str]]:
    if not OBJECTS_URL.fullmatch(sink.url):
        yield "url", f"{sink.url!r} must be {OBJECTS_URL_FORMS}"
    is_allowed = ".." not in sink.url.split("/") and any(_is_below(sink.url, start) for start in allowed.urls)
    if allowed.urls and not is_allowed:
        yield "url", f"{sink.url!r} begins with none of sinks.urls"
    if not sink.url.startswith("s3://"):
        for key in _given(sink, "region", "role_arn", "endpoint_url", "path_style", "kms_key_id", "checksum"):
            yield key, "it is for s3:// only"


def _given(sink: ObjectsSink, *keys: str) -> Iterator[str]:
    return (key for key in keys if getattr(sink, key))


def _is_below(url: str, start: str) -> bool:
    """`s3://shop` allows `s3://shop/records`, and not `s3://shop-of-another`."""
    return f"{url.rstrip('/')}/".startswith(f"{start.rstrip('/')}/")
