"""A server that speaks Amazon's languages: moto, in a process of its own, on a free port of the loopback."""

import os
import secrets
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from tests.running import free_port, until

REGION = "eu-west-1"
ACCOUNT = "123456789012"
"""Whose everything at moto is, unless a role says otherwise."""
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "operator", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": REGION}
"""For processes that use it. Without enforcement, moto takes any key."""


class Moto:
    """One server."""

    def __init__(self, url: str) -> None:
        self.url = url

    def client(self, service: str, key: str = "operator", secret: str = "secret", token: str | None = None) -> Any:
        """boto3's own, blocking: the world's view of what our code did."""
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
        )

    def bucket(self, name: str = "") -> str:
        """A new one's name."""
        name = name or f"bucket-{secrets.token_hex(6)}"
        self.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        return name

    def keys(self, bucket: str) -> list[str]:
        """Of the objects in it."""
        pages = self.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]

    def queue(self, max_receives: int = 10, **attributes: str) -> str:
        """A new queue's URL; it has a dead-letter queue by redrive policy, `QUEUE-dead`."""
        sqs = self.client("sqs")
        name = f"queue-{secrets.token_hex(6)}"
        dead = sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        policy = f'{{"deadLetterTargetArn":"{arn}","maxReceiveCount":"{max_receives}"}}'
        url: str = sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": policy, **attributes})["QueueUrl"]
        return url

    def stream(self, shards: int = 2) -> str:
        """A new Kinesis stream's name. Of calls that put records at the same time, moto loses some."""
        kinesis = self.client("kinesis")
        name = f"stream-{secrets.token_hex(6)}"
        kinesis.create_stream(StreamName=name, ShardCount=shards)
        kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 1})
        return name

    def read_stream(self, name: str, kinesis: Any = None) -> list[bytes]:
        """Everything in it, shard by shard."""
        kinesis = kinesis or self.client("kinesis")
        found: list[bytes] = []
        for shard in kinesis.list_shards(StreamName=name)["Shards"]:
            place = {"StreamName": name, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
            answer = kinesis.get_records(ShardIterator=kinesis.get_shard_iterator(**place)["ShardIterator"])
            found += [record["Data"] for record in answer["Records"]]
        return found

    def delivery_stream(self, bucket: str) -> str:
        """A new Firehose's name. Each batch is an object of the bucket at once."""
        name = f"firehose-{secrets.token_hex(6)}"
        place = {"RoleARN": f"arn:aws:iam::{ACCOUNT}:role/firehose", "BucketARN": f"arn:aws:s3:::{bucket}"}
        self.client("firehose").create_delivery_stream(
            DeliveryStreamName=name, DeliveryStreamType="DirectPut", S3DestinationConfiguration=place
        )
        return name

    def read_bucket(self, name: str) -> dict[str, bytes]:
        """Every object by its key."""
        s3 = self.client("s3")
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=name)
        keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
        return {key: s3.get_object(Bucket=name, Key=key)["Body"].read() for key in keys}

    def enforce_policies(self) -> None:
        """From now on, every call needs an access key that IAM knows and that may do it."""
        self._post("/moto-api/reset-auth", b"0")

    def allow_all(self) -> None:
        """As at the start."""
        self._post("/moto-api/reset-auth", b"1e9")

    def _post(self, path: str, body: bytes) -> None:
        request = urllib.request.Request(self.url + path, body, {"Content-Type": "text/plain"}, method="POST")
        urllib.request.urlopen(request, timeout=10).close()


@contextmanager
def moto_server(directory: Path, module: str = "moto.server") -> Iterator[Moto]:
    """Empty at the start; ended at the end of the block. Its log goes below `directory`.

    `module`: what runs, such as `tests.strict_moto`.
    """
    port = free_port()
    with (directory / "moto.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", module, "-H", "127.0.0.1", "-p", str(port)],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "MOTO_PORT": str(port)},
        )
    try:
        url = f"http://127.0.0.1:{port}"
        until(lambda: _answers(url), 30)
        yield Moto(url)
    finally:
        process.terminate()
        process.wait(10)


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(f"{url}/moto-api/data.json", timeout=5).close()
    except OSError:
        return False
    return True
