"""`blockmetry key`"""

import re

import pytest
from click.testing import CliRunner

from blockmetry.key import key
from gateway.keys import hash_of
from shared.seal import Keyring


def test_a_printed_key_seals_and_opens() -> None:
    printed = CliRunner().invoke(key, ["seal", "--id", "first"])
    keyring = Keyring([printed.stdout.strip()])
    assert printed.stdout.startswith("first:")
    assert keyring.open(keyring.seal(b"block")) == b"block"


def test_every_key_is_another_one_and_none_is_told_on_standard_error() -> None:
    printed = [CliRunner().invoke(key, ["seal"]) for _ in range(2)]
    assert printed[0].stdout != printed[1].stdout
    assert printed[0].stdout.partition(":")[2].strip() not in printed[0].stderr
    assert "SEAL_KEYS" in printed[0].stderr


def test_a_key_is_named_after_the_month() -> None:
    keyring = Keyring([CliRunner().invoke(key, ["seal"]).stdout.strip()])
    assert keyring.seal(b"").split(".")[1][:2] == "20"


def test_an_id_that_could_not_stand_in_a_block_is_refused() -> None:
    printed = CliRunner().invoke(key, ["seal", "--id", "a:b"])
    assert printed.exit_code == 2
    assert printed.stdout == ""


def test_a_new_api_key_is_shown_once_and_its_hash_is_what_the_properties_have() -> None:
    printed = CliRunner().invoke(key, ["new"])
    fresh = printed.stdout.strip()
    assert re.fullmatch(r"bm_[A-Za-z0-9_-]{43}", fresh)
    assert f'api_keys = ["{hash_of(fresh)}"]' in printed.stderr
    assert fresh not in printed.stderr
    assert CliRunner().invoke(key, ["new"]).stdout.strip() != fresh


def test_the_hash_of_a_key_that_there_is_already_is_printed_without_it() -> None:
    given = "0f" * 20
    printed = CliRunner().invoke(key, ["new", "--hash"], input=f"{given}\n")
    assert (printed.stdout.strip(), printed.stderr) == (hash_of(given), "")


@pytest.mark.parametrize("given", ["", "short", "with spaces, though it is long enough", "ü" * 40])
def test_what_could_be_guessed_or_never_be_sent_is_no_key(given: str) -> None:
    printed = CliRunner().invoke(key, ["new", "--hash"], input=given)
    assert (printed.exit_code, printed.stdout) == (2, "")
    assert not given or given not in printed.stderr
