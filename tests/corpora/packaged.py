"""Corpora that packages on the index bring along. Nobody here wrote them; they are read where they are installed.

| package | what |
|---|---|
| crawler-user-agents | machines, as their makers name them |
| device-detector | Matomo's fixtures: user agents with browser, system, kind of device, app; machines too |
| random-user-agent | 326,000 user agents seen by a public directory, with its labels |
| fake-useragent | user agents of people with the share of visits that had them |
| apify-fingerprint-datapoints | headers and screens of people's browsers, as a Bayesian network |
"""

import zipfile
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import yaml_rs


@cache
def crawlers() -> tuple[dict[str, Any], ...]:
    """`pattern`, `url`, `instances` (user agents), `tags`."""
    return tuple(msgspec.json.decode(_read("crawleruseragents", "crawler-user-agents.json")))


def weighted_people() -> Iterator[dict[str, Any]]:
    """`useragent`, `percent`, `type` (desktop, mobile, tablet), `browser`, `browser_version`, `os`, `os_version`."""
    return map(msgspec.json.decode, _read("fake_useragent", "data/browsers.jsonl").splitlines())


def directory() -> Iterator[dict[str, str]]:
    """`user_agent`, `operating_system`, `software_name`, `software_type`, `hardware_type`, `popularity`."""
    packed = files("random_user_agent") / "data/user_agents.zip"
    with packed.open("rb") as file, zipfile.ZipFile(file) as archive, archive.open("user_agents.jl") as lines:
        yield from map(msgspec.json.decode, lines)


@cache
def fixtures(name: str) -> tuple[dict[str, Any], ...]:
    """Of Matomo's fixtures whose file is called NAME or NAME-1, NAME-2 ...: `user_agent`, `os`, `client`, `device`."""
    directory = files("device_detector") / "tests/fixtures/upstream"
    found = sorted(entry.name for entry in directory.iterdir() if entry.name.removesuffix(".yml") == name)
    found += sorted(entry.name for entry in directory.iterdir() if entry.name.startswith(f"{name}-"))
    return tuple(entry for each in found for entry in _yaml((directory / each).read_bytes()) or ())


def packages(kind: str) -> dict[str, str]:
    """Android packages and names of Matomo's `apps` or `browsers`."""
    return dict(_yaml(_read("device_detector", f"regexes/upstream/client/hints/{kind}.yml")))


def network(name: str) -> list[dict[str, Any]]:
    """`header`, `input` or `fingerprint`: nodes with `name`, `parentNames`, `conditionalProbabilities`."""
    packed = files("apify_fingerprint_datapoints") / f"data/{name}-network-definition.zip"
    with packed.open("rb") as file, zipfile.ZipFile(file) as archive:
        nodes: list[dict[str, Any]] = msgspec.json.decode(archive.read(archive.namelist()[0]))["nodes"]
        return nodes


def _yaml(text: bytes) -> Any:
    return yaml_rs.loads(text.decode())


def _read(package: str, name: str) -> bytes:
    return (files(package) / name).read_bytes()
