"""`blockmetry onboard`: what a customer needs to let us write, and what we need to do it."""

import re
import secrets
import sys

import click
import msgspec

from blockmetry.grant import UNKNOWN_ACCOUNT, Grant, grant_of, sink_of, template_of

BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
EXTERNAL_ID_BYTES = 32
AFTERWARDS = """
The customer deploys the template (it names its role, hence the capability):

  aws cloudformation deploy --template-file FILE --stack-name blockmetry --capabilities CAPABILITY_NAMED_IAM

Then this goes below the [[property]] "{property}" of properties.toml{but}:

{sink}

and `blockmetry check` proves that we can write there, and do nothing else.
"""
BUT = f",\nwith the stack's output RoleArn as role_arn (or give --account, instead of {UNKNOWN_ACCOUNT})"


@click.command(
    epilog="""Examples:

  blockmetry onboard shop --bucket shop-records --principal arn:aws:iam::123456789012:role/worker > shop.yaml

  blockmetry onboard shop --kind kinesis --stream hits --existing --principal arn:aws:iam::123456789012:role/worker

Exit codes: 0 printed, 2 an option is wrong.
"""
)
@click.argument("property_id", metavar="PROPERTY")
@click.option(
    "--kind", type=click.Choice(["objects", "kinesis", "firehose"]), default="objects", show_default=True,
    help="What the sink is.",
)  # fmt: skip
@click.option("--bucket", metavar="NAME", help="Of kind objects.  [default: blockmetry-PROPERTY]")
@click.option("--stream", metavar="NAME", help="Of kinds kinesis and firehose.  [default: blockmetry-PROPERTY]")
@click.option("--existing", "--existing-bucket", is_flag=True, help="Make no bucket or stream: the customer has it.")
@click.option("--prefix", metavar="P", help="Write below P/ only.")
@click.option("--region", metavar="R", help="The bucket's or stream's.")
@click.option("--principal", metavar="ARN", required=True, help="Role (or user) that the workers run as.")
@click.option("--account", metavar="ID", help="The customer's AWS account, which makes the role's ARN known.")
@click.option("--kms-key", metavar="ARN", help="Encrypt with this key of the customer's.")
@click.option("--external-id", metavar="ID", help="At least 32 characters.  [default: a fresh one, from chance]")
def onboard(**asked: str | bool | None) -> None:
    """Print the CloudFormation template that lets us write into a customer's store, and do nothing else there.

    It goes to standard output; what goes into properties.toml, to standard error.
    """
    grant = _granted({key: value for key, value in asked.items() if value is not None})
    click.echo(template_of(grant), nl=False)
    sys.stdout.flush()
    but = BUT if grant.account == UNKNOWN_ACCOUNT else ""
    click.echo(AFTERWARDS.format(property=grant.property_id, but=but, sink=sink_of(grant)), err=True)


def _granted(asked: dict[str, str | bool]) -> Grant:
    """Raises `click.UsageError`."""
    _refuse_what_does_not_belong(asked)
    asked.setdefault("external_id", secrets.token_urlsafe(EXTERNAL_ID_BYTES))
    name = asked.pop("bucket", None) or asked.pop("stream", None) or f"blockmetry-{asked['property_id']}"
    if asked["kind"] == "objects" and not BUCKET.fullmatch(str(name)):
        raise click.UsageError(f"--bucket: {name!r} is no bucket's name: 3 to 63 of a-z, 0-9, - and .")
    try:
        return grant_of({**asked, "name": name})
    except msgspec.ValidationError as error:
        raise click.UsageError(_told(error)) from error


def _refuse_what_does_not_belong(asked: dict[str, str | bool]) -> None:
    is_objects = asked["kind"] == "objects"
    for option, belongs in (("bucket", is_objects), ("prefix", is_objects), ("stream", not is_objects)):
        if option in asked and not belongs:
            raise click.UsageError(f"--{option} does not belong to --kind {asked['kind']}")
    if asked["kind"] == "firehose" and "kms_key" in asked:
        raise click.UsageError("--kms-key does not belong to --kind firehose: the stream encrypts by itself")


def _told(error: msgspec.ValidationError) -> str:
    """`Expected …: --principal`"""
    what, _, place = str(error).rpartition(" - at `$.")
    key = place.rstrip("`")
    option = {"name": "--bucket or --stream", "property_id": "PROPERTY"}.get(key, f"--{key.replace('_', '-')}")
    return f"{option}: {what}"
