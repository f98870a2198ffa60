"""wrk, where it is installed: a client that costs far less than the servers that it loads."""

import resource
import shutil
import subprocess
import tempfile
import time
from math import ceil
from pathlib import Path

import msgspec

from bench.bodies import BODY, template
from bench.outcome import Latency, Outcome

SCRIPT = Path(__file__).with_suffix(".lua")
TIMEOUT = "10s"


class Told(msgspec.Struct):
    """What the script says in the end. Latencies in milliseconds."""

    answers: int
    refused: int
    """Of the answers, those from 400 on."""
    broken: int
    seconds: float
    p50: float
    p99: float
    p999: float


def is_installed() -> bool:
    """Whether it can be used."""
    return bool(shutil.which("wrk"))


def saturate(url: str, connections: int, seconds: float, body: str = BODY) -> Outcome:
    """For so many whole seconds. wrk counts every answer below 400 as an acknowledgement."""
    with tempfile.NamedTemporaryFile("w", newline="") as request:
        request.write(template(body))
        request.flush()
        options = ("-t1", f"-c{connections}", f"-d{ceil(seconds)}s", "--timeout", TIMEOUT, "-s", str(SCRIPT))
        begun, cpu_begun = time.perf_counter(), _cpu_seconds()
        told = subprocess.run(
            ("wrk", *options, url, "--", request.name), check=True, stdout=subprocess.PIPE, text=True
        ).stdout
        cpu = (_cpu_seconds() - cpu_begun) / (time.perf_counter() - begun)
    return outcome(told, cpu)


def outcome(told: str, client_cpu: float) -> Outcome:
    """Of what it printed."""
    said = msgspec.json.decode(told.splitlines()[-1], type=Told)
    latency = Latency(said.p50, said.p99, said.p999)
    return Outcome(said.answers - said.refused, said.refused + said.broken, said.seconds, latency, client_cpu)


def _cpu_seconds() -> float:
    """Of all children that have ended: nothing else ends meanwhile."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
