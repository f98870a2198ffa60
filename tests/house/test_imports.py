"""Imports go one way: blockmetry -> gateway, workers -> shared."""

import sys

import pytest

from tests.house.source import PACKAGES, imports, modules

MAY_IMPORT = {
    "blockmetry": {"blockmetry", "gateway", "workers", "shared"},
    "gateway": {"gateway", "shared"},
    "workers": {"workers", "shared"},
    "shared": {"shared"},
}
STEPS_MAY_IMPORT = (
    "workers.measurement",
    "workers.drop",
    "workers.lookups",
    "workers.steps",
    "workers.tables",
    "shared.record",
    "shared.beacon",
    "shared.properties",
    "shared.addresses",
    "shared.text",
)
OUTSIDE = ("aiohttp", "asyncio", "obstore", "os", "prometheus_client", "socket", "sqlite3", "subprocess", "uvloop")
"""What can wait, or reaches for the machine: nothing for a step."""


def house(package: str) -> list[str]:
    return sorted(name for name in modules() if name.split(".")[0] == package)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_lies_below_it(package: str) -> None:
    wrong = {
        (name, found)
        for name in house(package)
        for found in imports(modules()[name])
        if found.split(".")[0] in PACKAGES and found.split(".")[0] not in MAY_IMPORT[package]
    }
    assert wrong == set()


def test_the_source_never_imports_its_tests_or_benches() -> None:
    wrong = {
        (name, found)
        for name, path in modules().items()
        for found in imports(path)
        if found.split(".")[0] in ("tests", "bench")
    }
    assert wrong == set()


def test_a_step_imports_only_what_a_step_may_know() -> None:
    wrong = {
        (name, found)
        for name in house("workers")
        if name.startswith("workers.steps.")
        for found in imports(modules()[name])
        if found.split(".")[0] in PACKAGES
        and not any(found == allowed or found.startswith(allowed + ".") for allowed in STEPS_MAY_IMPORT)
    }
    assert wrong == set()


def test_a_step_reaches_for_nothing_outside() -> None:
    wrong = {
        (name, found)
        for name in house("workers")
        if name.startswith("workers.steps.")
        for found in imports(modules()[name])
        if found.split(".")[0] in OUTSIDE
    }
    assert wrong == set()


@pytest.mark.parametrize(
    "name",
    [
        "gateway.capture",
        "gateway.client_ip",
        "gateway.hops",
        "gateway.reject",
        "workers.enrich",
        "workers.drop",
        "workers.leftover",
    ],
)
def test_what_is_pure_imports_neither_clock_nor_chance_nor_network(name: str) -> None:
    impure = {*OUTSIDE, "time", "random", "secrets", "logging"}
    assert {found for found in imports(modules()[name]) if found.split(".")[0] in impure} == set()


def test_nothing_reads_the_environment_but_the_command_line() -> None:
    readers = {
        name for name, path in modules().items() if "os.environ" in path.read_text() or "getenv" in path.read_text()
    }
    assert {name for name in readers if not name.startswith("blockmetry")} == set()


def test_everything_imported_from_outside_is_declared() -> None:
    """A package that only happens to be there, because another one needs it, goes away with it."""
    ours = {*PACKAGES, *sys.stdlib_module_names}
    found = {name.split(".")[0] for path in modules().values() for name in imports(path)} - ours
    assert found <= {
        "aiobotocore",
        "aiohttp",
        "botocore",
        "can_ada",
        "click",
        "cryptography",
        "is_bot",
        "langcodes",
        "maxminddb",
        "msgspec",
        "multidict",
        "obstore",
        "prometheus_client",
        "publicsuffixlist",
        "re2",
        "rich",
        "ua_parser",
        "uvloop",
        "yaml",
        "zstandard",
    }
