"""Behind a real nginx, whose configuration is that of docs/ingest.md: whose address reaches the queue."""

import asyncio
from pathlib import Path

from tests.integration.nginx import nginx
from tests.unit.gateway.beacons import payload
from tests.unit.gateway.serving import Serving, serving, until
from tests.unit.gateway.wire import Wire, request

PROXY, VISITOR, OTHER, LIAR = "127.0.0.1", "127.0.0.2", "127.0.0.3", "192.0.2.66"
KEPT = 'proxy_set_header Connection "";'  # no location inherits it that sets another header
FORWARDED_FOR = f"{KEPT} proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
SITE = f"location / {{ proxy_pass http://gateway; {FORWARDED_FOR} }}"
STANDARD = f"location / {{ proxy_pass http://gateway; {KEPT} proxy_set_header Forwarded $all_forwarded; }}"
TWO_PROXIES = f"""
location /v1/ {{ proxy_pass http://gateway; {FORWARDED_FOR} }}
location /cdn/ {{ proxy_bind 127.0.0.9; proxy_pass http://127.0.0.1:{{port}}/; {FORWARDED_FOR} }}
"""


async def visit(
    port: int,
    *headers: str,
    visitor: str = VISITOR,
    path: str = "/v1/beacon",
    title: str = "",
    host: str = "shop.example.com",
) -> int:
    """A beacon from the visitor's own address, with header lines as they are; the answer's status."""
    head, _, body = request("POST", path, payload(title=title), {"Host": host}).partition(b"\r\n\r\n")
    lines = "".join(f"\r\n{line}" for line in headers).encode("latin-1")
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(visitor, 0))
    wire = Wire(reader, writer)
    wire.send(head + lines + b"\r\n\r\n" + body)
    reply = await wire.reply("POST")
    writer.close()
    return reply.status


async def address_of(gateway: Serving, port: int, *headers: str, **request: str) -> str:
    """What one more visit from VISITOR is recorded as."""
    already = len(gateway.queue.beacons)
    assert await visit(port, *headers, **request) == 204
    return (await gateway.arrived(already + 1))[-1].client_address


async def test_what_a_visitor_says_of_its_address_is_not_believed(tmp_path: Path) -> None:
    async with serving(tmp_path, trusted_proxies=[PROXY]) as gateway:
        with nginx(tmp_path / "nginx", gateway.port, SITE) as port:
            assert await address_of(gateway, port) == VISITOR
            assert await address_of(gateway, port, f"X-Forwarded-For: {LIAR}") == VISITOR
            assert await address_of(gateway, port, f"X-Forwarded-For: {LIAR}", f"x-forwarded-for: {PROXY}") == VISITOR
            assert await address_of(gateway, port, f'X-Forwarded-For: "{LIAR},', f"Forwarded: for={LIAR}") == VISITOR
            assert await address_of(gateway, port, "X-Forwarded-For: " + f"{PROXY}, " * 500) == VISITOR
        assert await visit(gateway.port, f"X-Forwarded-For: {LIAR}", visitor=OTHER) == 204
        assert (await gateway.arrived(6))[-1].client_address == OTHER, "past nginx, the connection counts"


async def test_visitors_who_share_a_connection_to_the_gateway_keep_their_addresses(tmp_path: Path) -> None:
    visitors = [f"127.0.1.{number}" for number in range(1, 41)]
    async with serving(tmp_path, trusted_proxies=[PROXY]) as gateway:
        with nginx(tmp_path / "nginx", gateway.port, SITE) as port:
            for some in (visitors[:20], visitors[20:]):
                assert set(await asyncio.gather(*(visit(port, visitor=one, title=one) for one in some))) == {204}
            await until(lambda: 1 <= gateway.counted("connections") <= 4)  # nginx keeps no more
            beacons = await gateway.arrived(len(visitors))
    assert {beacon.client_address for beacon in beacons} == set(visitors)
    assert all(f'"{beacon.client_address}"'.encode() in beacon.payload for beacon in beacons)


async def test_a_site_serves_the_gateway_below_a_path_of_its_own(tmp_path: Path) -> None:
    below = f"location /stats/ {{ proxy_pass http://gateway; {FORWARDED_FOR} }}"
    async with serving(tmp_path, trusted_proxies=[PROXY], path_prefix="/stats") as gateway:
        with nginx(tmp_path / "nginx", gateway.port, below) as port:
            spoofed = f"X-Forwarded-For: {LIAR}"
            assert await address_of(gateway, port, spoofed, path="/stats/v1/beacon") == VISITOR
            assert await visit(port, path="/v1/beacon") == 404, "nginx asks us for nothing else"


async def test_the_standard_header_is_believed_as_little(tmp_path: Path) -> None:
    async with serving(tmp_path, trusted_proxies=[PROXY], client_ip_header="Forwarded") as gateway:
        with nginx(tmp_path / "nginx", gateway.port, STANDARD) as port:
            assert await address_of(gateway, port) == VISITOR
            for said in (f"for={LIAR}", f'for="{LIAR}', f'for={LIAR};host="a\\', f"for={LIAR},", "for=unknown"):
                assert await address_of(gateway, port, f"Forwarded: {said}", f"X-Forwarded-For: {LIAR}") == VISITOR
            for quoted in (f"a,for={LIAR}", f"a;for={LIAR}"):
                assert await address_of(gateway, port, host=quoted) == VISITOR


async def test_proxies_in_a_row_are_passed_over_when_all_are_trusted(tmp_path: Path) -> None:
    async with serving(tmp_path, trusted_proxies=[PROXY, "127.0.0.9"]) as gateway:
        with nginx(tmp_path / "nginx", gateway.port, TWO_PROXIES) as port:
            assert await address_of(gateway, port, f"X-Forwarded-For: {LIAR}", path="/cdn/v1/beacon") == VISITOR
    async with serving(tmp_path / "one", trusted_proxies=[PROXY]) as gateway:
        with nginx(tmp_path / "other", gateway.port, TWO_PROXIES) as port:
            assert await address_of(gateway, port, path="/cdn/v1/beacon") == "127.0.0.9", "the one that is not trusted"


async def test_with_nobody_trusted_the_connection_counts(tmp_path: Path) -> None:
    async with serving(tmp_path) as gateway:
        with nginx(tmp_path / "nginx", gateway.port, SITE) as port:
            assert await address_of(gateway, port, f"X-Forwarded-For: {LIAR}") == PROXY
