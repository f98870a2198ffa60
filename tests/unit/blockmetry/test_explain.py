"""`blockmetry explain` at its command line; what it says of whole records is in tests/integration."""

import json
from pathlib import Path
from typing import Any

import click.testing
import pytest

from blockmetry.explain import explain
from tests.measurements import CHROME

SENT = f"""\
> POST /v1/beacon HTTP/1.1
> Host: stats.example.com
> User-Agent: {CHROME}
> accept-language: de-CH, de;q=0.5
> Sec-GPC: 1
> Referer: https://shop.example.com/
> Cookie: session=1
> X-Forwarded-For: 192.0.2.66, 198.51.100.1
"""
URL = "https://shop.example.com/shoes"


@pytest.fixture(autouse=True)
def _in_a_directory_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def asked(*arguments: str, sent: str = SENT, trusted: str = "10.0.0.0/8") -> click.testing.Result:
    environ = {"BLOCKMETRY_GATEWAY__TRUSTED_PROXIES": trusted}
    return click.testing.CliRunner().invoke(explain, arguments, input=sent, env=environ)


def record(*arguments: str, sent: str = SENT) -> Any:
    result = asked(*arguments, sent=sent)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["record"]


def test_headers_alone_tell_the_address_and_why() -> None:
    result = asked("--headers", "-", "--peer", "10.0.0.7")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"address": "198.51.100.1", "reason": "first_not_trusted"}
    assert "the first that is not trusted" in result.stderr
    assert asked("--headers", "-", "--no-steps").stderr == ""


def test_the_peer_is_this_machine_unless_it_is_said() -> None:
    result = asked("--headers", "-", trusted="")
    assert json.loads(result.stdout) == {"address": "127.0.0.1", "reason": "peer_not_trusted"}
    assert "every visitor seems to be at 127.0.0.1" in result.stderr


def test_without_an_address_the_exit_code_says_so() -> None:
    result = asked("--headers", "-", "--peer", "10.0.0.7", sent="X-Forwarded-For: unknown")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {"address": "", "reason": "no_address"}


def test_with_a_url_the_measurement_has_the_headers_too() -> None:
    found = record(URL, "--headers", "-")
    assert found["DeviceProperties"]["UAFamily"] == "Chrome"
    assert found["Locale"]["Languages"] == {"de-CH": 1.0, "de": 0.5}
    assert found["Acquisition"]["Referrer"] == "", "a beacon's Referer is the page itself"
    early = asked(URL, "--headers", "-", sent=SENT + "> Sec-Purpose: prefetch")
    assert (early.exit_code, json.loads(early.stdout)["drop"]) == (1, "prefetch")


def test_options_win_over_the_headers_and_the_headers_can_be_left_out() -> None:
    found = record(URL, "--headers", "-", "--user-agent", CHROME.replace("131", "142"))
    assert found["DeviceProperties"]["UAMajor"] == "142"
    without = asked(URL, "--headers", "-", "--address-only")
    assert (without.exit_code, json.loads(without.stdout)["drop"]) == (1, "no_user_agent")


def test_the_address_of_the_headers_counts_unless_one_is_given(tmp_path: Path) -> None:
    (tmp_path / "properties.toml").write_text(
        '[[property]]\nid = "demo"\nhosts = ["*"]\nexclude_addresses = ["198.51.100.1"]\n'
    )
    asking = (URL, "--headers", "-", "--peer", "10.0.0.7")
    assert json.loads(asked(*asking).stdout)["drop"] == "excluded_address"
    assert "record" in json.loads(asked(*asking, "--address", "192.0.2.7").stdout)


def test_bytes_that_are_no_text_do_no_harm(tmp_path: Path) -> None:
    raw = tmp_path / "raw.txt"
    raw.write_bytes(SENT.encode() + b"> X-Requested-With: \xff\xfe\n> Broken\xff\n")
    result = asked(URL, "--headers", str(raw))
    assert result.exit_code == 0
    assert "passed over: 10" in result.stderr


@pytest.mark.parametrize(
    "arguments", [(), (URL, "--batch", "-"), ("--headers", "-", "--batch", "-"), ("--headers", "-", "--peer", "proxy")]
)
def test_what_does_not_go_together_is_refused(arguments: tuple[str, ...]) -> None:
    assert asked(*arguments).exit_code == 2
