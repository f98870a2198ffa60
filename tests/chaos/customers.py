"""Customers: properties, and servers of ours where their records go, which remember when each object came."""

import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec

from shared.sinks import KinesisSink, ObjectsSink
from tests.chaos.verdict import Found
from tests.faults.amazon import Amazon, Answer
from tests.faults.request import Request
from tests.faults.server import FaultyServer, faulty
from tests.moto import ACCOUNT, REGION


class Account(Amazon):
    """Keeps what is put there."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived: dict[int, float] = {}
        """When each hit's object came, in seconds since the Unix epoch."""
        self.came: dict[str, float] = {}
        """The same by key, of all objects."""

    def answer(self, request: Request, failing: int = 0) -> Answer:
        known = len(self.objects)
        answer = super().answer(request, failing)
        if len(self.objects) > known:
            self.came[request.path] = time.time()
            if request.path.endswith(".json"):
                self.arrived[int(request.path[-37:-5], 16)] = self.came[request.path]
        return answer

    def in_streams(self) -> list[Found]:
        return [Found(msgspec.json.decode(b64decode(record))) for record in self.records]


Kept = TypeVar("Kept", bound=Account)


@contextmanager
def account() -> Iterator[tuple[FaultyServer, Account]]:
    """At a server of its own."""
    with serving(Account()) as served:
        yield served


@contextmanager
def serving(kept: Kept) -> Iterator[tuple[FaultyServer, Kept]]:
    """The same for one of another kind."""
    with faulty() as server:
        server.amazon = kept
        yield server, kept


def ids(count: int, first: int = 0) -> list[str]:
    """Of properties."""
    return [f"shop-{number:02d}" for number in range(first, first + count)]


def bucket(name: str, endpoint_url: str, **settings: Any) -> ObjectsSink:
    return ObjectsSink(
        url=f"s3://{name}/records", region=REGION, endpoint_url=endpoint_url, path_style=True, **settings
    )


def assumed(name: str, endpoint_url: str, **settings: Any) -> ObjectsSink:
    """With the customer's role."""
    role = f"arn:aws:iam::{ACCOUNT}:role/writer-of-{name}"
    return bucket(name, endpoint_url, role_arn=role, external_id=f"known-to-{name}", **settings)


def stream(endpoint_url: str) -> KinesisSink:
    return KinesisSink(stream="hits", region=REGION, endpoint_url=endpoint_url)
