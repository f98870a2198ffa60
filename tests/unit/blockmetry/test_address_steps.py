"""Whose address it is, as an operator reads it."""

import io

import pytest
from rich.console import Console

from blockmetry.address_steps import Arrival, show
from blockmetry.raw_headers import parse
from shared.config import Gateway

PROXIES = ["10.0.0.0/8"]


def shown(headers: str, peer: str = "10.0.0.1", trusted: list[str] = PROXIES, header: str = "X-Forwarded-For") -> str:
    console = Console(file=io.StringIO(), width=80)
    show(console, Arrival(peer, parse(headers), Gateway(trusted_proxies=trusted, client_ip_header=header)))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_each_hop_has_a_line_with_what_was_read_and_what_it_counted_for() -> None:
    assert shown("X-Forwarded-For: 192.0.2.66, 198.51.100.1:4711\nX-Forwarded-For: 10.9.9.9") == (
        "client address, by X-Forwarded-For from the right\n"
        "  connection         10.0.0.1      trusted: passed over\n"
        "  10.9.9.9           10.9.9.9      trusted: passed over\n"
        "  198.51.100.1:4711  198.51.100.1  the first that is not trusted: it counts\n"
        "  192.0.2.66         192.0.2.66    not looked at\n"
        "  client             198.51.100.1\n"
    )


def test_the_header_that_is_configured_is_the_one_that_is_read() -> None:
    text = shown("Forwarded: for=198.51.100.1\nX-Forwarded-For: 192.0.2.66", header="Forwarded")
    assert "client            198.51.100.1" in text
    assert "192.0.2.66" not in text


@pytest.mark.parametrize(
    ("headers", "peer", "trusted", "told"),
    [
        ("Forwarded: for=192.0.2.66", "10.0.0.1", [], "trusted_proxies is empty, so Forwarded means nothing"),
        ("X-Real-IP: 192.0.2.66", "203.0.113.5", PROXIES, "203.0.113.5 is not in gateway.trusted_proxies"),
        ("Host: a", "10.0.0.1", PROXIES, "10.0.0.1 is trusted and sends no X-Forwarded-For"),
        ("X-Real-IP: 192.0.2.66", "10.0.0.1", PROXIES, "it sends X-Real-IP: gateway.client_ip_header may name that"),
        ("X-Forwarded-For: 10.0.0.3, 10.0.0.2", "10.0.0.1", PROXIES, "everybody in X-Forwarded-For is trusted"),
        ("X-Forwarded-For: 192.0.2.66, 172.17.0.1", "10.0.0.1", PROXIES, "172.17.0.1 is not public"),
        ("X-Forwarded-For: 192.0.2.66, unknown", "10.0.0.1", PROXIES, "no address: nobody's counts"),
        ("Host: a\nnonsense\n\n ?", "203.0.113.5", PROXIES, "no header lines, passed over: 2, 4"),
    ],
)
def test_what_is_odd_is_said(headers: str, peer: str, trusted: list[str], told: str) -> None:
    assert told in shown(headers, peer, trusted)


@pytest.mark.parametrize(
    ("headers", "peer"),
    [("Host: a", "203.0.113.5"), ("X-Forwarded-For: 198.51.100.1\nX-Real-IP: 10.0.0.1", "10.0.0.1")],
)
def test_where_all_is_well_nothing_more_is_said(headers: str, peer: str) -> None:
    assert shown(headers, peer).splitlines()[-1].split()[0] == "client"


def test_hostile_hops_are_neither_shown_endlessly_nor_obeyed() -> None:
    text = shown("X-Forwarded-For: " + "192.0.2.66, " * 10_000 + "\x1b[2J" + "x" * 10_000)
    assert "\x1b" not in text
    assert len(text) < 3_000
    assert "… 9,981 more" in text
