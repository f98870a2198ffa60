import pytest

from shared.record import FinishedRecord
from shared.sinks import FirehoseSink
from tests.moto import ENVIRONMENT, Moto
from tests.unit.workers.sinks.stream_server import failure_of, ids, records, stream_server
from workers.sinks.firehose import Firehose

LARGEST = 1000 * 1024
"""Bytes of a record, with its newline."""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


async def test_every_record_becomes_a_line_in_the_customers_bucket(moto: Moto) -> None:
    bucket = moto.bucket()
    firehose = Firehose(FirehoseSink(stream=moto.delivery_stream(bucket), endpoint_url=moto.url))
    await firehose.write(records(501), "block")
    await firehose.close()
    objects = moto.read_bucket(bucket)
    assert len(objects) == 2
    assert all(body.endswith(b"\n") for body in objects.values())
    lines = b"".join(objects.values()).splitlines()
    assert sorted(lines) == sorted(record.body for record in records(501))


async def test_each_record_ends_its_line() -> None:
    async with stream_server() as server:
        firehose = Firehose(FirehoseSink(stream="hits", endpoint_url=server.url))
        await firehose.write([FinishedRecord("a" * 32, 0, 0, b'{"hit":1}')], "block")
        await firehose.close()
    assert server.calls == [[b'{"hit":1}\n']]


async def test_a_call_holds_four_megabytes() -> None:
    async with stream_server() as server:
        firehose = Firehose(FirehoseSink(stream="hits", endpoint_url=server.url))
        await firehose.write([FinishedRecord(f"{number:032x}", 0, 0, bytes(999_999)) for number in range(5)], "block")
        await firehose.close()
    assert sorted(sum(map(len, call)) for call in server.calls) == [1_000_000, 4_000_000]


async def test_a_record_above_the_limit_is_refused_alone() -> None:
    fits = FinishedRecord("a" * 32, 0, 0, bytes(LARGEST - 1))
    async with stream_server() as server:
        firehose = Firehose(FirehoseSink(stream="hits", endpoint_url=server.url))
        failure = await failure_of(firehose, [fits, FinishedRecord("b" * 32, 0, 0, bytes(LARGEST))])
        await firehose.close()
    assert failure.permanent == {"b" * 32: "refused"}
    assert [len(call) for call in server.calls] == [1]


async def test_a_delivery_stream_that_is_not_there_is_not_found(moto: Moto) -> None:
    firehose = Firehose(FirehoseSink(stream="nowhere", endpoint_url=moto.url))
    failure = await failure_of(firehose, records(1))
    await firehose.close()
    assert failure.permanent == dict.fromkeys(ids(0), "not_found")
