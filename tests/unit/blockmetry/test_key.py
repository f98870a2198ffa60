"""`blockmetry key seal`"""

from click.testing import CliRunner

from blockmetry.key import key
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
