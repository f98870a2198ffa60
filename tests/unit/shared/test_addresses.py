import ipaddress
import re

import pytest

from shared.addresses import AddressSet, carried, parse_address


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:DB8::1", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::", "::"),
    ],
)
def test_an_address_is_found_in_its_text(text: str, found: str) -> None:
    assert str(parse_address(text)) == found


@pytest.mark.parametrize(
    "text", ["", " ", "192.0.2", "192.0.2.1:80", "192.0.2.01", "[::1]", "localhost", "1", "\udcff"]
)
def test_what_is_no_address_is_none(text: str) -> None:
    assert parse_address(text) is None


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("2002:c000:0201:1::7", "192.0.2.1"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdfe", "192.0.2.1"),
        ("64:ff9b::192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("192.0.2.1", "192.0.2.1"),
    ],
)
def test_an_address_may_carry_that_of_the_sender(text: str, origin: str) -> None:
    assert str(carried(parse_address(text))) == origin
    assert carried(None) is None


def holds(entries: list[str], text: str) -> bool:
    return parse_address(text) in AddressSet(entries)


@pytest.mark.parametrize(
    ("text", "is_in"),
    [
        ("10.0.0.0", True),
        ("10.255.255.255", True),
        ("9.255.255.255", False),
        ("11.0.0.0", False),
        ("192.0.2.10", True),
        ("192.0.2.11", False),
        ("2001:db8::", True),
        ("2001:db8:0:ffff:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1::", False),
        ("::ffff:10.1.2.3", True),
        ("0.0.0.0", False),
        ("::", False),
        ("no address", False),
    ],
)
def test_a_set_has_what_lies_in_its_networks(text: str, is_in: bool) -> None:
    entries = ["192.0.2.10", "10.0.0.0/9", "10.128.0.0/9", "10.1.0.0/16", "2001:db8::/48"]
    assert holds(entries, text) is is_in
    assert holds(list(reversed(entries)), text) is is_in


def test_an_entry_may_have_bits_after_its_prefix() -> None:
    assert holds(["192.0.2.77/24"], "192.0.2.1")


def test_the_largest_networks_have_everything_of_their_kind() -> None:
    assert holds(["0.0.0.0/0"], "255.255.255.255")
    assert not holds(["0.0.0.0/0"], "::1")
    assert holds(["::/0"], "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")


def test_a_mapped_entry_is_the_address_that_it_maps() -> None:
    assert holds(["::ffff:192.0.2.1"], "192.0.2.1")


def test_an_entry_may_be_a_range() -> None:
    assert holds(["192.0.2.5-192.0.2.9"], "192.0.2.9")
    assert not holds(["192.0.2.5 - 192.0.2.9"], "192.0.2.10")
    assert holds(["2001:db8::-2001:db8::ff"], "2001:db8::80")
    assert holds(["::ffff:192.0.2.5-192.0.2.9"], "192.0.2.6")


def test_a_mask_is_as_good_as_a_prefix() -> None:
    assert holds(["10.0.0.0/255.0.0.0"], "10.200.0.1")


WRONG = ["", "shop.example.com", "10.0.0.0/33", "10.0.0.256", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/\u0661"]
WRONG += ["10.0.0.2-10.0.0.1", "10.0.0.1-::1", "my-shop.example.com", "10.0.0.1,10.0.0.9", "10.0.0.01", "10.0.0.1\0"]


@pytest.mark.parametrize("entry", WRONG)
def test_what_is_no_network_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(entry))):
        AddressSet([entry])


def test_an_empty_set_is_false_and_has_nobody() -> None:
    assert not AddressSet()
    assert AddressSet(["::1"])
    assert None not in AddressSet(["0.0.0.0/0"])
    assert ipaddress.ip_address("::1") not in AddressSet()


def test_many_addresses_are_found_among_many() -> None:
    entries = [f"198.51.{third}.{fourth}" for third in range(100) for fourth in range(0, 256, 2)]
    many = AddressSet(entries)
    assert all(parse_address(entry) in many for entry in entries)
    assert not any(parse_address(f"198.51.{third}.{fourth}") in many for third in range(100) for fourth in (1, 3, 255))
