"""`blockmetry onboard`: the template is valid and grants exactly what we need; the sink loads."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode.cfn_yaml import loads
from click.testing import CliRunner, Result

from blockmetry.grant import TEMPLATES
from blockmetry.onboard import onboard
from shared import properties
from shared.sinks import Allowed, FirehoseSink, KinesisSink, ObjectsSink

PRINCIPAL = "arn:aws:iam::123456789012:role/worker"
ACCOUNT = "210987654321"
EXTERNAL_ID = "x" * 32
KEY = "arn:aws:kms:eu-west-1:210987654321:key/1f2e"
CASES = {
    "objects": ["--bucket", "shop-records", "--prefix", "some/where", "--region", "eu-west-1"],
    "whole bucket": [],
    "objects with a key": ["--kms-key", KEY],
    "existing bucket": ["--existing-bucket", "--bucket", "shop-records", "--kms-key", KEY],
    "kinesis": ["--kind", "kinesis", "--stream", "hits"],
    "existing stream": ["--kind", "kinesis", "--stream", "hits", "--existing", "--kms-key", KEY],
    "firehose": ["--kind", "firehose", "--stream", "hits"],
}


def printed(*options: str, principal: str = PRINCIPAL) -> Result:
    return CliRunner().invoke(onboard, ["shop", "--principal", principal, *options])


def template(*options: str) -> Any:
    """As CloudFormation reads it."""
    return loads(printed(*options).stdout)


def granted(*options: str) -> Any:
    """The one statement of the role's one policy."""
    (policy,) = template(*options)["Resources"]["Writer"]["Properties"]["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    return statement


def sinks(tmp_path: Path, *options: str) -> Any:
    """What the properties file makes of the printed sink."""
    said = printed(*options).stderr
    table = "\n".join(line for line in said.splitlines() if re.match(r"\[\[|\w+ = ", line))
    path = tmp_path / "properties.toml"
    path.write_text(f'[[property]]\nid = "shop"\n{table}\n')
    return properties.load(path, Allowed(accounts=[ACCOUNT], urls=["s3://shop-records/"]))["shop"].sink


def test_every_template_passes_the_linter_filled_in_or_not(tmp_path: Path) -> None:
    for place, options in enumerate(CASES.values()):
        (tmp_path / f"{place}.yaml").write_text(printed(*options).stdout)
    files = [*map(str, tmp_path.glob("*.yaml")), *(str(path) for path in TEMPLATES.iterdir())]
    linter = str(Path(sys.executable).with_name("cfn-lint"))
    found = subprocess.run([linter, *files], capture_output=True, text=True, check=False, timeout=60)
    assert len(files) == len(CASES) + 3
    assert (found.stdout, found.returncode) == ("", 0)


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_left_for_the_customer_to_fill_in(case: str) -> None:
    asked = template(*CASES[case])["Parameters"]
    assert [name for name, parameter in asked.items() if "Default" not in parameter] == []
    for parameter in asked.values():
        assert re.fullmatch(parameter.get("AllowedPattern", ".*"), parameter["Default"])
        assert parameter["Default"] in parameter.get("AllowedValues", [parameter["Default"]])


def test_only_objects_below_the_prefix_may_be_created_and_none_replaced() -> None:
    assert granted("--prefix", "blockmetry") == {
        "Sid": "CreateObjects",
        "Effect": "Allow",
        "Action": "s3:PutObject",
        "Resource": {"Fn::Sub": "arn:${AWS::Partition}:s3:::${BucketName}/${Prefix}*"},
        "Condition": {
            "StringEquals": {"s3:ResourceAccount": {"Ref": "AWS::AccountId"}},
            "Null": {"s3:if-none-match": "false"},
        },
    }
    assert template("--prefix", "blockmetry")["Parameters"]["Prefix"]["Default"] == "blockmetry/"


@pytest.mark.parametrize(
    ("kind", "action"), [("kinesis", "kinesis:PutRecords"), ("firehose", "firehose:PutRecordBatch")]
)
def test_of_a_stream_only_putting_is_granted(kind: str, action: str) -> None:
    put = granted("--kind", kind)
    assert (put["Effect"], put["Action"]) == ("Allow", action)
    assert put["Resource"]["Fn::Sub"].endswith("/${StreamName}")


@pytest.mark.parametrize("kind", ["objects", "kinesis"])
def test_a_key_may_be_used_to_encrypt_and_not_to_decrypt(kind: str) -> None:
    encrypt = template("--kind", kind, "--kms-key", KEY)["Resources"]["Encrypt"]
    (statement,) = encrypt["Properties"]["PolicyDocument"]["Statement"]
    assert encrypt["Condition"] == "HasKey"
    assert statement["Action"] == "kms:GenerateDataKey"
    assert statement["Resource"] == {"Ref": "KmsKeyArn"}


@pytest.mark.parametrize("kind", ["objects", "kinesis", "firehose"])
def test_the_role_trusts_one_principal_who_knows_the_external_id(kind: str) -> None:
    (trust,) = template("--kind", kind)["Resources"]["Writer"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust == {
        "Effect": "Allow",
        "Principal": {"AWS": {"Ref": "Principal"}},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}},
    }


def test_a_new_bucket_is_private_encrypted_versioned_and_for_tls_only() -> None:
    resources = template()["Resources"]
    bucket = resources["Bucket"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert "BucketEncryption" in bucket
    assert bucket["VersioningConfiguration"]["Status"] == "Enabled"
    (deny,) = resources["TlsOnly"]["Properties"]["PolicyDocument"]["Statement"]
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


@pytest.mark.parametrize(("kind", "resource"), [("objects", "Bucket"), ("kinesis", "Stream")])
def test_what_exists_is_not_made(kind: str, resource: str) -> None:
    for options, makes in ([], "no"), (["--existing"], "yes"):
        asked = template("--kind", kind, *options)
        assert asked["Resources"][resource]["Condition"] == f"Makes{resource}"
        assert asked["Parameters"][f"Existing{resource}"]["Default"] == makes


def test_the_printed_sinks_load(tmp_path: Path) -> None:
    common = ["--account", ACCOUNT, "--external-id", EXTERNAL_ID, "--region", "eu-west-1"]
    role = f"arn:aws:iam::{ACCOUNT}:role/blockmetry-"
    said: dict[str, Any] = {"region": "eu-west-1", "external_id": EXTERNAL_ID}
    objects = sinks(tmp_path, *CASES["objects"], *common, "--kms-key", KEY)
    url = "s3://shop-records/some/where"
    assert objects == [ObjectsSink(url=url, role_arn=f"{role}objects-shop", kms_key_id=KEY, **said)]
    kinesis = sinks(tmp_path, *CASES["kinesis"], *common)
    assert kinesis == [KinesisSink(stream="hits", role_arn=f"{role}kinesis-shop", **said)]
    firehose = sinks(tmp_path, *CASES["firehose"], *common)
    assert firehose == [FirehoseSink(stream="hits", role_arn=f"{role}firehose-shop", **said)]


def test_all_but_the_external_id_is_the_same_each_time() -> None:
    first, second = printed().stdout, printed().stdout
    differing = [pair for pair in zip(first.splitlines(), second.splitlines(), strict=True) if pair[0] != pair[1]]
    ((one, other),) = differing
    assert one.startswith('    Default: "')
    assert min(len(one), len(other)) > 32 + len('    Default: ""')
    assert printed("--external-id", EXTERNAL_ID).stdout == printed("--external-id", EXTERNAL_ID).stdout


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--bucket", 'a"b'], "--bucket"),
        (["--prefix", "/x"], "--prefix"),
        (["--account", "12"], "--account"),
        (["--external-id", "short"], "--external-id"),
        (["--stream", "hits"], "--stream"),
        (["--kind", "kinesis", "--prefix", "x"], "--prefix"),
        (["--kind", "firehose", "--kms-key", KEY], "--kms-key"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(options: list[str], named: str) -> None:
    said = printed(*options)
    assert (said.exit_code, said.stdout) == (2, "")
    assert named in said.stderr


def test_who_assumes_the_role_must_be_an_arn() -> None:
    assert printed(principal="worker").exit_code == 2


@pytest.mark.parametrize("name", ["Shop_Records", "ab", "a" * 64, "-shop", "shop/records"])
def test_a_name_that_no_bucket_can_have_is_refused(name: str) -> None:
    said = printed("--bucket", name)
    assert said.exit_code == 2
    assert "is no bucket's name" in said.stderr
