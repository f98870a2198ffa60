"""Where sinks write, each with the customer's own view of it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pytest

from shared.sinks import FirehoseSink, KinesisSink, ObjectsSink, Sink
from tests.faults.front import Front, Mode, forwarder
from tests.moto import REGION, Moto


class Place(Protocol):
    """A sink's store, seen from the customer's side."""

    @property
    def sink(self) -> Sink:
        """As in `properties.toml`."""

    def objects(self) -> dict[str, bytes]:
        """Everything that was written, by its name."""

    def break_down(self) -> None:
        """Writes fail from now on, for reasons that can pass."""

    def mend(self) -> None:
        """Writes work again."""


class Directory(NamedTuple):
    root: Path
    settings: dict[str, Any]

    @property
    def sink(self) -> ObjectsSink:
        return ObjectsSink(url=f"file://{self.root}", **self.settings)

    def objects(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in self.root.rglob("*.*") if path.is_file()}

    def break_down(self) -> None:
        self.root.write_text("a file where the directory should be")

    def mend(self) -> None:
        self.root.unlink()


class Bucket(NamedTuple):
    moto: Moto
    front: Front
    name: str
    settings: dict[str, Any]

    @property
    def sink(self) -> ObjectsSink:
        url = f"s3://{self.name}/records"
        return ObjectsSink(url=url, region=REGION, endpoint_url=self.front.url, path_style=True, **self.settings)

    def objects(self) -> dict[str, bytes]:
        return self.moto.read_bucket(self.name)

    def break_down(self) -> None:
        self.front.turn(Mode.REFUSE)

    def mend(self) -> None:
        self.front.turn(Mode.FORWARD)


class Stream(NamedTuple):
    moto: Moto
    front: Front
    name: str

    @property
    def sink(self) -> KinesisSink:
        return KinesisSink(stream=self.name, region=REGION, endpoint_url=self.front.url)

    def objects(self) -> dict[str, bytes]:
        return {str(number): body for number, body in enumerate(self.moto.read_stream(self.name))}

    def break_down(self) -> None:
        self.front.turn(Mode.REFUSE)

    def mend(self) -> None:
        self.front.turn(Mode.FORWARD)


class DeliveryStream(NamedTuple):
    moto: Moto
    front: Front
    name: str
    bucket: str

    @property
    def sink(self) -> FirehoseSink:
        return FirehoseSink(stream=self.name, region=REGION, endpoint_url=self.front.url)

    def objects(self) -> dict[str, bytes]:
        return self.moto.read_bucket(self.bucket)

    def break_down(self) -> None:
        self.front.turn(Mode.REFUSE)

    def mend(self) -> None:
        self.front.turn(Mode.FORWARD)


@contextmanager
def directory(request: pytest.FixtureRequest, settings: dict[str, Any]) -> Iterator[Place]:
    path: Path = request.getfixturevalue("tmp_path")
    yield Directory(path / "records", settings)


@contextmanager
def bucket(request: pytest.FixtureRequest, settings: dict[str, Any]) -> Iterator[Place]:
    moto: Moto = request.getfixturevalue("moto")
    with forwarder(moto.url) as front:
        yield Bucket(moto, front, moto.bucket(), settings)


@contextmanager
def stream(request: pytest.FixtureRequest, settings: dict[str, Any]) -> Iterator[Place]:
    moto: Moto = request.getfixturevalue("moto")
    with forwarder(moto.url) as front:
        yield Stream(moto, front, moto.stream())


@contextmanager
def delivery_stream(request: pytest.FixtureRequest, settings: dict[str, Any]) -> Iterator[Place]:
    moto: Moto = request.getfixturevalue("moto")
    bucket = moto.bucket()
    with forwarder(moto.url) as front:
        yield DeliveryStream(moto, front, moto.delivery_stream(bucket), bucket)


OpenPlace = Callable[[pytest.FixtureRequest, dict[str, Any]], AbstractContextManager[Place]]
OBJECT_STORES: dict[str, tuple[OpenPlace, dict[str, Any]]] = {
    "file": (directory, {}),
    "file, by block": (directory, {"layout": "block"}),
    "s3": (bucket, {}),
    "s3, by block": (bucket, {"layout": "block"}),
    "s3, by block in gzip": (bucket, {"layout": "block", "compression": "gzip"}),
}
"""They never hold the same record twice."""
PLACES = OBJECT_STORES | {"kinesis": (stream, {}), "firehose": (delivery_stream, {})}
