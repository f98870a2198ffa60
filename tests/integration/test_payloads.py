"""Payloads that nobody's tag makes: each is refused for its reason, or becomes a record or a drop that is counted."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.keys import hash_of
from tests.integration.payloads import BODIES, GOOD, GZIPPED
from tests.integration.stranger import Heard, Target, assert_explained, assert_silent
from tests.integration.test_pipeline import CHROME, FREE_PORTS
from tests.running import running, until

KEY = "bm_" + "a" * 43
FATES = re.compile(r"^blockmetry_(?:enriched|dropped)_total(?:\{.*\})? (\S+)$", re.MULTILINE)
HEAD = f"POST %s HTTP/1.1\r\nHost: stats.example.com\r\nUser-Agent: {CHROME}\r\nAuthorization: Bearer {KEY}\r\n"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Gateway and worker; at the end, all that was accepted has met its fate."""
    data: Path = tmp_path_factory.mktemp("payloads")
    properties = data / "properties.toml"
    properties.write_text(f'[[property]]\nid = "demo"\nhosts = ["*"]\napi_keys = ["{hash_of(KEY)}"]\n')
    with running(data, "up", *FREE_PORTS, environ={"BLOCKMETRY_PROPERTIES": str(properties)}) as process:
        target = Target(process, process.url("demo page"))
        yield target
        accepted = target.counted()["accepted"]
        assert accepted
        until(lambda: sum(float(count) for count in FATES.findall(target.read())) == accepted)
        assert_silent(target)


def send(up: Target, path: str, body: bytes, headers: str = "") -> Heard:
    head = f"{HEAD % path}{headers}Content-Length: {len(body)}\r\n\r\n"
    return up.hear(head.encode() + body, 1, quiet_seconds=0.001)


def assert_told(up: Target, before: Counter[str], heard: Heard, reason: str, accepted: int) -> None:
    (reply,) = heard.replies
    told = up.counted() - before
    if reason:
        assert reply.reject == reason
        assert_explained(reply)
        assert told == {reason: 1, "rejected": 1}
    else:
        assert (reply.status, reply.reject) == (accepted, "")
        assert told == {"accepted": 1}


@pytest.mark.parametrize("name", BODIES)
def test_on_the_script_channel(up: Target, name: str) -> None:
    body, reason = BODIES[name]
    before = up.counted()
    assert_told(up, before, send(up, "/v1/beacon", body), reason, 204)


@pytest.mark.parametrize("name", [name for name in BODIES if name != "an array"])
def test_on_the_server_channel(up: Target, name: str) -> None:
    body, reason = BODIES[name]
    before = up.counted()
    assert_told(up, before, send(up, "/v1/measurements", body), reason, 202)


@pytest.mark.parametrize("name", GZIPPED)
def test_compressed_on_the_server_channel(up: Target, name: str) -> None:
    body, reason = GZIPPED[name]
    before, memory = up.counted(), up.memory_bytes()
    assert_told(up, before, send(up, "/v1/measurements", body, "Content-Encoding: gzip\r\n"), reason, 202)
    assert up.memory_bytes("VmHWM") < memory + (32 << 20)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "compress", "gzip, gzip", "nonsense"])
def test_the_script_channel_takes_nothing_compressed(up: Target, encoding: str) -> None:
    before = up.counted()
    heard = send(up, "/v1/beacon", GOOD, f"Content-Encoding: {encoding}\r\n")
    assert_told(up, before, heard, "encoding", 204)
