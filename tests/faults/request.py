"""One HTTP/1.1 request as it came over the wire, and what it asks of Amazon."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

SERVICES = {"AmazonSQS": "sqs", "Kinesis_20131202": "kinesis", "Firehose_20150804": "firehose"}
OBJECT_OPERATIONS = {"PUT": "PutObject", "GET": "GetObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}


class Head(NamedTuple):
    """What comes before the body; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]

    @property
    def length(self) -> int:
        """Of the body."""
        return int(self.headers.get("content-length", 0))

    @property
    def waits_to_continue(self) -> bool:
        """The body comes once we have said so."""
        return self.headers.get("expect", "").lower() == "100-continue"


class Request(NamedTuple):
    """A whole one."""

    head: Head
    body: bytes

    @property
    def service(self) -> str:
        """`sqs`, `kinesis`, `firehose`, `sts` or `s3`."""
        if target := self.head.headers.get("x-amz-target"):
            return SERVICES[target.partition(".")[0]]
        return "sts" if b"Action=" in self.body[:200] else "s3"

    @property
    def operation(self) -> str:
        """As Amazon names it: `SendMessageBatch`, `PutObject`."""
        if target := self.head.headers.get("x-amz-target"):
            return target.partition(".")[2]
        return self.form["Action"] if self.service == "sts" else OBJECT_OPERATIONS.get(self.head.method, "?")

    @property
    def form(self) -> dict[str, str]:
        """The body of a request to STS."""
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    @property
    def json(self) -> Any:
        """The body of a request to the others but S3."""
        return json.loads(self.body)

    @property
    def path(self) -> str:
        """Without the query; for S3 in path style: `/BUCKET/KEY`."""
        return unquote(urlsplit(self.head.target).path)


async def read_head(reader: asyncio.StreamReader) -> Head:
    """Raises `EOFError` when the other side has ended."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    return Head(method, target, {name.strip().lower(): value.strip() for name, _, value in pairs})
