"""What may stand in a file that we ship."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.house.source import ROOT, tracked

REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
# Put together here, so that this file does not hold what it forbids.
REGISTRIES = [
    ".".join(words)
    for words in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("crates", "io"))
]
HOMES = re.compile(r"(?<![\w.:/-])/(?:" + "|".join(("home", "Users", "root", "work")) + r")/[\w.-]+/[\w.-]")
TEXT = {"", ".py", ".md", ".toml", ".txt", ".js", ".html", ".css", ".yaml", ".yml", ".json", ".svg"}


def texts() -> dict[Path, str]:
    found = {}
    for path in tracked():
        if path.suffix in TEXT:
            found[path.relative_to(ROOT)] = path.read_text(encoding="utf-8")
    return found


def requirements(name: str) -> list[str]:
    """One a line, with its continuation lines joined."""
    return (ROOT / name).read_text().replace("\\\n", " ").splitlines()


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_requirement_is_pinned_with_hashes(name: str) -> None:
    lines = [line for line in requirements(name) if line.strip() and not line.startswith("#")]
    assert len(lines) > 20
    for line in lines:
        assert re.match(r"[a-z0-9._-]+(\[[a-z0-9,._-]+\])?==\S+", line), line
        assert re.search(r"--hash=sha256:[0-9a-f]{64}(\s|$)", line), line


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_no_requirement_says_where_it_comes_from(name: str) -> None:
    text = (ROOT / name).read_text()
    for forbidden in ("://", "index-url", "find-links", "trusted-host", "git+", " @ "):
        assert forbidden not in text


def test_what_runs_is_the_same_in_development() -> None:
    def pins(name: str) -> set[str]:
        return {line.split(" ")[0] for line in requirements(name) if "==" in line}

    assert pins("requirements.txt") <= pins("requirements-dev.txt")


def test_every_dependency_that_is_declared_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = {re.split(r"[=\[]", line)[0] for line in requirements("requirements.txt")}
    declared = {re.split(r"[><=\[; ]", line)[0].lower() for line in project["dependencies"]}
    assert declared <= locked


def test_no_file_names_a_package_registry() -> None:
    assert {str(path) for path, text in texts().items() if any(host in text for host in REGISTRIES)} == set()


def test_no_file_holds_a_path_of_somebodys_machine() -> None:
    found = {str(path): match.group() for path, text in texts().items() if (match := HOMES.search(text))}
    assert found == {}


def test_what_is_generated_while_running_is_not_shipped() -> None:
    names = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert names.isdisjoint({"data", ".venv", "records", "dead-letters"})
    assert not [path for path in tracked() if path.suffix in (".pyc", ".sqlite3", ".segment", ".mmdb")]
