"""The files that the gateway serves."""

import gzip

import pytest

from gateway import pages
from tests.unit.gateway.serving import Serving
from tests.unit.gateway.wire import Reply, ask, request

TAG = "/v1/tag.js"


async def get(gateway: Serving, path: str = TAG, **headers: str) -> Reply:
    return await ask(gateway.port, request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()}))


async def test_the_tag_is_a_script_that_may_be_kept_and_used_by_any_site(gateway: Serving) -> None:
    reply = await get(gateway)
    assert reply.status == 200
    assert reply.body == (pages.STATIC / "tag.js").read_bytes()
    assert reply.headers["content-type"] == "text/javascript; charset=utf-8"
    assert reply.headers["cache-control"] == "public, max-age=3600"
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "content-encoding" not in reply.headers
    assert "Accept-Encoding" in reply.headers["vary"]


async def test_the_tag_has_at_most_one_and_a_half_kilobytes_when_compressed(gateway: Serving) -> None:
    reply = await get(gateway, accept_encoding="br, gzip")
    assert reply.headers["content-encoding"] == "gzip"
    assert gzip.decompress(reply.body) == (await get(gateway)).body
    assert len(reply.body) <= 1536


@pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", "br", "gzip; q=0.000, identity"])
async def test_who_takes_no_gzip_gets_none(gateway: Serving, accepted: str) -> None:
    assert "content-encoding" not in (await get(gateway, accept_encoding=accepted)).headers


async def test_who_has_the_tag_is_not_sent_it_again(gateway: Serving) -> None:
    etag = (await get(gateway)).headers["etag"]
    for held in (etag, f"W/{etag}", f'"other", {etag}'):
        reply = await get(gateway, if_none_match=held)
        assert (reply.status, reply.body, reply.headers["etag"]) == (304, b"", etag)
        assert "content-length" not in reply.headers
    assert (await get(gateway, if_none_match='"other"')).status == 200


async def test_an_etag_belongs_to_its_content(gateway: Serving) -> None:
    assert (await get(gateway)).headers["etag"] != (await get(gateway, "/robots.txt")).headers["etag"]


async def test_a_page_for_everybody_asks_for_no_credentials(gateway: Serving) -> None:
    reply = await get(gateway, origin="https://shop.example.com")
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in reply.headers


def test_the_demo_site_has_its_places_filled_in() -> None:
    found = pages.demo({"live_page": "http://127.0.0.1:1/", "prefix": "/stats"})
    assert {"/demo", "/demo/second"} <= set(found)
