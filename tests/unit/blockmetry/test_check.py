"""`blockmetry check`: its rows, its exit codes, and what it does not do."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from blockmetry.check import check
from tests.faults.certificates import authority
from tests.faults.server import faulty
from tests.running import free_port

PROPERTIES = """
[[property]]
id = "shop"
hosts = ["shop.example.com"]
[[property.sink]]
kind = "objects"
url = "s3://shop-records/here"
region = "eu-west-1"
role_arn = "arn:aws:iam::210987654321:role/writer"
external_id = "not to be seen"
endpoint_url = "{url}"
[[property.sink]]
kind = "objects"
url = "file://records"
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{name}", "operator")


def checked(*options: str, url: str = "", environ: dict[str, str] | None = None) -> Result:
    text = PROPERTIES.format(url=url or f"http://127.0.0.1:{free_port()}").replace("not to be seen", "not-to-be-seen")
    Path("properties.toml").write_text(text)
    return CliRunner().invoke(check, options, env=environ)


def test_offline_nobody_is_asked_and_nothing_is_written() -> None:
    with faulty() as server:
        said = checked("--offline", url=server.url)
        assert server.connections == 0
    assert said.exit_code == 0
    assert "s3://shop-records/here, file://records" in said.stdout
    assert [path.name for path in Path().iterdir()] == ["properties.toml"]


def test_each_sink_has_a_row_and_one_that_does_not_answer_is_said_to_be_unreachable() -> None:
    said = checked()
    assert said.exit_code == 1
    rows = [line.split() for line in said.stdout.splitlines() if line.startswith((" shop ", "   shop "))]
    assert [row[2] for row in rows if row[1].startswith("objects-")] == ["unreachable", "unreachable", "ok"]
    assert "nothing could be proven" in said.stdout
    assert "Traceback" not in said.output
    assert [path.name for path in Path().iterdir()] == ["properties.toml"]


def test_what_only_role_and_operator_know_is_in_no_row() -> None:
    assert "not-to-be-seen" not in checked().output


def test_a_sink_outside_the_allowed_accounts_is_a_wrong_configuration() -> None:
    said = checked(environ={"BLOCKMETRY_SINKS__ACCOUNTS": "123456789012"})
    assert said.exit_code == 2
    assert "sink[0].role_arn" in said.stderr


@pytest.mark.parametrize(
    ("days", "status", "code", "told"),
    [(30, "ok", 0, "until"), (3, "note", 0, "until"), (-1, "FAILED", 1, "it has ended")],
)
def test_a_certificate_says_until_when(tmp_path: Path, days: int, status: str, code: int, told: str) -> None:
    authority(tmp_path, timedelta(days=days, hours=1))
    files = {f"BLOCKMETRY_GATEWAY__TLS_{name}": "server.pem" for name in ("CERTIFICATE", "KEY")}
    said = checked("--offline", environ=files)
    (row,) = [line for line in said.stdout.splitlines() if line.split()[:1] == ["tls"]]
    assert (row.split()[1], told in row, said.exit_code) == (status, True, code)


def test_a_certificate_that_is_not_there_is_a_wrong_configuration() -> None:
    files = {f"BLOCKMETRY_GATEWAY__TLS_{name}": "server.pem" for name in ("CERTIFICATE", "KEY")}
    said = checked("--offline", environ=files)
    assert (said.exit_code, said.stderr) == (2, "blockmetry: server.pem: No such file or directory\n")


def test_a_pipe_gets_plain_lines() -> None:
    assert checked("--offline").stdout.isascii()
