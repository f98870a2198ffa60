"""The bucket that is written to: a fast S3 server of ours on the core that is not measured."""

import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bench.s3_stub import Taken
from bench.servers import CLIENT_CORE, started
from shared.properties import DEMO
from shared.sinks import ObjectsSink

STUB = (sys.executable, "-m", "bench.s3_stub")
BUCKET, PREFIX, REGION = "bench", "records", "eu-west-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": REGION}
PROPERTY = """
[[property]]
id = "{property_id}"
hosts = ["*"]

[[property.sink]]
kind = "objects"
url = "{sink.url}"
region = "{sink.region}"
endpoint_url = "{sink.endpoint_url}"
path_style = true
layout = "{layout}"
"""


class Bucket:
    """Of one server."""

    def __init__(self, endpoint_url: str) -> None:
        self.endpoint_url = endpoint_url

    @property
    def sink(self) -> ObjectsSink:
        """How records get into it."""
        url = f"s3://{BUCKET}/{PREFIX}"
        return ObjectsSink(url=url, region=REGION, endpoint_url=self.endpoint_url, path_style=True)

    def taken(self) -> Taken:
        """What was put so far."""
        with urllib.request.urlopen(self.endpoint_url, timeout=10) as answer:
            return msgspec.json.decode(answer.read(), type=Taken)

    def environ(self, directory: Path, layout: str) -> dict[str, str]:
        """For a worker that writes the demo property's hits here; its properties file is made in `directory`."""
        path = directory / "properties.toml"
        path.write_text(PROPERTY.format(property_id=DEMO.id, sink=self.sink, layout=layout))
        return {**CREDENTIALS, "BLOCKMETRY_PROPERTIES": str(path)}


@contextmanager
def empty_bucket() -> Iterator[Bucket]:
    """Gone at the end of the block."""
    with started(STUB, "s3", {}, CLIENT_CORE) as server:
        yield Bucket(server.url)
