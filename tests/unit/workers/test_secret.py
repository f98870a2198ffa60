import stat
import subprocess
import sys
from pathlib import Path

import pytest

from shared.config import Config
from shared.errors import ConfigError
from workers.secret import load_secret


def config(directory: Path) -> Config:
    return Config(data=str(directory / "data"))


LOAD = """
import sys
from shared.config import Config
from workers.secret import load_secret
print(load_secret(Config(data=sys.argv[1])).hex())
"""


def test_a_configured_secret_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    secret = load_secret(Config(data=str(tmp_path / "data"), secret="correct horse"))
    assert len(secret) == 32
    assert secret == load_secret(Config(data=str(tmp_path / "elsewhere"), secret="correct horse"))
    assert secret != load_secret(Config(data=str(tmp_path), secret="correct horsf"))
    assert list(tmp_path.iterdir()) == []


def test_without_one_it_is_made_once_and_kept_for_the_owner_only(tmp_path: Path) -> None:
    first = load_secret(config(tmp_path))
    kept = tmp_path / "data" / "secret"
    assert len(first) == 32
    assert load_secret(config(tmp_path)) == first
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert list(kept.parent.iterdir()) == [kept]


def test_the_secret_comes_from_the_source_of_randomness(tmp_path: Path) -> None:
    assert load_secret(config(tmp_path), lambda size: b"\x07" * size) == b"\x07" * 32


def test_the_first_of_two_that_make_it_at_once_wins(tmp_path: Path) -> None:
    others: list[bytes] = []

    def meanwhile(size: int) -> bytes:
        others.append(load_secret(config(tmp_path)))
        return b"\x07" * size

    assert load_secret(config(tmp_path), meanwhile) == others[0] != b"\x07" * 32
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret"]


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LOAD, str(tmp_path / "data")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    secrets = {process.communicate(timeout=30)[0] for process in running}
    assert secrets == {load_secret(config(tmp_path)).hex() + "\n"}


@pytest.mark.parametrize("content", ["", "abc", "g" * 64, "a" * 63, "\xff" * 10])
def test_a_damaged_secret_stops_the_start_and_is_not_repeated(tmp_path: Path, content: str) -> None:
    kept = tmp_path / "data" / "secret"
    kept.parent.mkdir()
    kept.write_text(content, encoding="latin-1")
    with pytest.raises(ConfigError, match="secret: not the 64 hexadecimal digits") as refused:
        load_secret(config(tmp_path))
    assert not content or content not in str(refused.value).removeprefix(str(kept))


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the directory should be")
    with pytest.raises(ConfigError, match="data/secret: "):
        load_secret(config(tmp_path))
