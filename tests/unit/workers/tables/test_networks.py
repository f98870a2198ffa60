import time
from pathlib import Path
from typing import Any

import pytest

from shared.addresses import parse_address
from shared.errors import ConfigError
from tests import mmdb
from tests.measurements import write_lines
from workers.tables.networks import read_addresses, read_proxies

KINDS = ("is_anonymous_vpn", "is_public_proxy", "is_residential_proxy", "is_tor_exit_node", "is_hosting_provider")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_anonymous_network_hides_the_visitor(tmp_path: Path, kind: str) -> None:
    proxies = read_proxies([str(mmdb.anonymous(tmp_path / "Anonymous-IP.mmdb", {"192.0.2.0/24": kind}))])
    assert "192.0.2.200" in proxies
    assert "::ffff:192.0.2.200" in proxies
    assert "198.51.100.1" not in proxies


def test_an_entry_that_says_no_is_no_proxy(tmp_path: Path) -> None:
    path = mmdb.write(tmp_path / "a.mmdb", "GeoIP2-Anonymous-IP", {"192.0.2.0/24": {"is_anonymous": False}})
    assert "192.0.2.1" not in read_proxies([str(path)])


@pytest.mark.parametrize(
    ("entry", "hides"),
    [
        ({"is_anonymous": True, "is_hosting_provider": True}, True),
        ({"is_hosting_provider": True}, False),
        ({"vpn": True, "hosting": False}, True),
        ({"relay": "true", "tor": ""}, True),
        ({"hosting": "true", "vpn": "", "proxy": "false"}, False),
    ],
)
def test_databases_of_several_makers_say_who_hides(tmp_path: Path, entry: dict[str, Any], hides: bool) -> None:
    path = mmdb.write(tmp_path / "a.mmdb", "privacy", {"192.0.2.0/24": entry, "203.0.113.0/24": {"tor": True}})
    assert ("192.0.2.1" in read_proxies([str(path)])) is hides


def test_tors_own_list_is_read(tmp_path: Path) -> None:
    exits = write_lines(
        tmp_path / "exit-addresses",
        "ExitNode 0011BD2485AD45D984EC4159C88FC066E5E3300E",
        "Published 2026-11-23 08:12:09",
        "LastStatus 2026-11-24 09:00:00",
        "ExitAddress 203.0.113.7 2026-11-24 09:04:17",
        "ExitAddress 2001:db8::7 2026-11-24 09:04:17",
    )
    proxies = read_proxies([exits])
    assert all(address in proxies for address in ("203.0.113.7", "2001:db8::7", "2002:cb00:7107::1"))
    assert "203.0.113.8" not in proxies


def test_lists_come_in_several_hands(tmp_path: Path) -> None:
    path = tmp_path / "vpn.txt"
    path.write_bytes(
        b"\xef\xbb\xbf192.0.2.0/25\r\n198.51.100.0/24 ; SBL1\r\n203.0.113.4 - 203.0.113.9\r\n::ffff:192.0.2.200\r\n"
    )
    listed = read_addresses([str(path)])
    inside = ("192.0.2.1", "198.51.100.9", "203.0.113.4", "203.0.113.9", "192.0.2.200")
    assert all(parse_address(address) in listed for address in inside)
    assert not any(parse_address(address) in listed for address in ("192.0.2.128", "203.0.113.3", "203.0.113.10"))


def test_a_hundred_thousand_lines_are_read_while_nobody_waits(tmp_path: Path) -> None:
    numbers = range(0, 100_000 * 37, 37)
    path = write_lines(tmp_path / "long.txt", *(f"{n >> 24}.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in numbers))
    began = time.process_time()
    listed = read_addresses([path])
    assert time.process_time() - began < 1.5, "it takes 0.3 s; addresses of the standard library take 5"
    assert parse_address("0.0.0.37") in listed
    assert parse_address("0.0.0.38") not in listed


def test_lists_and_databases_are_asked_together(tmp_path: Path) -> None:
    listed = write_lines(tmp_path / "exits.txt", "# exits", "203.0.113.7", "", "2001:db8::/32  # a network")
    database = str(mmdb.anonymous(tmp_path / "a.mmdb", {"192.0.2.0/24": "is_tor_exit_node"}))
    proxies = read_proxies([listed, database])
    assert all(address in proxies for address in ("203.0.113.7", "2001:db8::5", "192.0.2.1"))
    assert all(address not in proxies for address in ("203.0.113.8", "", "nonsense"))


def test_without_files_nobody_hides() -> None:
    assert "192.0.2.1" not in read_proxies([])


def test_several_lists_are_one_set(tmp_path: Path) -> None:
    first, second = write_lines(tmp_path / "1", "192.0.2.0/24"), write_lines(tmp_path / "2", "198.51.100.1")
    addresses = read_addresses([first, second])
    assert parse_address("192.0.2.9") in addresses
    assert parse_address("198.51.100.1") in addresses
    assert parse_address("198.51.100.2") not in addresses


def test_a_line_that_is_no_address_is_named(tmp_path: Path) -> None:
    bad = write_lines(tmp_path / "bad.txt", "192.0.2.1", "# fine", "192.0.2.300")
    with pytest.raises(ConfigError, match=r"bad\.txt: line 3: '192\.0\.2\.300'"):
        read_addresses([bad])


def test_a_missing_or_unreadable_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.txt: No such file"):
        read_addresses([str(tmp_path / "gone.txt")])
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"binary\.txt: .*utf-8"):
        read_proxies([str(tmp_path / "binary.txt")])


def test_an_empty_list_is_refused_and_one_that_says_so_is_not(tmp_path: Path) -> None:
    (tmp_path / "cut.txt").write_bytes(b"\n")
    with pytest.raises(ConfigError, match=r"cut\.txt: empty"):
        read_addresses([str(tmp_path / "cut.txt")])
    assert not read_addresses([write_lines(tmp_path / "none.txt", "# nobody today")])


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="an Anonymous-IP database is wanted"):
        read_proxies([str(mmdb.city(tmp_path / "city.mmdb"))])
