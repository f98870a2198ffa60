"""What `blockmetry onboard` prints lets us write and do nothing else. `blockmetry check` proves it, or what is amiss.

The customer's side is a server that enforces the policies of the deployed template.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.record import BMRecord
from tests.integration.customer import Customer, operator_of
from tests.moto import ACCOUNT, Moto, moto_server
from tests.running import free_port

KINDS = ["objects", "kinesis", "firehose"]
WRITES = {"objects": "s3:PutObject", "kinesis": "kinesis:PutRecords", "firehose": "firehose:PutRecordBatch"}
READS = {
    "objects": ["s3:GetObject", "s3:ListBucket", "s3:ListBucketVersions", "s3:DeleteObject"],
    "kinesis": ["kinesis:GetShardIterator", "kinesis:ListShards", "kinesis:DescribeStream"],
    "firehose": ["firehose:DescribeDeliveryStream", "firehose:ListDeliveryStreams"],
}


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    with moto_server(tmp_path_factory.mktemp("strict"), "tests.strict_moto") as server:
        yield server


@pytest.fixture(scope="module")
def operator(strict: Moto) -> dict[str, str]:
    return operator_of(strict)


@pytest.fixture
def customer(request: pytest.FixtureRequest, strict: Moto, operator: dict[str, str], tmp_path: Path) -> Customer:
    """Their template is deployed."""
    kind = getattr(request, "param", "objects")
    made = Customer(strict, operator, tmp_path, kind, *(["--prefix", "some/where"] if kind == "objects" else []))
    if kind == "firehose":
        place = {"RoleARN": f"arn:aws:iam::{ACCOUNT}:role/any", "BucketARN": f"arn:aws:s3:::{strict.bucket()}"}
        firehose = strict.client("firehose")
        firehose.create_delivery_stream(DeliveryStreamName=made.name, ExtendedS3DestinationConfiguration=place)
    made.deploy()
    return made


def probes(strict: Moto, bucket: str) -> list[str]:
    listed = strict.client("s3").list_objects_v2(Bucket=bucket)
    return [entry["Key"] for entry in listed.get("Contents", [])]


@pytest.mark.parametrize("customer", KINDS, indirect=True)
def test_with_the_printed_template_we_can_write_and_do_nothing_else(customer: Customer) -> None:
    said = customer.check()
    assert (said.failed, said.code) == ("", 0)
    proven = said.proven
    assert (
        "role assumed, AssumeRole without its ExternalId refused, AssumeRole with a wrong ExternalId refused" in proven
    )
    assert "probe written" in proven
    assert [action for action in READS[customer.kind] if f"{action} refused" not in proven] == []


@pytest.mark.parametrize("customer", KINDS, indirect=True)
def test_what_we_may_do_beyond_writing_is_named_and_nothing_else(customer: Customer) -> None:
    *allowed, still_refused = READS[customer.kind]
    customer.allow(*allowed)
    said = customer.check()
    assert said.code == 1
    assert [action for action in allowed if f" {action} is allowed" not in said.failed] == []
    assert f"{still_refused} refused" in said.proven


@pytest.mark.parametrize("customer", KINDS, indirect=True)
def test_what_we_may_not_write_is_told_with_what_is_missing(customer: Customer) -> None:
    customer.forbid_everything()
    said = customer.check()
    assert said.code == 1
    assert f"allow {WRITES[customer.kind]}" in said.failed
    assert "probe written" not in said.text
    assert "s3:GetObject refused" not in said.text  # of what is not there, it proves nothing


def test_a_role_that_anybody_we_serve_could_name_is_a_failure(customer: Customer) -> None:
    customer.trust()
    said = customer.check()
    assert said.code == 1
    assert "can be assumed without its ExternalId" in said.failed
    assert "can be assumed with a wrong ExternalId" in said.failed


def test_a_role_that_does_not_let_us_in_is_no_proof_of_anything(customer: Customer) -> None:
    customer.trust(Condition={"StringEquals": {"sts:ExternalId": "of somebody else"}})
    said = customer.check()
    assert said.code == 1
    assert "cannot be assumed" in said.failed
    assert "refused" not in said.proven


def test_the_template_lets_us_write_below_its_prefix_only_and_replace_nothing(strict: Moto, customer: Customer) -> None:
    assert customer.check().code == 0
    (probe,) = probes(strict, customer.name)
    assert probe.startswith("some/where/_blockmetry/check-")
    customer.sink = customer.sink.replace("some/where", "some/where-else")
    assert "allow s3:PutObject" in customer.check().failed
    customer.sink = customer.sink.replace("some/where-else", "some/where")
    assert "allow s3:PutObject" in customer.check("conditional_writes = false").failed
    assert probes(strict, customer.name) == [probe]


@pytest.mark.parametrize("customer", ["kinesis"], indirect=True)
def test_what_is_put_into_a_stream_is_a_record_of_no_hit(strict: Moto, customer: Customer) -> None:
    customer.check()
    kinesis = strict.client("kinesis")
    found = [
        msgspec.json.decode(entry["Data"], type=BMRecord)
        for shard in kinesis.list_shards(StreamName=customer.name)["Shards"]
        for entry in records(kinesis, customer.name, shard["ShardId"])
    ]
    assert {(record.anonymity_set_id, record.meta.channel) for record in found if record.meta} == {("", "check")}


def records(kinesis: Any, stream: str, shard: str) -> Any:
    start = kinesis.get_shard_iterator(StreamName=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    return kinesis.get_records(ShardIterator=start["ShardIterator"])["Records"]


def test_who_does_not_answer_proves_nothing(customer: Customer) -> None:
    said = customer.check(endpoint_url=f"http://127.0.0.1:{free_port()}")
    assert said.code == 1
    assert "unreachable" in said.failed
    assert "FAILED" not in said.failed
    assert "refused" not in said.proven


def test_without_a_role_the_environments_keys_are_tried_and_said_to_be_what_is_used(
    strict: Moto, customer: Customer
) -> None:
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    strict.client("iam").put_user_policy(UserName="operator", PolicyName="all", PolicyDocument=policy)
    customer.sink = "\n".join(line for line in customer.sink.splitlines() if not line.startswith(("role", "external")))
    try:
        said = customer.check()
    finally:
        strict.client("iam").delete_user_policy(UserName="operator", PolicyName="all")
    assert said.code == 1
    assert "no role_arn" in said.text
    assert "s3:GetObject is allowed" in said.failed
