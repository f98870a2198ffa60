"""Sets of IP addresses and networks, searched by bisection: the same for three proxies or a hundred thousand exits."""

import ipaddress
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache

TEXT_LIMIT = 64
"""The longest address, with a zone, is shorter."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def parse_address(text: str) -> Address | None:
    """The address in `text`, or None. An IPv4-mapped IPv6 address is the IPv4 address; a zone (`%eth0`) is dropped."""
    return _parse(text) if len(text) <= TEXT_LIMIT else None


@lru_cache(maxsize=4096)
def _parse(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


class AddressSet:
    """Immutable. Raises `ValueError` where an entry is neither an address nor a CIDR."""

    def __init__(self, entries: Iterable[str] = ()) -> None:
        networks = [_unmapped(ipaddress.ip_network(entry, strict=False)) for entry in entries]
        self._ranges = {version: _ranges(n for n in networks if n.version == version) for version in (4, 6)}
        self._has_any = bool(networks)

    def __contains__(self, address: Address | None) -> bool:
        if address is None:
            return False
        starts, ends = self._ranges[address.version]
        number = int(address)
        place = bisect_right(starts, number) - 1
        return place >= 0 and number <= ends[place]

    def __bool__(self) -> bool:
        return self._has_any


def _unmapped(network: Network) -> Network:
    """`::ffff:192.0.2.0/120` is `192.0.2.0/24`, as `parse_address` has it for addresses."""
    if network.version == 6 and network.prefixlen >= 96 and (mapped := network.network_address.ipv4_mapped):
        return ipaddress.IPv4Network((mapped, network.prefixlen - 96))
    return network


def _ranges(networks: Iterable[Network]) -> tuple[list[int], list[int]]:
    """Starts and ends, sorted, without overlap: `collapse_addresses` has merged what touches."""
    collapsed = list(ipaddress.collapse_addresses(networks))  # type: ignore[type-var]
    return [int(n.network_address) for n in collapsed], [int(n.broadcast_address) for n in collapsed]
