"""Proof: only a refusal is taken for one, within the deadlines, whatever a server does."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from obstore.store import MemoryStore, S3Store

from blockmetry.proof import bucket, prove, prove_all, stream
from blockmetry.proof.attempt import Attempt, refused
from blockmetry.proof.finding import Finding, Status, worst
from shared.aws import NO_CREDENTIALS, UNREACHABLE, AwsError
from shared.properties import Property
from shared.record import BMRecord
from shared.sinks import FirehoseSink, KinesisSink, ObjectsSink, Sink
from tests.faults.fault import AT_ONCE, Fault
from tests.faults.server import FaultyServer, faulty

SECONDS = 0.5
FAULTS = [fault for fault in Fault if fault not in AT_ONCE | {Fault.FORBIDDEN}]
WRITES = dict.fromkeys(("PutObject", "PutRecords", "PutRecordBatch"))
"""They meet no fault."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyServer]:
    for name, value in {"ACCESS_KEY_ID": "key", "SECRET_ACCESS_KEY": "secret", "DEFAULT_REGION": "eu-west-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setattr(bucket, "CALL_SECONDS", SECONDS)
    monkeypatch.setattr(stream, "CALL_SECONDS", SECONDS)
    monkeypatch.setattr("workers.sinks.store.CLOSE_SECONDS", SECONDS)
    with faulty() as made:
        yield made


def sinks(url: str) -> list[Sink]:
    objects = ObjectsSink(url="s3://shop-records/here", endpoint_url=url)
    return [objects, KinesisSink(stream="hits", endpoint_url=url), FirehoseSink(stream="hits", endpoint_url=url)]


async def outcome(code: str = "") -> Finding:
    """Of an attempt that fails with this code, or works."""

    async def attempt() -> None:
        if code:
            raise AwsError(code, "so it is")

    return await refused(Attempt("s3:GetObject", "read objects", attempt))


async def test_access_denied_is_a_refusal() -> None:
    for code in ("AccessDenied", "AccessDeniedException"):
        assert await outcome(code) == (Status.OK, "s3:GetObject refused")


@pytest.mark.parametrize(
    "code",
    [UNREACHABLE, NO_CREDENTIALS, "SlowDown", "NoSuchBucket", "ResourceNotFoundException", "ExpiredToken", "403",
     "InvalidAccessKeyId", "SignatureDoesNotMatch", "InternalError"],
)  # fmt: skip
async def test_any_other_answer_proves_nothing(code: str) -> None:
    found = await outcome(code)
    assert found.status is Status.UNREACHABLE
    assert "no proof that s3:GetObject is refused" in found.detail


@pytest.mark.parametrize("code", ["", "NoSuchKey", "404"])
async def test_what_works_or_was_looked_for_is_a_failure_that_names_the_action(code: str) -> None:
    found = await outcome(code)
    assert found.status is Status.FAILED
    assert "s3:GetObject is allowed: we could read objects" in found.detail


async def test_no_fault_of_a_server_is_taken_for_a_refusal(server: FaultyServer) -> None:
    server.fault_of = WRITES  # type: ignore[assignment]
    server.pace_seconds = 0.05
    for fault in FAULTS:
        server.turn(fault)
        began = time.monotonic()
        findings = [
            found
            for proof in await asyncio.gather(*(prove("shop", sink) for sink in sinks(server.url)))
            for found in proof
        ]
        taken = [found.detail for found in findings if found.status is Status.OK and found.detail != "probe written"]
        assert (fault, taken) == (fault, [])
        assert time.monotonic() - began < 12  # the write's own deadline is 10 s


async def test_a_server_that_forbids_everything_but_writing_proves_all(server: FaultyServer) -> None:
    server.fault_of = WRITES  # type: ignore[assignment]
    server.turn(Fault.FORBIDDEN)
    for sink in sinks(server.url):
        # This server answers a HEAD with a body, as no other does; see the write-only tests for that.
        found = [entry for entry in await prove("shop", sink) if "(HEAD)" not in entry.detail]
        assert worst(found) is Status.NOTE  # there is no role
        assert next(entry.detail for entry in found if entry.status is Status.OK) == "probe written"
        assert len(found) > 3


async def test_many_sinks_that_do_not_answer_are_given_up_together(
    server: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blockmetry.proof.ALL_SECONDS", 1.0)
    server.turn(Fault.HANG)
    began = time.monotonic()
    found = await prove_all([(Property(id="shop"), sink) for sink in sinks(server.url) * 10])
    assert time.monotonic() - began < 8
    assert [worst(findings) for findings in found] == [Status.UNREACHABLE] * 30


async def test_other_stores_are_tried_in_the_same_way(server: FaultyServer) -> None:
    """What is not Amazon's is asked through obstore."""
    memory = MemoryStore()
    key = bucket.probe_key(0)
    await memory.put_async(key, b"{}")
    found = [await refused(attempt) for attempt in bucket.store_attempts(memory, key)]
    assert {entry.status for entry in found} == {Status.FAILED}
    server.turn(Fault.FORBIDDEN)
    forbidden = S3Store(
        "bucket", endpoint=server.url, client_options={"allow_http": True}, virtual_hosted_style_request=False
    )
    found = [await refused(attempt) for attempt in bucket.store_attempts(forbidden, key)]
    assert found == [(Status.OK, f"{action} refused") for action in ("get", "head", "list", "delete")]


def test_a_directory_is_tried_without_being_made(tmp_path: Path) -> None:
    assert bucket.directory(str(tmp_path / "not" / "there")).status is Status.OK
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    assert bucket.directory(str(tmp_path / "file")).status is Status.FAILED


def test_the_record_that_is_put_is_whole_and_tells_that_it_is_none() -> None:
    record = msgspec.json.decode(stream.empty_record("1f" * 16, 1_700_000_000_000).body, type=BMRecord)
    assert record.meta
    assert (record.meta.record_id, record.meta.channel) == ("1f" * 16, "check")
    assert record.datetime.date_utc == "2023-11-14"
    assert record.page.document_url == ""


def test_the_worst_counts() -> None:
    assert worst([]) is Status.OK
    statuses = [Status.OK, Status.NOTE, Status.UNREACHABLE, Status.FAILED]
    for place, status in enumerate(statuses, 1):
        assert worst(Finding(entry, "") for entry in statuses[:place]) is status
