"""Whose address a request comes from, when proxies stand in between. Pure."""

from collections.abc import Sequence
from functools import lru_cache

from shared.addresses import Address, AddressSet, parse_address


def client_address(peer: str, forwarded: Sequence[str], trusted: AddressSet, header: str = "X-Forwarded-For") -> str:
    """The address in text, or "" when it cannot be known.

    `forwarded` holds the values of `header`, one per header line, in their order. They count only when `peer` is
    trusted: from the right, past trusted addresses, to the first that is not. Who is not trusted cannot change it.
    """
    if not forwarded or (address := parse_address(peer)) not in trusted:
        return _in_text(peer)
    for hop in reversed(_hops(forwarded, header.lower())):
        address = hop
        if address not in trusted:
            break
    return str(address or "")


@lru_cache(maxsize=4096)
def _in_text(peer: str) -> str:
    return str(parse_address(peer) or "")


def _hops(values: Sequence[str], header: str) -> list[Address | None]:
    """Client first, nearest proxy last. None: an entry that is no address (`unknown`, `_hidden`)."""
    entries = [entry.strip() for value in values for entry in value.split(",")]
    if header == "forwarded":
        return [_parse_forwarded(entry) for entry in entries if entry]
    if header == "cloudfront-viewer-address":  # always ends in a port, and does not bracket IPv6
        return [parse_address(entry.rpartition(":")[0].strip("[]")) for entry in entries if entry]
    return [_parse_hop(entry) for entry in entries if entry]


def _parse_forwarded(element: str) -> Address | None:
    """RFC 7239: `for="[2001:db8::1]:4711";proto=https`."""
    for pair in element.split(";"):
        name, _, value = pair.partition("=")
        if name.strip().lower() == "for":
            return _parse_hop(value.strip().strip('"'))
    return None


def _parse_hop(entry: str) -> Address | None:
    """An address, with or without brackets and port."""
    if entry.startswith("["):
        return parse_address(entry[1:].partition("]")[0])
    return parse_address(entry) or parse_address(entry.rpartition(":")[0])
