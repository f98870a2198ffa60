"""HTTP in, files out, through real processes."""

import json
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.running import record_files, records, running, until

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
FREE_PORTS = ("--port", "0", "--admin-port", "0")


def beacon(number: int = 1, **names: Any) -> dict[str, Any]:
    return {"property": "demo", "id": f"{number:032x}", "url": "https://shop.example.com/products/shoes", **names}


async def post(url: str, payload: Any, user_agent: str = CHROME) -> int:
    async with aiohttp.ClientSession() as session:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        async with session.post(url + "v1/beacon", data=body, headers={"User-Agent": user_agent}) as answer:
            return answer.status


async def metrics(url: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.text()


async def test_a_beacon_becomes_one_file_under_its_key(tmp_path: Path) -> None:
    with running(tmp_path, "up", *FREE_PORTS) as up:
        assert await post(up.url("demo page").removesuffix("demo"), beacon(7, title="Shoes")) == 204
        (path,) = until(lambda: record_files(tmp_path))
    record = json.loads(path.read_text())
    at = record["Datetime"]
    key = f"property=demo/date={at['DateUTC']}/hour={at['HourUTC']:02d}/{7:032x}.json"
    assert path.relative_to(tmp_path / "records").as_posix() == key
    assert record["PageProperties"]["Title"] == "Shoes"
    assert record["Meta"]["RecordID"] == f"{7:032x}"


async def test_the_same_id_sent_again_is_the_same_hit(tmp_path: Path) -> None:
    with running(tmp_path, "up", *FREE_PORTS) as up:
        url = up.url("demo page").removesuffix("demo")
        for title in ("first", "second"):
            assert await post(url, beacon(1, title=title)) == 204
            until(lambda: record_files(tmp_path))
        assert await post(url, beacon(2)) == 204
        until(lambda: len(record_files(tmp_path)) == 2)
    assert records(tmp_path)[f"{1:032x}"]["PageProperties"]["Title"] == "first"


async def test_gateway_and_worker_share_the_embedded_queue_as_separate_processes(tmp_path: Path) -> None:
    with (
        running(tmp_path, "gateway", *FREE_PORTS) as gateway,
        running(tmp_path, "worker", "--admin-port", "0") as one,
        running(tmp_path, "worker", "--admin-port", "0") as other,
    ):
        url = gateway.url("gateway")
        assert one.url("metrics")
        assert other.url("metrics")
        for number in range(300):
            assert await post(url, beacon(number)) == 204
        until(lambda: len(record_files(tmp_path)) == 300)
    assert set(records(tmp_path)) == {f"{number:032x}" for number in range(300)}


async def test_what_a_gateway_took_is_shipped_by_the_next_one(tmp_path: Path) -> None:
    slow = {"BLOCKMETRY_GATEWAY__BLOCK_MAX_AGE_SECONDS": "60"}
    with running(tmp_path, "gateway", *FREE_PORTS, environ=slow) as gateway:
        url = gateway.url("gateway")
        for number in range(50):
            assert await post(url, beacon(number)) == 204
        gateway.kill()
    with running(tmp_path, "up", *FREE_PORTS):
        until(lambda: len(record_files(tmp_path)) == 50)


async def test_sigterm_ships_and_writes_what_was_acknowledged(tmp_path: Path) -> None:
    with running(tmp_path, "up", *FREE_PORTS) as up:
        url = up.url("demo page").removesuffix("demo")
        for number in range(200):
            assert await post(url, beacon(number)) == 204
        assert up.stop() == 0
    with running(tmp_path, "worker", "--admin-port", "0"):
        until(lambda: len(record_files(tmp_path)) == 200)


async def test_bots_leave_a_count_and_no_record(tmp_path: Path) -> None:
    with running(tmp_path, "up", *FREE_PORTS) as up:
        url = up.url("demo page").removesuffix("demo")
        assert (
            await post(url, beacon(1), "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")
            == 204
        )
        assert await post(url, beacon(2)) == 204
        until(lambda: record_files(tmp_path))
        counted = await metrics(up.url("metrics"))
    assert list(records(tmp_path)) == [f"{2:032x}"]
    dropped = [
        line for line in counted.splitlines() if line.startswith("blockmetry_dropped_total") and line.endswith(" 1.0")
    ]
    assert len(dropped) == 1


async def test_a_bad_properties_file_is_refused_while_running_and_nothing_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "properties.toml"
    file.write_text('[[property]]\nid = "demo"\nhosts = ["*"]\n')
    environ = {"BLOCKMETRY_PROPERTIES": str(file)}
    with running(tmp_path, "up", *FREE_PORTS, environ=environ) as up:
        url = up.url("demo page").removesuffix("demo")
        file.write_text('[[property]]\nid = "demo"\nhosts = ["http://wrong"]\n')
        until(lambda: "http://wrong" in up.errors)
        assert f"{file}: property[0] (demo): hosts" in up.errors
        assert await post(url, beacon(1)) == 204
        assert await post(url, beacon(2, property="shop")) == 404
        file.write_text('[[property]]\nid = "demo"\nhosts = ["*"]\n[[property]]\nid = "shop"\nhosts = ["*"]\n')
        deadline = time.monotonic() + 10
        while await post(url, beacon(2, property="shop")) == 404:
            assert time.monotonic() < deadline
        until(lambda: len(record_files(tmp_path)) == 2)


@pytest.mark.parametrize(
    ("command", "environ", "said"),
    [
        ("up", {"BLOCKMETRY_GATEWAY__PORT": "70000"}, "BLOCKMETRY_GATEWAY__PORT: Expected `int` <= 65535"),
        ("gateway", {"BLOCKMETRY_DATA": ""}, "BLOCKMETRY_DATA: Expected `str` of length >= 1"),
        ("worker", {"BLOCKMETRY_WORKER__CONCURENT_WRITES": "1"}, "there is no 'concurent_writes'"),
        ("up", {"BLOCKMETRY_PROPERTIES": "nowhere.toml"}, "nowhere.toml: No such file or directory"),
        ("gateway", {"BLOCKMETRY_PROPERTIES": "nowhere.toml"}, "nowhere.toml: No such file or directory"),
        ("worker", {"BLOCKMETRY_PROPERTIES": "nowhere.toml"}, "nowhere.toml: No such file or directory"),
        ("up", {"BLOCKMETRY_LOOKUPS__CITY": "nowhere.mmdb"}, "nowhere.mmdb"),
        ("worker", {"BLOCKMETRY_LOOKUPS__CITY": "nowhere.mmdb"}, "nowhere.mmdb"),
    ],
)
def test_a_bad_configuration_stops_the_start_with_its_place(
    tmp_path: Path, command: str, environ: dict[str, str], said: str
) -> None:
    with running(tmp_path, command, environ=environ) as process:
        assert process.wait() == 2
        assert said in process.errors
        assert "Traceback" not in process.errors


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path: Path) -> None:
    with running(tmp_path / "one", "gateway", *FREE_PORTS) as first:
        port = first.url("gateway").rstrip("/").rpartition(":")[2]
        with running(tmp_path / "two", "gateway", "--port", port, "--admin-port", "0") as second:
            assert second.wait() == 1
            assert "address already in use" in second.errors.lower()
            assert "Traceback" not in second.errors
