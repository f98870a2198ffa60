"""Every parser of bytes from outside, fuzzed with its branches counted: a second each here, minutes in `make chaos`."""

import base64
import os
import platform
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.fuzz.planted import PLANTED
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).parents[2]
NAMES = [*TARGETS, "planted"]
STARTING_SECONDS = 120


def can_fuzz() -> bool:
    """Whether the fuzzer is made for this machine."""
    return (sys.platform, platform.machine()) == ("linux", "x86_64") and sys.version_info < (3, 15)


@pytest.fixture(scope="module")
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is told of each target."""
    if not find_spec("atheris"):
        assert not (can_fuzz() and os.environ.get("CI") == "true"), "atheris is not installed"
        pytest.skip("atheris is not made for this machine, or not installed")
    seconds = int(request.config.getoption("--fuzz-seconds"))
    chosen = [option for name in NAMES for option in ("--only", name)]
    found = str(tmp_path_factory.mktemp("fuzz"))
    command = [sys.executable, "-m", "tests.fuzz", "--seconds", str(seconds), "--found", found, *chosen]
    limit_seconds = STARTING_SECONDS + 2 * seconds * len(NAMES)
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=limit_seconds, check=False)
    pieces = re.split(rf"^({'|'.join(NAMES)}): ", ran.stdout, flags=re.MULTILINE)[1:]
    assert sorted(pieces[::2]) == sorted(NAMES), ran.stdout + ran.stderr
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_that_was_found_breaks_a_promise(told: dict[str, str], name: str) -> None:
    assert re.fullmatch(r"[1-9]\d* inputs, [1-9]\d* branches\n", told[name]), told[name]


def test_a_fault_is_found_and_can_be_seen_again(told: dict[str, str]) -> None:
    """Or nothing above means anything."""
    (encoded,) = re.findall(r"^again: .* --again '(\S*)'$", told["planted"], re.MULTILINE)
    with pytest.raises(RecursionError, match="planted"):
        PLANTED.run(base64.b64decode(encoded))


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_the_inputs_to_begin_with_are_taken_as_promised(target: Target) -> None:
    for seed in target.seeds:
        target.run(seed)
