"""Proof of the operator's own: the queue, and where dead letters go."""

from pathlib import Path

import pytest

from blockmetry.proof import own
from blockmetry.proof.finding import Status, worst
from shared.config import Config, Queue
from shared.seal import new_key
from tests.moto import ENVIRONMENT, Moto
from tests.running import free_port


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def sqs(moto: Moto, url: str, **more: object) -> Config:
    return Config(queue=Queue(kind="sqs", url=url, endpoint_url=moto.url, **more))  # type: ignore[arg-type]


async def test_a_queue_tells_where_its_dead_blocks_go_and_that_its_blocks_can_be_read(moto: Moto) -> None:
    url = moto.queue()
    found = await own.queue(sqs(moto, url))
    assert worst(found) is Status.NOTE
    said = " ".join(finding.detail for finding in found)
    assert f"dead blocks go to arn:aws:sqs:eu-west-1:123456789012:{url.rpartition('/')[2]}-dead" in said
    assert "not sealed" in said


async def test_of_sealed_blocks_the_keys_name_is_told_and_not_the_key(moto: Moto) -> None:
    key = new_key("2026-11")
    found = await own.queue(sqs(moto, moto.queue(), seal_keys=[key, new_key("older")], require_sealed=True))
    assert worst(found) is Status.OK
    said = " ".join(finding.detail for finding in found)
    assert "sealed with key 2026-11, and no others are taken" in said
    assert key.partition(":")[2] not in said


async def test_a_queue_without_a_redrive_policy_fails(moto: Moto) -> None:
    url = moto.client("sqs").create_queue(QueueName=f"bare-{free_port()}")["QueueUrl"]
    found = await own.queue(sqs(moto, url))
    assert [finding.detail for finding in found if finding.status is Status.FAILED] == [own.NO_REDRIVE]


async def test_a_queue_that_is_not_there_fails_and_one_that_does_not_answer_is_unreachable(moto: Moto) -> None:
    assert worst(await own.queue(sqs(moto, f"{moto.url}/123456789012/none"))) is Status.FAILED
    nobody = Moto(f"http://127.0.0.1:{free_port()}")
    assert worst(await own.queue(sqs(nobody, f"{nobody.url}/123456789012/any"))) is Status.UNREACHABLE


async def test_the_embedded_queue_is_where_it_can_be_written(tmp_path: Path) -> None:
    assert worst(await own.queue(Config(data=str(tmp_path / "data")))) is Status.OK
    (tmp_path / "file").touch()
    assert worst(await own.queue(Config(data=str(tmp_path / "file")))) is Status.FAILED


async def test_a_bucket_for_dead_letters_can_be_written_and_replayed_and_keeps_no_probe(
    moto: Moto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", moto.url)
    bucket = moto.bucket()
    found = await own.dead_letters(f"s3://{bucket}/letters")
    assert [finding.detail for finding in found] == [
        "probe written", "get works", "head works", "list works", "delete works",
    ]  # fmt: skip
    assert "Contents" not in moto.client("s3").list_objects_v2(Bucket=bucket)
    assert worst(await own.dead_letters("s3://no-such-bucket-anywhere/letters")) is Status.FAILED
