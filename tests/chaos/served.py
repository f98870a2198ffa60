"""Served: clients in processes of their own before one gateway, and how the good ones were served."""

import subprocess
import sys

import msgspec

from tests.chaos.patrons import Visit
from tests.integration.stranger import Target


def good_clients(gateway: Target, per_second: float, seconds: float) -> list[Visit]:
    """How each was served, in the order of their answers."""
    process = started("patrons", gateway, per_second, seconds)
    return msgspec.json.decode(process.communicate()[0], type=list[Visit])


def started(module: str, gateway: Target, count: float, seconds: float) -> "subprocess.Popen[bytes]":
    """One of the modules here, told how many and how long."""
    host, port = gateway.place
    command = [sys.executable, "-m", f"tests.chaos.{module}", host, str(port), str(count), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE)


def share(visits: list[Visit], of: float) -> float:
    """This share waited so many seconds or less."""
    return sorted(visit.wait_seconds for visit in visits)[int(len(visits) * of)]


def failed(visits: list[Visit]) -> list[Visit]:
    """All that were not acknowledged."""
    return [visit for visit in visits if visit.status != 204]
