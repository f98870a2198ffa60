"""`blockmetry gateway` as several processes: how they begin, and how they end when something is wrong."""

import os
import signal
import socket
import ssl
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.certificates import authority
from tests.running import Running, running, until

SEVERAL = {"BLOCKMETRY_GATEWAY__PROCESSES": "2"}
FREE = ("gateway", "--port", "0", "--admin-port", "0")


def children(parent: Running) -> set[int]:
    return set(map(int, Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()))


def is_gone(pid: int) -> bool:
    """Or only its exit code is left."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@contextmanager
def ended(data: Path, *arguments: str, environ: dict[str, str]) -> Iterator[tuple[int, str]]:
    """Exit code and errors."""
    with running(data, *arguments, environ={**SEVERAL, **environ}) as process:
        yield process.wait(), process.errors


def test_each_has_tls_metrics_and_a_journal_and_a_bad_edit_changes_nothing_and_all_leave_with_their_parent(
    tmp_path: Path,
) -> None:
    config = tmp_path / "blockmetry.toml"
    files = f"tls_certificate = '{tmp_path}/server.pem'\ntls_key = '{tmp_path}/server.pem'\n"
    config.write_text("[gateway]\nprocesses = 2\nshutdown_grace_seconds = 60\n" + files)
    authority(tmp_path)
    trusting = ssl.create_default_context(cafile=tmp_path / "ca.pem")
    with running(tmp_path, *FREE, "--config", str(config)) as parent:
        for _ in range(8):  # connections, each of which is one process's or the other's
            with urllib.request.urlopen(parent.url("gateway") + "v1/tag.js", timeout=10, context=trusting) as answer:
                assert answer.status == 200
        for place in range(2):
            with urllib.request.urlopen(parent.url(f"metrics {place}"), timeout=10) as answer:
                assert b"blockmetry_connections" in answer.read()
        assert {"000", "001"} <= {path.name for path in (tmp_path / "journal").iterdir()}
        before = children(parent)
        config.write_text("[gateway]\nprocesses = 'many'\n")
        os.kill(parent.pid, signal.SIGHUP)
        until(lambda: "stays as it is" in parent.errors)
        assert (len(before), children(parent)) == (2, before)
        assert parent.errors.count("gateway.processes") == 1
        parent.kill()  # without whom nobody waits for the grace period: whoever comes next needs the ports
        until(lambda: all(map(is_gone, before)))


def test_what_is_wrong_with_the_configuration_is_said_once_and_ends_it(tmp_path: Path) -> None:
    (tmp_path / "properties.toml").write_text("[[property]]\nid = 'UPPER CASE'\n")
    environ = {"BLOCKMETRY_PROPERTIES": str(tmp_path / "properties.toml")}
    with ended(tmp_path, *FREE, environ=environ) as (code, errors):
        assert code == 2
        assert errors.count("properties.toml") == 1, errors


def test_a_port_that_another_gateway_has_ends_it(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as a gateway of several processes does
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with ended(tmp_path, *FREE, "--port", str(port), environ={}) as (code, errors):
            assert (code, errors) == (1, f"blockmetry: Address already in use: 127.0.0.1:{port}\n")
