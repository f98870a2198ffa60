"""Proof for buckets and directories."""

import asyncio
import os
import re
import secrets
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec
import obstore
from obstore.exceptions import BaseError, PermissionDeniedError
from obstore.store import ObjectStore

from blockmetry.proof.attempt import HEAD_REFUSALS, Attempt, refused
from blockmetry.proof.finding import Finding, Status, not_written
from shared.aws import UNREACHABLE, AwsError, Client
from shared.sinks import FILE_SCHEME, ObjectsSink
from workers.sinks.bucket import s3_config
from workers.sinks.credentials import credentials_of
from workers.sinks.store import Store
from workers.sinks.stores import open_store

CALL_SECONDS = 5.0
PROBES = "_blockmetry"
"""Athena, Spark and their like pass over what begins with _."""
LIST_REFUSED = re.compile(r"performing list request: [^\n]*non-2xx status code: 403")
"""obstore has no error of its own for this."""
CREATE = {"s3": "s3:PutObject", "gs": "storage.objects.create", "az": "write"}


async def prove(sink: ObjectsSink) -> list[Finding]:
    """An object is created as records are, and everything is tried with it that must be refused."""
    if sink.url.startswith(FILE_SCHEME):
        return [directory(sink.url.removeprefix(FILE_SCHEME))]
    scheme, _, place = sink.url.partition("://")
    bucket, _, prefix = place.strip("/").partition("/")
    probe = probe_key(time.time())
    key = f"{prefix}/{probe}" if prefix else probe
    written = await write_probe(open_store(sink, 1), probe, CREATE[scheme])
    if written.status is Status.UNREACHABLE:
        return [written]
    has_probe = written.status is Status.OK
    if scheme == "s3":
        return [written, *await _at_amazon(sink, bucket, key, has_probe)]
    return [written, *await _elsewhere(sink, probe, has_probe)]


def probe_key(now: float) -> str:
    """Of a new probe. `now` is seconds since the Unix epoch."""
    return f"{PROBES}/check-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(now))}-{secrets.token_hex(4)}.json"


async def write_probe(store: Store, key: str, action: str) -> Finding:
    """As records are written, with all settings; then the store is closed. `key` is below its prefix."""
    body = msgspec.json.encode({"blockmetry": "check", "at": int(time.time())})
    try:
        failures = await store.create({key: body})
    finally:
        await store.close()
    for failure in failures.values():
        return not_written("a probe", action, failure)
    return Finding(Status.OK, "probe written")


async def _at_amazon(sink: ObjectsSink, bucket: str, key: str, has_probe: bool) -> list[Finding]:
    client = _client(sink, bucket)
    try:
        return await _refused(s3_attempts(client, bucket, key), has_probe)
    finally:
        await client.close()


async def _elsewhere(sink: ObjectsSink, key: str, has_probe: bool) -> list[Finding]:
    """At Google or Azure, through the library that writes there."""
    store = open_store(sink, 1)
    try:
        backend = await asyncio.to_thread(store.open_backend)
    except (BaseError, OSError, ValueError):
        return []  # that it cannot be opened is what became of the probe
    try:
        return await _refused(store_attempts(backend, key), has_probe)
    finally:
        await store.close()


async def _refused(attempts: Sequence[Attempt], has_probe: bool) -> list[Finding]:
    """The last attempt alone: it may take the probe away from the others."""
    *reading, deleting = (attempt for attempt in attempts if has_probe or not attempt.needs_probe)
    return [*await asyncio.gather(*map(refused, reading)), await refused(deleting)]


def _client(sink: ObjectsSink, bucket: str) -> Client:
    """It asks where records are written, whatever the environment says of endpoints."""
    config = s3_config(sink, bucket)
    is_path_style = not config["virtual_hosted_style_request"]
    endpoint = config["endpoint"] if is_path_style else config["endpoint"].replace(f"://{bucket}.", "://", 1)
    return Client("s3", config["region"], endpoint, credentials_of(sink), path_style=is_path_style)


def s3_attempts(client: Client, bucket: str, key: str) -> list[Attempt]:
    """All that we could learn or spoil, with `key` that is there. To HEAD is the same permission as to GET, but works
    without that of the key which encrypts.
    """
    call = partial(client.call, deadline_seconds=CALL_SECONDS, Bucket=bucket)
    one = {"Prefix": f"{key.rpartition('/')[0]}/", "MaxKeys": 1}
    head = partial(call, "head_object", Key=key)
    return [
        Attempt("s3:GetObject", "read objects", partial(call, "get_object", Key=key), needs_probe=True),
        Attempt("s3:GetObject (HEAD)", "see what is there", head, needs_probe=True, refusals=HEAD_REFUSALS),
        Attempt("s3:ListBucket", "list objects", partial(call, "list_objects_v2", **one)),
        Attempt("s3:ListBucketVersions", "list versions", partial(call, "list_object_versions", **one)),
        Attempt("s3:DeleteObject", "delete objects", partial(call, "delete_object", Key=key)),
    ]


def store_attempts(backend: ObjectStore, key: str) -> list[Attempt]:
    """The same through obstore."""
    get = _attempted(lambda: obstore.get_async(backend, key))
    head = _attempted(lambda: obstore.head_async(backend, key))
    return [
        Attempt("get", "read objects", get, needs_probe=True),
        Attempt("head", "see what is there", head, needs_probe=True),
        Attempt("list", "list objects", _attempted(lambda: obstore.list_with_delimiter_async(backend, PROBES))),
        Attempt("delete", "delete objects", _attempted(lambda: obstore.delete_async(backend, key))),
    ]


def _attempted(make: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    """obstore's errors as `AwsError`s, at the deadline at the latest."""

    async def attempt() -> None:
        try:
            async with asyncio.timeout(CALL_SECONDS):
                await make()
        except PermissionDeniedError as error:
            raise AwsError("AccessDenied", str(error)) from error
        except FileNotFoundError as error:
            raise AwsError("404", str(error)) from error
        except (BaseError, OSError) as error:
            code = "AccessDenied" if LIST_REFUSED.search(str(error)) else UNREACHABLE
            raise AwsError(code, str(error)) from error

    return attempt


def directory(name: str) -> Finding:
    """Whether files can be made there: beside it, as long as it is not there itself."""
    path = Path(name).absolute()
    nearest = next(parent for parent in (path, *path.parents) if parent.exists())
    try:
        descriptor, probe = tempfile.mkstemp(dir=nearest, prefix=".blockmetry-check-")
        os.close(descriptor)
        Path(probe).unlink()
    except OSError as error:
        return Finding(Status.FAILED, f"{nearest} cannot be written: {error.strerror or error}")
    return Finding(Status.OK, "can be written; this machine's own, so there is nothing to prove")
