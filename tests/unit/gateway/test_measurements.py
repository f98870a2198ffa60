"""The server channel, over real sockets: what becomes of each measurement, and what is told of it."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.capture import derived_id
from shared.beacon import Channel, Headers
from tests.unit.gateway.beacons import GOOD, assert_explained, assert_refused
from tests.unit.gateway.reports import KEYED, report, send
from tests.unit.gateway.serving import Serving, serving


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Serving]:
    """With properties that have keys."""
    async with serving(tmp_path, KEYED) as one:
        yield one


def ago(**time: float) -> str:
    return (datetime.now(UTC) - timedelta(**time)).isoformat()


async def test_a_measurement_is_taken_and_the_id_of_its_record_told(gateway: Serving) -> None:
    told = report(id="order-7", client_ip="203.0.113.7", user_agent="Browser/1", occurred_at=ago(days=6), unlisted=1)
    reply = await send(
        gateway.port, told, User_Agent="python/3", Origin="https://a.example", X_Forwarded_For="192.0.2.1"
    )
    record_id = derived_id("demo", "order-7")
    assert (reply.status, reply.json) == (202, {"results": [{"id": record_id.hex(), "status": "accepted"}]})
    assert (reply.headers["content-type"], reply.headers["cache-control"]) == ("application/json", "no-store")
    (beacon,) = await gateway.arrived(1)
    assert (beacon.id, beacon.channel, beacon.property) == (record_id, Channel.SERVER, "demo")
    assert json.loads(beacon.payload) == told
    assert gateway.counted("received_total", channel="server", outcome="accepted") == 1


async def test_nothing_of_the_server_that_sends_is_kept(gateway: Serving) -> None:
    await send(
        gateway.port, report(), User_Agent="python/3", Accept_Language="de", X_Forwarded_For="192.0.2.1", DNT="1"
    )
    (beacon,) = await gateway.arrived(1)
    assert (beacon.client_address, beacon.headers) == ("", Headers())


async def test_every_measurement_of_an_array_has_its_result_in_its_place(gateway: Serving) -> None:
    many = [report(id=f"{place}") if place % 7 else report(url="nowhere") for place in range(500)]
    reply = await send(gateway.port, many)
    assert reply.status == 202
    for place, result in enumerate(reply.json["results"]):
        if place % 7:
            assert result == {"id": derived_id("demo", f"{place}").hex(), "status": "accepted"}
        else:
            assert (result["error"], set(result)) == ("bad_url", {"error", "detail"})
    refused = len(range(0, 500, 7))
    beacons = await gateway.arrived(500 - refused)
    assert [beacon.id.hex() for beacon in beacons] == [r["id"] for r in reply.json["results"] if "id" in r]
    assert gateway.counted("received_total", channel="server", outcome="accepted") == 500 - refused
    assert gateway.counted("received_total", channel="server", outcome="rejected") == refused
    assert gateway.counted("rejected_total", reason="bad_url") == refused
    assert gateway.counted("ack_seconds_count") == 500 - refused


async def test_what_is_sent_again_with_its_id_is_the_same_record(gateway: Serving) -> None:
    many = [report(id="a"), report(id="b"), report(id="a"), report(id="a", property="shop"), report()]
    first, second = [(await send(gateway.port, many)).json["results"] for _ in range(2)]
    assert first[:4] == second[:4]
    assert first[0] == first[2]
    assert len({result["id"] for result in [*first, *second]}) == 5


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"property": "No Id"}, "bad_property"),
    ({"property": "unheard-of"}, "unknown_property"),
    ({"url": None}, "bad_url"),
    ({"title": 5}, "bad_field"),
    ({"timings": []}, "bad_field"),
    ({"client_ip": "203.0.113"}, "bad_field"),
    ({"client_ip": "203.0.113.7:80"}, "bad_field"),
    ({"client_ip": "localhost"}, "bad_field"),
    ({"client_ip": 7}, "bad_field"),
    ({"dnt": 1.5}, "bad_field"),
    ({"headers": ["User-Agent"]}, "bad_field"),
    ({"occurred_at": "yesterday"}, "bad_field"),
    ({"occurred_at": "2026-02-30T00:00:00Z"}, "bad_field"),
    ({"occurred_at": "2026-11-24T13:05:27"}, "bad_field"),
    ({"occurred_at": 1_795_525_500}, "bad_field"),
    ({"occurred_at": ""}, "bad_field"),
    ({"title": "x" * 65_536}, "too_large"),
]


@pytest.mark.parametrize(("names", "reason"), REFUSED)
async def test_a_measurement_that_the_worker_would_drop_is_refused_at_once(
    gateway: Serving, names: dict[str, Any], reason: str
) -> None:
    reply = await send(gateway.port, report(**names))
    assert_refused(gateway, "server", reply, reply.status, reason)
    assert_explained(reply, reason)
    assert 400 <= reply.status < 500
    (result,) = (await send(gateway.port, [report(**names)])).json["results"]
    assert result == reply.json


@pytest.mark.parametrize(
    ("time", "detail"),
    [
        ({"days": 7, "seconds": 5}, "7 days ago"),
        ({"days": 9000}, "7 days ago"),
        ({"seconds": -330}, "5 minutes in the"),
    ],
)
async def test_the_detail_says_what_is_wrong_with_the_time(
    gateway: Serving, time: dict[str, float], detail: str
) -> None:
    reply = await send(gateway.port, report(occurred_at=ago(**time)))
    assert (reply.status, reply.reject) == (400, "bad_field")
    assert "occurred_at" in reply.json["detail"]
    assert detail in reply.json["detail"]


@pytest.mark.parametrize(
    "names",
    [
        {"client_ip": "::ffff:203.0.113.7"},
        {"client_ip": "fe80::1%eth0"},
        {"client_ip": ""},
        {"client_ip": None},
        {"headers": {"DNT": 7}},
        {"occurred_at": ago(days=6.99)},
        {"occurred_at": ago(minutes=-4.5)},
        {"occurred_at": None},
        {"dnt": True},
    ],
)
async def test_what_a_worker_can_read_is_taken(gateway: Serving, names: dict[str, Any]) -> None:
    assert (await send(gateway.port, report(**names))).status == 202


async def test_half_a_character_costs_neither_its_measurement_nor_the_others(gateway: Serving) -> None:
    reply = await send(
        gateway.port, b'[{"property":"demo","url":"https://a.example/","title":"\\ud83d","user_agent":"\\ude00"}]'
    )
    assert reply.status == 202
    (beacon,) = await gateway.arrived(1)
    assert json.loads(beacon.payload)["title"] == json.loads(beacon.payload)["user_agent"] == "\ufffd"


async def test_bytes_that_are_no_text_cost_their_own_measurement(gateway: Serving) -> None:
    good = json.dumps(GOOD).encode()
    reply = await send(
        gateway.port, b"[" + good + b',{"property":"demo","url":"https://a.example/\xff"},' + good + b"]"
    )
    assert [result.get("error", "") for result in reply.json["results"]] == ["", "bad_encoding", ""]


BODIES = [
    (b"", 400, "bad_json"),
    (b"[]", 400, "bad_json"),
    (b" \n[ ] ", 400, "bad_json"),
    (b"null", 400, "bad_json"),
    (b"[", 400, "bad_json"),
    (b"[1,]", 400, "bad_json"),
    (b'{"property":"demo"', 400, "bad_json"),
    (b"\xef\xbb\xbf[{}]", 400, "bad_json"),
    (json.dumps([GOOD]).encode("utf-16"), 400, "bad_encoding"),
    (b"[" * 100_000, 400, "bad_json"),
    (b'{"a":' * 10_000, 400, "bad_json"),
    (json.dumps([GOOD] * 501).encode(), 413, "too_large"),
    (b"[" + b"1," * 500_000 + b"1]", 413, "too_large"),
    (b" " * ((1 << 20) + 1), 413, "too_large"),
]


@pytest.mark.parametrize(("body", "status", "reason"), BODIES, ids=[repr(body[:12]) for body, _, _ in BODIES])
async def test_a_body_that_is_no_measurement_is_refused_whole(
    gateway: Serving, body: bytes, status: int, reason: str
) -> None:
    reply = await send(gateway.port, body)
    assert_refused(gateway, "server", reply, status, reason)
    assert_explained(reply, reason)
