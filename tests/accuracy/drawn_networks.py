"""Networks drawn by lot, addresses in and around them, and a plain way to say which network an address is in."""

import ipaddress
import random
from collections.abc import Iterable, Iterator, Mapping

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Owners = Mapping[str, Network | None]
"""An address in text, as a visitor may come with it, to the smallest network that has it."""

COUNT = 120
"""Of each version; as many again lie inside of one of these."""
NEAR = 2
"""Addresses drawn from each network, beside its ends and their neighbours."""
_FIRST_BITS = {4: (1, 223), 6: (0x2400, 0x2BFF)}
"""Of addresses that are given to networks of people: no tunnels, no translation."""


def draw(lot: random.Random) -> list[Network]:
    """The wider ones first; many inside of others."""
    wide = {_network(lot, version) for version in (4, 6) for _ in range(COUNT)}
    inside = {_inside(lot, network) for network in sorted(wide, key=str)}
    return sorted(wide | inside, key=lambda network: (network.prefixlen, str(network)))


def owners(networks: list[Network], lot: random.Random) -> Owners:
    """For every address that was drawn, in each of its clothes."""
    return {
        text: _smallest(address, networks)
        for network in networks
        for address in _around(network, lot)
        for text in _clothed(address)
    }


def _network(lot: random.Random, version: int) -> Network:
    first, last = _FIRST_BITS[version]
    bits = 32 if version == 4 else 128
    number = lot.randint(first, last) << (bits - (8 if version == 4 else 16)) | lot.getrandbits(bits - 16)
    prefix = lot.randint(8, 32) if version == 4 else lot.randint(20, 64)
    return ipaddress.ip_network((ipaddress.ip_address(number.to_bytes(bits // 8, "big")), prefix), strict=False)


def _inside(lot: random.Random, network: Network) -> Network:
    prefix = min(network.prefixlen + lot.randint(1, 12), network.max_prefixlen)
    return ipaddress.ip_network((_drawn_from(network, lot), prefix), strict=False)


def _drawn_from(network: Network, lot: random.Random) -> Address:
    return network.network_address + lot.randrange(network.num_addresses)


def _around(network: Network, lot: random.Random) -> Iterator[Address]:
    first, last = network.network_address, network.broadcast_address
    yield from (first - 1, first, last, last + 1)
    yield from (_drawn_from(network, lot) for _ in range(NEAR))


def _clothed(address: Address) -> Iterable[str]:
    if isinstance(address, ipaddress.IPv6Address):
        return str(address), address.exploded.upper(), f"{address}%eth0"
    high, low = int(address) >> 16, int(address) & 0xFFFF
    tunnelled = f"2001:0:4136:e378:8000:63bf:{high ^ 0xFFFF:x}:{low ^ 0xFFFF:x}"
    return str(address), f"::ffff:{address}", f"::FFFF:{high:x}:{low:x}", f"2002:{high:x}:{low:x}::1", tunnelled


def _smallest(address: Address, networks: list[Network]) -> Network | None:
    return max((each for each in networks if address in each), key=lambda each: each.prefixlen, default=None)
