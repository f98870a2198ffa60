"""Grant: what a customer allows us, as their CloudFormation template and as our `[[property.sink]]`."""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from shared.properties import PropertyId
from shared.section import Section
from shared.sinks import AccountId, Region

TEMPLATES = files("blockmetry") / "templates"
UNKNOWN_ACCOUNT = "000000000000"
ROLE_NAME_LIMIT = 64

Principal = Annotated[str, Meta(pattern=r"\Aarn:aws[a-z-]*:iam::\d{12}:(root|(role|user)/[\w+=,.@/-]+)\Z")]
Name = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_.-]{1,128}\Z")]
Prefix = Annotated[str, Meta(pattern=r"\A([A-Za-z0-9_!.'()=-]+(/[A-Za-z0-9_!.'()=-]+)*)?\Z")]
KmsKey = Annotated[str, Meta(pattern=r"\A(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+)?\Z")]
LongExternalId = Annotated[str, Meta(pattern=r"\A[\w+=,.@:/-]{32,1224}\Z")]
"""Nobody guesses it."""


class Grant(Section, frozen=True, kw_only=True):
    """Leave to write into one bucket or stream, and nothing else."""

    property_id: PropertyId
    kind: Literal["objects", "kinesis", "firehose"]
    principal: Principal
    """Who assumes the customer's role: our workers."""
    external_id: LongExternalId
    name: Name
    """Of the bucket or stream."""
    existing: bool = False
    """The bucket or stream is there already."""
    prefix: Prefix = ""
    region: Region = ""
    account: AccountId = UNKNOWN_ACCOUNT
    """The customer's."""
    kms_key: KmsKey = ""

    @property
    def role_name(self) -> str:
        """One role for each sink."""
        return f"blockmetry-{self.kind}-{self.property_id}"[:ROLE_NAME_LIMIT]

    @property
    def role_arn(self) -> str:
        """As the customer's template makes it."""
        partition = self.principal.split(":")[1]
        return f"arn:{partition}:iam::{self.account}:role/{self.role_name}"


def template_of(grant: Grant) -> str:
    """CloudFormation for the customer's account: the template of its kind, with our answers to what it asks."""
    text = (TEMPLATES / f"{grant.kind}.yaml").read_text(encoding="utf-8")
    for name, value in _answers(grant).items():
        text = text.replace(f"\n  {name}:\n", f"\n  {name}:\n    Default: {json.dumps(value)}\n", 1)
    return text


def sink_of(grant: Grant) -> str:
    """`[[property.sink]]` for `properties.toml`."""
    return "\n".join(["[[property.sink]]", *(f"{key} = {json.dumps(value)}" for key, value in _keys(grant))])


def _answers(grant: Grant) -> dict[str, str]:
    common = {"Principal": grant.principal, "ExternalId": grant.external_id, "RoleName": grant.role_name}
    existing = "yes" if grant.existing else "no"
    match grant.kind:
        case "objects":
            prefix = f"{grant.prefix}/" if grant.prefix else ""
            own = {"BucketName": grant.name, "ExistingBucket": existing, "Prefix": prefix, "KmsKeyArn": grant.kms_key}
        case "kinesis":
            own = {"StreamName": grant.name, "ExistingStream": existing, "KmsKeyArn": grant.kms_key}
        case "firehose":
            own = {"StreamName": grant.name}
    return common | own


def _keys(grant: Grant) -> Iterator[tuple[str, str]]:
    yield "kind", grant.kind
    if grant.kind == "objects":
        yield "url", f"s3://{grant.name}/{grant.prefix}".rstrip("/")
    else:
        yield "stream", grant.name
    if grant.region:
        yield "region", grant.region
    yield "role_arn", grant.role_arn
    yield "external_id", grant.external_id
    if grant.kind == "objects" and grant.kms_key:
        yield "kms_key_id", grant.kms_key


def grant_of(asked: dict[str, object]) -> Grant:
    """Raises `msgspec.ValidationError`, which names the key."""
    return msgspec.convert(asked, Grant)
