"""Whose address it is, behind proxies and before liars."""

import time
import tracemalloc

import pytest

from gateway.client_ip import Reason, Seen, client_address, explain_address
from shared.addresses import AddressSet

TRUSTED = AddressSet(["10.0.0.0/8", "2001:db8:aa::/48", "192.0.2.10"])
XFF, FORWARDED, CLOUDFRONT, CLOUDFLARE = (
    "X-Forwarded-For",
    "Forwarded",
    "CloudFront-Viewer-Address",
    "CF-Connecting-IP",
)


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.5", [], "203.0.113.5"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("203.0.113.5", ["198.51.100.1"], "203.0.113.5"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["192.0.2.66, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["192.0.2.66, 198.51.100.1, 10.9.9.9"], "198.51.100.1"),
        ("10.0.0.1", ["192.0.2.66", "198.51.100.1", "10.9.9.9"], "198.51.100.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["10.0.0.3, 198.51.100.1, 192.0.2.10"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("10.0.0.1", ["2001:db8::7"], "2001:db8::7"),
        ("10.0.0.1", ["[2001:db8::7]:4711"], "2001:db8::7"),
        ("10.0.0.1", ["[2001:db8::7]"], "2001:db8::7"),
        ("10.0.0.1", ["  198.51.100.1 ,,  "], "198.51.100.1"),
        ("10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("::ffff:203.0.113.5", ["198.51.100.1"], "203.0.113.5"),
        ("2001:db8:aa::1", ["198.51.100.1"], "198.51.100.1"),
        ("2001:db8:ab::1", ["198.51.100.1"], "2001:db8:ab::1"),
        ("fe80::1%eth0", [], "fe80::1"),
        ("2001:DB8::0001", [], "2001:db8::1"),
        ("10.0.0.1", ["198.51.100.1, unknown"], ""),
        ("10.0.0.1", ["unknown, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["not an address"], ""),
        ("10.0.0.1", ["999.1.1.1"], ""),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", [" , "], "10.0.0.1"),
        ("", ["198.51.100.1"], ""),
        ("no peer", [], ""),
    ],
)
def test_from_the_right_past_the_trusted_to_the_first_that_is_not(peer: str, forwarded: list[str], found: str) -> None:
    assert client_address(peer, forwarded, TRUSTED, XFF) == found


@pytest.mark.parametrize(
    ("forwarded", "found"),
    [
        (["for=198.51.100.1"], "198.51.100.1"),
        (["For=198.51.100.1;proto=https;by=10.0.0.1"], "198.51.100.1"),
        (["proto=https; for=198.51.100.1"], "198.51.100.1"),
        (['for="198.51.100.1:4711"'], "198.51.100.1"),
        (['for="[2001:db8::7]:4711";proto=https'], "2001:db8::7"),
        (['for="[2001:db8::7]"'], "2001:db8::7"),
        (["for=192.0.2.66, for=198.51.100.1, for=10.0.0.9"], "198.51.100.1"),
        (["for=192.0.2.66", 'for="198.51.100.1"'], "198.51.100.1"),
        (["for=198.51.100.1, for=unknown"], ""),
        (["for=198.51.100.1, for=_hidden"], ""),
        (["for=198.51.100.1, proto=https"], ""),
        (['for="198.51.100.1:_hidden"; by="_a,_b"'], "198.51.100.1"),
        (["for=198.51.100.1;for=192.0.2.66"], ""),
        ([";for=198.51.100.1;"], "198.51.100.1"),
    ],
)
def test_the_standard_header_with_its_quotes_brackets_and_ports(forwarded: list[str], found: str) -> None:
    assert client_address("10.0.0.1", forwarded, TRUSTED, FORWARDED) == found


@pytest.mark.parametrize(
    "said",
    [
        'for=198.51.100.1;host="a, for=192.0.2.66"',
        'for=198.51.100.1;host="a;for=192.0.2.66"',
        'host="a;for=192.0.2.66;b";for=198.51.100.1',
        r'for=198.51.100.1;host="a\", for=192.0.2.66"',
        r'for=198.51.100.1;host="a\\\", for=192.0.2.66"',
        r'for=198.51.100.1;host="a\\";proto="b, for=192.0.2.66"',
        'for=192.0.2.66", for=198.51.100.1;host="shop.example.com"',
        'for="192.0.2.66, for=198.51.100.1',
        r"for=192.0.2.66;host=\, for=198.51.100.1",
        r'for=192.0.2.66;host="\, for=198.51.100.1;host="a\", b"',
    ],
)
def test_what_the_visitor_gets_a_proxy_to_quote_is_not_read_as_a_hop(said: str) -> None:
    assert client_address("10.0.0.1", [said], TRUSTED, FORWARDED) == "198.51.100.1"


@pytest.mark.parametrize(
    ("header", "value", "found"),
    [
        (CLOUDFRONT, "198.51.100.1:46532", "198.51.100.1"),
        (CLOUDFRONT, "2001:db8::7:46532", "2001:db8::7"),
        (CLOUDFRONT, "2001:db8:1:2:3:4:5:6:46532", "2001:db8:1:2:3:4:5:6"),
        (CLOUDFRONT, "[2001:db8::7]:46532", "2001:db8::7"),
        (CLOUDFLARE, "198.51.100.1", "198.51.100.1"),
        (CLOUDFLARE, "2001:db8::7", "2001:db8::7"),
        ("cf-connecting-ip", "198.51.100.1", "198.51.100.1"),
    ],
)
def test_the_headers_of_cdns(header: str, value: str, found: str) -> None:
    assert client_address("10.0.0.1", [value], TRUSTED, header) == found
    assert client_address("203.0.113.5", [value], TRUSTED, header) == "203.0.113.5"


def test_with_nobody_trusted_no_header_counts() -> None:
    assert client_address("10.0.0.1", ["198.51.100.1"], AddressSet(), XFF) == "10.0.0.1"


def test_endless_long_entries_that_are_no_addresses_do_not_fill_the_memory() -> None:
    tracemalloc.start()
    for number in range(200):
        assert client_address("10.0.0.1", [f"{number}" + "x" * 15_000 + ", 198.51.100.1"], TRUSTED) == "198.51.100.1"
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 1 << 20


@pytest.mark.parametrize("header", [XFF, FORWARDED, CLOUDFRONT])
@pytest.mark.parametrize(
    "part", [",", '"', "\\", '"\\', ' , "', ";", "for=", "10.0.0.2, ", "for=10.0.0.2, ", "for=10.0.0.2;"]
)
def test_the_time_grows_with_the_length_of_the_header_and_no_faster(part: str, header: str) -> None:
    """What is quadratic takes minutes here."""
    started = time.monotonic()
    client_address("10.0.0.1", [part * (300_000 // len(part))], TRUSTED, header)
    assert time.monotonic() - started < 5


PASSED, CHOSEN, IGNORED = Seen.PASSED_OVER, Seen.CHOSEN, Seen.NOT_LOOKED_AT


@pytest.mark.parametrize(
    ("peer", "said", "address", "reason", "seen"),
    [
        ("203.0.113.5", [], "203.0.113.5", Reason.PEER_NOT_TRUSTED, []),
        ("203.0.113.5", ["198.51.100.1"], "203.0.113.5", Reason.PEER_NOT_TRUSTED, [IGNORED]),
        ("no peer", ["198.51.100.1"], "", Reason.PEER_NOT_TRUSTED, [IGNORED]),
        ("10.0.0.1", [], "10.0.0.1", Reason.NO_HOPS, []),
        ("10.0.0.1", [" , "], "10.0.0.1", Reason.NO_HOPS, []),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1", Reason.FIRST_NOT_TRUSTED, [CHOSEN]),
        (
            "10.0.0.1",
            ["192.0.2.66, 198.51.100.1", "10.9.9.9"],
            "198.51.100.1",
            Reason.FIRST_NOT_TRUSTED,
            [PASSED, CHOSEN, IGNORED],
        ),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3", Reason.ALL_TRUSTED, [PASSED, CHOSEN]),
        ("10.0.0.1", ["198.51.100.1, unknown"], "", Reason.NO_ADDRESS, [CHOSEN, IGNORED]),
    ],
)
def test_each_hop_is_told_with_what_it_counted_for(
    peer: str, said: list[str], address: str, reason: Reason, seen: list[Seen]
) -> None:
    explained = explain_address(peer, said, TRUSTED, XFF)
    assert (explained.address, explained.reason) == (address, reason)
    assert [counted for _, counted in explained.hops] == seen
    entries = [entry.strip() for value in said for entry in value.split(",") if entry.strip()]
    assert [hop.said for hop, _ in explained.hops] == entries[::-1]
