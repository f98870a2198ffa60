"""`blockmetry replay` as a process, beside a worker at work."""

import asyncio
import json
import signal
from pathlib import Path

from shared.sinks import ObjectsSink, name_of
from tests.integration.replaying import Shop, ids
from tests.integration.test_pipeline import FREE_PORTS, beacon, post
from tests.moto import ENVIRONMENT, Moto
from tests.running import running, until

IMPATIENT = {
    "BLOCKMETRY_WORKER__GIVE_UP_AFTER_SECONDS": "0.1",
    "BLOCKMETRY_WORKER__PERMANENT_AFTER_SECONDS": "0.1",
}


async def test_lanes_that_refused_are_mended_and_replayed(tmp_path: Path, moto: Moto) -> None:
    """A bucket that is not there, and a directory that cannot be; the letters lie in a bucket of the operator's."""
    letters, missing = moto.bucket(), f"{moto.bucket()}-of-the-shop"
    shop = Shop(tmp_path, f"s3://{letters}/dead/letters", {**ENVIRONMENT, "AWS_ENDPOINT_URL": moto.url})
    shop.configure(shop.hits, ObjectsSink(url=f"s3://{missing}/records", endpoint_url=moto.url))
    (tmp_path / "hits").touch()
    with running(shop.data, "up", *FREE_PORTS, environ={**shop.environ, **IMPATIENT}) as up:
        url = up.url("demo page").removesuffix("demo")
        for number in range(40):
            assert await post(url, {**beacon(number), "property": "shop"}) == 204
        until(lambda: len(buried(moto, letters)) == 80, 40)
        moto.bucket(missing)
        (tmp_path / "hits").unlink()
        assert "80 would be put back, 0 left" in shop.replay("--dry-run")[1]
        assert "40 put back, 0 left" in shop.replay("--reason", "not_found", "--property", "shop")[1]
        assert len(buried(moto, letters)) == 40
        assert shop.replay()[0] == 0
        assert moto.keys(letters) == []
        until(lambda: len(shop.hits_written()) == len(moto.keys(missing)) == 40, 30)
    assert shop.hits_written() == ids(40)
    assert sorted(key.rpartition("/")[2] for key in moto.keys(missing)) == [f"{name}.json" for name in ids(40)]


def buried(moto: Moto, bucket: str) -> list[str]:
    """Ids of the records in a bucket's letters."""
    s3 = moto.client("s3")
    bodies = [s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in moto.keys(bucket)]
    return [record["id"] for body in bodies for record in json.loads(body)["records"]]


async def test_replays_that_are_killed_are_finished_by_the_next_two_at_once(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    for number in range(400):
        await shop.bury(shop.blocks, ids(5, number * 5), "refused", f"block-{number}")
        await shop.bury(shop.hits, ids(5, number * 5))
    with running(shop.data, "worker", "--admin-port", "0", environ=shop.environ) as worker:
        worker.url("metrics")
        for _ in range(3):
            kill_in_the_middle(shop)
        both = [shop.begin_replay(), shop.begin_replay()]
        said = [process.communicate(timeout=60) for process in both]
        assert [process.returncode for process in both] == [0, 0], said
        assert shop.left() == []
        until(lambda: len(shop.hits_written()) == len(shop.blocks_written()) == 2_000, 40)
        await asyncio.sleep(1)  # for one too many
        assert shop.hits_written() == ids(2_000)
        assert shop.blocks_written() == ids(2_000)


def kill_in_the_middle(shop: Shop) -> None:
    """`kill -9`, with letters on the queue that are there still."""
    before = len(shop.left())
    killed = shop.begin_replay(module=("tests.integration.killed_replay", "100"))
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert before - 100 <= len(shop.left()) < before


async def test_a_dry_run_shows_the_same_and_touches_nothing(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    await shop.bury(shop.hits, ids(3))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    code, said = shop.replay("--dry-run")
    assert code == 0
    assert "3 would be put back, 0 left" in said
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


async def test_what_is_left_is_told_with_what_to_do(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    await shop.bury(ObjectsSink(url="file://gone"), ids(2))
    code, said = shop.replay()
    assert code == 1
    assert "0 put back, 2 left" in said
    assert f"shop: {name_of(shop.hits)}, {name_of(shop.blocks)}" in said
    code, said = shop.replay("--sink", "objects-0")
    assert (code, "no property has a sink 'objects-0'" in said) == (2, True)
    code, said = shop.replay("--sink", name_of(shop.hits))
    assert (code, "2 put back, 0 left" in said) == (0, True)


async def test_no_letters_and_no_configuration_are_told_apart(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    code, said = shop.replay()
    assert (code, "There are no dead letters" in said) == (0, True)
    assert not shop.data.exists()
    (tmp_path / "properties.toml").write_text("[[property]]\n")
    assert shop.replay()[0] == 2


async def test_a_queue_that_cannot_be_reached_stops_it_with_a_line(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    await shop.bury(shop.hits, ids(2))
    away = {
        "URL": "http://127.0.0.1:9/queue",
        "REGION": "eu-west-1",
        "KIND": "sqs",
        "ENDPOINT_URL": "http://127.0.0.1:9",
    }
    shop.environ |= {**ENVIRONMENT, **{f"BLOCKMETRY_QUEUE__{name}": value for name, value in away.items()}}
    code, said = shop.replay()
    assert code == 1
    assert "blockmetry: stopped: " in said
    assert "Traceback" not in said
    assert len(shop.left()) == 1
