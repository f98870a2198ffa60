"""Customers' servers as they are: curl and two HTTP libraries before a running Blockmetry."""

import gzip
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import urllib3
from click.testing import CliRunner

from blockmetry.key import key
from gateway.keys import hash_of
from tests.integration.test_pipeline import CHROME, FREE_PORTS
from tests.markdown import DOCS
from tests.running import Running, records, running, until

PROPERTIES = """
[[property]]
id = "shop"
hosts = ["*"]
api_keys = ["{hash}"]

[[property]]
id = "rare"
hosts = ["*"]
api_keys = ["{hash}"]
rate_limit_per_second = 1
"""


class Shop:
    """The customer: has a key, and knows where to send."""

    def __init__(self, up: Running, api_key: str, properties: Path) -> None:
        self.up = up
        self.key = api_key
        self.properties = properties
        self.origin = up.url("demo page").removesuffix("/demo")
        self.url = self.origin + "/v1/measurements"
        self.headers = {"Authorization": f"Bearer {api_key}"}

    def curl(self, command: str, body: bytes = b"") -> Any:
        """What the shell command prints, as JSON. The command has `$KEY`."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command.replace("http://127.0.0.1:8080", self.origin)],
            input=body,
            capture_output=True,
            timeout=20,
            check=True,
            env={**os.environ, "KEY": self.key},
        )
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Its gateway and worker run, and its key is a fresh one."""
    if not shutil.which("curl"):
        assert os.environ.get("CI") != "true", "curl is missing"
        pytest.skip("curl is missing: Debian has it as `curl`")
    directory = tmp_path_factory.mktemp("shop")
    api_key = CliRunner().invoke(key, ["new"]).stdout.strip()
    properties = directory / "properties.toml"
    properties.write_text(PROPERTIES.format(hash=hash_of(api_key)))
    with running(directory / "data", "up", *FREE_PORTS, environ={"BLOCKMETRY_PROPERTIES": str(properties)}) as up:
        yield Shop(up, api_key, properties)


def visit(number: int, **names: Any) -> dict[str, Any]:
    url = f"https://shop.example.com/orders/{number}"
    return {
        "property": "shop",
        "id": f"{number:032x}",
        "url": url,
        "client_ip": "203.0.113.7",
        "user_agent": CHROME,
        **names,
    }


def accepted(answer: Any) -> list[str]:
    return [result["id"] for result in answer["results"] if result.get("status") == "accepted"]


def made(shop: Shop, ids: list[str]) -> dict[str, Any]:
    """The records with these ids, once they are there."""
    return until(lambda: {i: found[i] for i in ids} if (found := records(shop.up.data)).keys() >= set(ids) else None)


def test_the_example_of_the_documentation_is_answered_as_it_says(shop: Shop) -> None:
    section = (DOCS / "ingest.md").read_text().partition("## Servers")[2].partition("\n## ")[0]
    (command,) = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    (answer,) = re.findall(r"```json\n(.*?)```", section, re.DOTALL)
    assert shop.curl(command) == json.loads(answer)


def test_curl_sends_what_gzip_has_compressed(shop: Shop) -> None:
    compressed = gzip.compress(json.dumps([visit(number) for number in range(100, 500)]).encode())
    headers = "--header \"Authorization: Bearer $KEY\" --header 'Content-Encoding: gzip'"
    answer = shop.curl(f"curl --silent http://127.0.0.1:8080/v1/measurements {headers} --data-binary @-", compressed)
    ids = accepted(answer)
    assert ids == [f"{number:032x}" for number in range(100, 500)]
    assert {record["PropertyType"] for record in made(shop, ids).values()} == {"server"}


async def test_a_service_that_sends_again_makes_no_second_record(shop: Shop) -> None:
    async with aiohttp.ClientSession(headers=shop.headers) as session:
        told = []
        for title in ("first", "again"):
            visits = [visit(number, title=title) for number in range(3)]
            async with session.post(shop.url, data=json.dumps(visits).encode(), compress="gzip") as answer:
                assert answer.status == 202
                told.append(await answer.json())
            made(shop, accepted(told[-1]))
        async with session.post(shop.url, json=visit(3)) as answer:  # behind them in the queue
            last = accepted(await answer.json())
    assert told[0] == told[1]
    made(shop, last)
    kept = made(shop, accepted(told[0]))
    assert {record["PageProperties"]["Title"] for record in kept.values()} == {"first"}


def test_a_library_that_heeds_retry_after_gets_through(shop: Shop) -> None:
    patient = urllib3.Retry(total=3, allowed_methods=["POST"], status_forcelist=[429, 503])
    with urllib3.PoolManager(headers=shop.headers, retries=patient) as pool:
        began = time.monotonic()
        answers = [pool.request("POST", shop.url, json=visit(n, property="rare")) for n in (900, 901)]
    assert [answer.status for answer in answers] == [202, 202]
    assert time.monotonic() - began > 0.9
    assert answers[1].retries
    assert [entry.status for entry in answers[1].retries.history] == [429]


def test_a_library_is_told_what_is_wrong_with_each_and_with_all(shop: Shop) -> None:
    with urllib3.PoolManager(headers=shop.headers) as pool:
        answer = pool.request(
            "POST", shop.url, json=[visit(800), visit(801, property="demo"), visit(802, client_ip="?")]
        )
        assert answer.status == 202
        assert [result.get("error") for result in answer.json()["results"]] == [None, "unknown_property", "bad_field"]
        refused = pool.request("POST", shop.url, json=visit(803), headers={"Authorization": "Bearer bm_guessed"})
        assert (refused.status, refused.headers["X-Blockmetry-Reject"]) == (401, "bad_key")
        assert refused.headers["WWW-Authenticate"] == "Bearer"
        broken = pool.request("POST", shop.url, body=b"[", headers={**shop.headers, "Content-Encoding": "gzip"})
        assert (broken.status, broken.json()["error"]) == (400, "bad_encoding")


def test_a_key_that_is_taken_away_is_good_for_nothing_and_was_written_nowhere(shop: Shop) -> None:
    shop.properties.write_text(PROPERTIES.format(hash=hash_of("another")))
    with urllib3.PoolManager(headers=shop.headers) as pool:
        until(lambda: pool.request("POST", shop.url, json=visit(700)).status == 401)
    written = [path for path in shop.up.data.rglob("*") if path.is_file()]
    assert written
    for path in written:
        assert shop.key.encode() not in path.read_bytes(), path
