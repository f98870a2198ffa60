"""AMP over real sockets: its requests, and the configs that make pages send them."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from gateway.answers import PIXEL
from shared.beacon import Channel
from tests.unit.gateway.beacons import GOOD, assert_explained, assert_refused, payload
from tests.unit.gateway.serving import Serving, serving
from tests.unit.gateway.wire import Reply, ask, request

AMP = "/v1/amp"
QUERY = AMP + "?" + urlencode(GOOD)
CONFIG = "/v1/amp/demo.json"
CACHE = "https://shop-example-com.cdn.ampproject.org"


async def config(gateway: Serving, target: str = CONFIG, method: str = "GET", **headers: str) -> Reply:
    return await ask(gateway.port, request(method, target, headers=headers))


def sends_to(reply: Reply) -> str:
    assert reply.status == 200
    target: str = reply.json["requests"]["pageview"]
    return target


async def test_an_image_is_answered_as_the_pixel_is(gateway: Serving) -> None:
    reply = await ask(gateway.port, request("GET", QUERY))
    assert (reply.status, reply.body, reply.headers["cache-control"]) == (200, PIXEL, "no-store")
    assert gateway.counted("received_total", channel="amp", outcome="accepted") == 1


@pytest.mark.parametrize(
    "sent",
    [
        request("POST", QUERY),
        request("POST", QUERY, headers={"Content-Length": "0", "Content-Type": "text/plain;charset=UTF-8"}),
        request("POST", AMP, payload()),
        request("POST", QUERY, b"{}"),
        request("POST", AMP + "?property=demo", json.dumps({"url": GOOD["url"]}).encode()),
    ],
    ids=["query", "empty body", "body", "empty object", "both"],
)
async def test_a_post_is_taken_in_every_form(gateway: Serving, sent: bytes) -> None:
    reply = await ask(gateway.port, sent)
    assert (reply.status, reply.body) == (204, b"")
    (beacon,) = await gateway.arrived(1)
    assert (beacon.channel, beacon.property, json.loads(beacon.payload)) == (Channel.AMP, "demo", GOOD)


async def test_a_refused_post_is_explained(gateway: Serving) -> None:
    reply = await ask(gateway.port, request("POST", AMP + "?property=demo"))
    assert_refused(gateway, "amp", reply, 400, "bad_url")
    assert_explained(reply, "bad_url")


async def test_a_refused_image_is_still_an_image(gateway: Serving) -> None:
    reply = await ask(gateway.port, request("GET", AMP))
    assert_refused(gateway, "amp", reply, 400, "bad_property")
    assert reply.body == PIXEL


@pytest.mark.parametrize(
    ("sent", "status", "reason"),
    [
        (request("POST", AMP, b"x" * 65_537), 413, "too_large"),
        (request("POST", AMP, payload(), {"Content-Encoding": "gzip"}), 415, "encoding"),
        (request("POST", QUERY, b"["), 400, "bad_json"),
    ],
)
async def test_a_body_has_the_limits_of_every_body(gateway: Serving, sent: bytes, status: int, reason: str) -> None:
    assert_refused(gateway, "amp", await ask(gateway.port, sent), status, reason)


@pytest.mark.parametrize("target", [QUERY, CONFIG])
async def test_a_page_from_a_cache_of_amp_may_send_and_read(gateway: Serving, target: str) -> None:
    reply = await ask(gateway.port, request("GET", target, headers={"Origin": CACHE}))
    assert reply.status == 200
    assert reply.headers["access-control-allow-origin"] == CACHE
    assert reply.headers["access-control-allow-credentials"] == "true"
    assert reply.headers["vary"] == "Origin"


async def test_a_config_names_its_property_and_nobody(gateway: Serving) -> None:
    reply = await config(gateway)
    assert reply.headers["content-type"] == "application/json"
    told = reply.json["extraUrlParams"]
    assert told["property"] == "demo"
    assert told["id"] == "${pageViewId64}"
    assert not [word for word in (b"client", b"cookie", b"{{") if word in reply.body.lower()]


async def test_a_config_counts_a_page_once_when_it_is_seen(gateway: Serving) -> None:
    triggers: dict[str, Any] = (await config(gateway)).json["triggers"]
    assert list(triggers.values()) == [{"on": "visible", "request": "pageview"}]


async def test_a_config_sends_to_the_name_that_the_client_used(gateway: Serving) -> None:
    assert sends_to(await config(gateway)) == "https://stats.example.com/v1/amp"
    assert sends_to(await config(gateway, Host="[2001:db8::1]:8443")) == "https://[2001:db8::1]:8443/v1/amp"
    elsewhere = "http://elsewhere.example" + CONFIG
    assert sends_to(await config(gateway, elsewhere)) == "https://stats.example.com/v1/amp"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "shop.localhost:80", "LOCALHOST:8080"])
async def test_on_the_developer_s_own_machine_it_does_without_tls(gateway: Serving, host: str) -> None:
    assert sends_to(await config(gateway, Host=host)) == f"http://{host}/v1/amp"


@pytest.mark.parametrize("host", ["localhost.example.com", "127.0.0.1.example.com", "notlocalhost", "a:b@localhost"])
async def test_no_other_name_does(gateway: Serving, host: str) -> None:
    reply = await config(gateway, Host=host)
    assert reply.status == 400 or sends_to(reply) == f"https://{host}/v1/amp"


async def test_a_config_follows_the_path_prefix(tmp_path: Path) -> None:
    async with serving(tmp_path, path_prefix="/stats") as gateway:
        assert sends_to(await config(gateway, "/stats" + CONFIG)) == "https://stats.example.com/stats/v1/amp"
        assert (await config(gateway)).reject == "unknown_path"
        assert (await ask(gateway.port, request("POST", "/stats" + QUERY))).status == 204


async def test_a_config_sends_where_the_operator_says_whatever_the_client_calls_us(tmp_path: Path) -> None:
    async with serving(tmp_path, public_url="https://c.example:8443/x", path_prefix="/stats") as gateway:
        for headers in ({}, {"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}, {"Host": '"'}):
            reply = await config(gateway, "/stats" + CONFIG, **headers)
            assert sends_to(reply) == "https://c.example:8443/x/v1/amp"
            assert reply.headers["cache-control"] == "public, max-age=3600"


async def test_what_one_client_called_us_is_kept_by_no_shared_cache(gateway: Serving) -> None:
    assert (await config(gateway)).headers["cache-control"] == "private, max-age=3600"


@pytest.mark.parametrize("host", ["", 'a"b', "a/b", "a b", "user@a", "a\\", "ä", "a" * 300, "a:123456", "{{property}}"])
async def test_a_host_that_is_none_stands_in_no_config(gateway: Serving, host: str) -> None:
    reply = await config(gateway, Host=host)
    assert reply.status == 400
    assert b"pageview" not in reply.body


@pytest.mark.parametrize("lines", [b"", b"Host: a.example\r\nHost: b.example\r\n"])
async def test_without_one_name_of_ours_there_is_no_config(gateway: Serving, lines: bytes) -> None:
    reply = await ask(gateway.port, b"GET " + CONFIG.encode() + b" HTTP/1.0\r\n" + lines + b"\r\n")
    assert reply.status == 400
    assert b"pageview" not in reply.body


@pytest.mark.parametrize("name", ["other", "", "DEMO", "demo%00", "%7Bproperty%7D", "..%2Fdemo", "x" * 5_000])
async def test_there_is_no_config_for_an_unknown_property(gateway: Serving, name: str) -> None:
    reply = await config(gateway, f"/v1/amp/{name}.json")
    assert reply.status == 404
    assert reply.reject in ("unknown_property", "unknown_path")
    assert gateway.counted("rejected_total", reason=reply.reject) == 1
    assert gateway.counted("received_total", channel="amp", outcome="rejected") == 0


async def test_a_config_is_asked_for_with_whatever_query_amp_adds(gateway: Serving) -> None:
    asked = CONFIG + "?__amp_source_origin=https%3A%2F%2Fshop.example.com"
    assert sends_to(await config(gateway, asked)) == "https://stats.example.com/v1/amp"


async def test_the_paths_of_amp_have_their_methods(gateway: Serving) -> None:
    assert (await config(gateway, method="HEAD")).headers["content-length"] != "0"
    assert (await config(gateway, method="POST")).headers["allow"] == "GET, HEAD, OPTIONS"
    assert (await config(gateway, method="OPTIONS")).headers["allow"] == "GET, HEAD, OPTIONS"
    assert (await config(gateway, AMP, "PUT")).headers["allow"] == "GET, POST, OPTIONS"
