"""The command line as a whole: commands are there by name, and cost nothing while they are not meant."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from blockmetry.__main__ import COMMANDS, main


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_in_a_module_of_its_name(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command
    assert command.name == name


def test_there_are_no_others() -> None:
    assert CliRunner().invoke(main, ["nonsense"]).exit_code == 2
    written = {path.stem for path in Path(main.get_command.__code__.co_filename).parent.glob("*.py")}
    assert {name for name in written if "@click.command" in source(name) or "@click.group" in source(name)} == {
        *COMMANDS,
        "__main__",
    }


def source(name: str) -> str:
    return (Path(main.get_command.__code__.co_filename).parent / f"{name}.py").read_text()


def test_a_gateway_loads_nothing_of_a_worker() -> None:
    asked = "import sys, blockmetry.gateway; print([name for name in sys.modules if name.split('.')[0] == 'workers'])"
    said = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert said.stdout == "[]\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_who_serves_does_not_end_because_the_disk_of_its_standard_output_is_full() -> None:
    announced = "from blockmetry.options import announce; announce('gateway', 'here'); announce('metrics', 'there')"
    with Path("/dev/full").open("w") as full:
        said = subprocess.run(
            [sys.executable, "-c", announced], check=False, stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert said.returncode == 0, said.stderr
    assert "gateway here" in said.stderr
