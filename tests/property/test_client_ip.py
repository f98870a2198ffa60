"""Nobody but a trusted proxy has a say in whose address it is."""

from ipaddress import IPv4Address, IPv6Address

from hypothesis import given
from hypothesis import strategies as st

from gateway.client_ip import Seen, client_address, explain_address
from shared.addresses import AddressSet, parse_address

PROXIES = ["10.0.0.0/8", "2001:db8:aa::/48"]
TRUSTED = AddressSet(PROXIES)
HEADERS = st.sampled_from(["X-Forwarded-For", "Forwarded", "CF-Connecting-IP", "CloudFront-Viewer-Address"])

addresses = st.ip_addresses()
strangers = addresses.filter(lambda one: parse_address(str(one)) not in TRUSTED)
proxies = st.integers(0, 2**24 - 1).map(lambda number: IPv4Address(0x0A000000 + number)) | st.integers(
    0, 2**80 - 1
).map(lambda number: IPv6Address((0x20010DB800AA << 80) + number))
junk = st.text(st.characters(exclude_characters=","), max_size=30)
entries = junk | addresses.map(str) | addresses.map(lambda one: f"for={one}")
values = st.lists(st.lists(entries, max_size=4).map(", ".join), max_size=3)


def canonical(address: IPv4Address | IPv6Address) -> str:
    return str(parse_address(str(address)))


@given(strangers, values, HEADERS)
def test_what_a_stranger_says_changes_nothing(peer: IPv4Address | IPv6Address, said: list[str], header: str) -> None:
    assert client_address(str(peer), said, TRUSTED, header) == canonical(peer)


@given(proxies, values, HEADERS)
def test_the_result_is_an_address_or_nothing(peer: IPv4Address | IPv6Address, said: list[str], header: str) -> None:
    found = client_address(str(peer), said, TRUSTED, header)
    assert found == "" or str(parse_address(found)) == found


@given(proxies, strangers, values, st.lists(proxies, max_size=3))
def test_what_the_visitor_wrote_to_the_left_never_wins(
    peer: IPv4Address | IPv6Address,
    visitor: IPv4Address | IPv6Address,
    spoofed: list[str],
    between: list[IPv4Address | IPv6Address],
) -> None:
    honest = ", ".join(map(str, [visitor, *between]))
    assert client_address(str(peer), [*spoofed, honest], TRUSTED) == canonical(visitor)
    together = ", ".join([*spoofed, honest])
    assert client_address(str(peer), [together], TRUSTED) == canonical(visitor)


@given(proxies, strangers, values, st.lists(proxies, max_size=3), st.integers(1, 65_535))
def test_the_same_holds_for_the_standard_header(
    peer: IPv4Address | IPv6Address,
    visitor: IPv4Address | IPv6Address,
    spoofed: list[str],
    between: list[IPv4Address | IPv6Address],
    port: int,
) -> None:
    hops = [f'for="[{one}]:{port}"' if one.version == 6 else f"for={one}:{port}" for one in [visitor, *between]]
    assert client_address(str(peer), [*spoofed, ", ".join(hops)], TRUSTED, "Forwarded") == canonical(visitor)


visitors_words = st.text(st.sampled_from('",;\\=for 192.0.2.66')) | st.text(st.characters(codec="latin-1"))


@given(proxies, strangers, visitors_words, visitors_words, st.booleans())
def test_nor_does_what_a_proxy_quotes_of_the_visitors_words(
    peer: IPv4Address | IPv6Address, visitor: IPv4Address | IPv6Address, before: str, host: str, is_first: bool
) -> None:
    escaped = host.replace("\\", "\\\\").replace('"', '\\"')
    pairs = [f'for="[{visitor}]"' if visitor.version == 6 else f"for={visitor}", f'host="{escaped}"']
    honest = ";".join(pairs if is_first else pairs[::-1])
    assert client_address(str(peer), [f"{before}, {honest}"], TRUSTED, "Forwarded") == canonical(visitor)


@given(proxies.map(str) | strangers.map(str) | junk, values | st.lists(visitors_words), HEADERS)
def test_what_is_explained_is_what_is_done(peer: str, said: list[str], header: str) -> None:
    explained = explain_address(peer, said, TRUSTED, header)
    assert explained.address == client_address(peer, said, TRUSTED, header)
    assert sum(seen is Seen.CHOSEN for _, seen in explained.hops) <= 1


@given(proxies, strangers, st.integers(1, 65_535))
def test_the_viewer_that_the_cdn_saw_is_believed_with_any_port(
    peer: IPv4Address | IPv6Address, viewer: IPv4Address | IPv6Address, port: int
) -> None:
    for said in (f"{viewer}:{port}", f"[{viewer}]:{port}"):
        assert client_address(str(peer), [said], TRUSTED, "CloudFront-Viewer-Address") == canonical(viewer)
