"""A customer at moto: what `blockmetry onboard` printed is deployed in their account, and policies are enforced."""

import ast
import json
import re
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from click.testing import CliRunner

from blockmetry.onboard import onboard
from tests.moto import ACCOUNT, REGION, Moto

OPERATOR = f"arn:aws:iam::{ACCOUNT}:user/operator"


class Checked(NamedTuple):
    """What `blockmetry check` said."""

    code: int
    text: str

    @property
    def proven(self) -> str:
        """The line about the sink that tells what is well."""
        return next(line for line in self.text.splitlines() if line.startswith(" shop-"))

    @property
    def failed(self) -> str:
        """All lines with a status that is bad."""
        return "\n".join(line for line in self.text.splitlines() if re.search(r" (FAILED|unreachable) ", line))


class Customer:
    """One property, and its one sink of the same name."""

    def __init__(self, moto: Moto, operator: dict[str, str], directory: Path, kind: str, *options: str) -> None:
        """Not yet deployed."""
        self.kind = kind
        self.name = f"shop-{secrets.token_hex(3)}"
        place = ["--bucket" if kind == "objects" else "--stream", self.name, "--region", REGION]
        self._moto = moto
        self._directory = directory
        self._environ = {"PATH": "", "AWS_DEFAULT_REGION": REGION, **operator}
        said = CliRunner().invoke(
            onboard, [self.name, "--kind", kind, *place, "--principal", OPERATOR, "--account", ACCOUNT, *options]
        )
        assert said.exit_code == 0, said.stderr
        self.template = said.stdout
        self.role = f"blockmetry-{kind}-{self.name}"
        table = [line for line in said.stderr.splitlines() if re.match(r"\[\[|\w+ = ", line)]
        self.sink = "\n".join(table)

    def deploy(self) -> dict[str, str]:
        """The stack's outputs."""
        cloud = self._moto.client("cloudformation")
        stack = {"StackName": self.role, "Capabilities": ["CAPABILITY_NAMED_IAM"]}
        cloud.create_stack(TemplateBody=self.template, **stack)
        (made,) = cloud.describe_stacks(StackName=self.role)["Stacks"]
        assert made["StackStatus"] == "CREATE_COMPLETE"
        # Of a stack's inline policy, moto makes Python, which it cannot read.
        self._put_policy("blockmetry-write-only", ast.literal_eval(self.policy))
        return {output["OutputKey"]: output["OutputValue"] for output in made["Outputs"]}

    @property
    def policy(self) -> Any:
        """The role's only one."""
        iam = self._moto.client("iam")
        (name,) = iam.list_role_policies(RoleName=self.role)["PolicyNames"]
        return iam.get_role_policy(RoleName=self.role, PolicyName=name)["PolicyDocument"]

    def allow(self, *actions: str) -> None:
        """Beyond what the template says."""
        statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        self._put_policy("beyond", {"Version": "2012-10-17", "Statement": [statement]})

    def forbid_everything(self) -> None:
        """The role may still be assumed."""
        iam = self._moto.client("iam")
        for name in iam.list_role_policies(RoleName=self.role)["PolicyNames"]:
            iam.delete_role_policy(RoleName=self.role, PolicyName=name)

    def trust(self, **condition: Any) -> None:
        """In another way than the template's."""
        statement = {"Effect": "Allow", "Principal": {"AWS": OPERATOR}, "Action": "sts:AssumeRole", **condition}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self._moto.client("iam").update_assume_role_policy(RoleName=self.role, PolicyDocument=policy)

    def check(self, *lines: str, endpoint_url: str = "") -> Checked:
        """By the operator, as a process of its own, while policies are enforced. `lines` are added to the sink."""
        end = [f'endpoint_url = "{endpoint_url or self._moto.url}"', *lines]
        properties = ["[[property]]", f'id = "{self.name}"', 'hosts = ["*"]', self.sink, *end]
        (self._directory / "properties.toml").write_text("\n".join(properties))
        self._moto.enforce_policies()
        try:
            said = subprocess.run(
                [sys.executable, "-m", "blockmetry", "check"],
                capture_output=True, text=True, check=False, timeout=60, cwd=self._directory, env=self._environ,
            )  # fmt: skip
        finally:
            self._moto.allow_all()
        assert "Traceback" not in said.stderr
        return Checked(said.returncode, said.stdout)

    def _put_policy(self, name: str, policy: Any) -> None:
        document = json.dumps(policy)
        self._moto.client("iam").put_role_policy(RoleName=self.role, PolicyName=name, PolicyDocument=document)


def operator_of(moto: Moto) -> dict[str, str]:
    """A new user at moto who may assume any role that lets them, and its environment."""
    iam = moto.client("iam")
    iam.create_user(UserName="operator")
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName="operator", PolicyName="assume", PolicyDocument=policy)
    key = iam.create_access_key(UserName="operator")["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
