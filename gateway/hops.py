"""Hops: the addresses in a header that proxies add to, read from the right: the nearest first, as far as one looks."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from shared.addresses import Address, parse_address


class Hop(NamedTuple):
    """One entry of the header."""

    said: str
    address: Address | None
    """None: it is no address (`unknown`, `_hidden`)."""


Read = Callable[[str], Address | None]

_BACKWARDS_TO_COMMA = re.compile(r'(?:[^",]|"(?:[^"]|"(?:\\\\)*+\\(?!\\))*+"?)*+')
"""An entry from its end to its beginning, over quoted strings and the quotes that are escaped in them."""
_PAIR = re.compile(r'(?:[^";]|"(?:[^"\\]|\\.)*+"?)++')


def hops(values: Sequence[str], header: str) -> Iterator[Hop]:
    """`values`: one per header line, in their order. Empty entries are none."""
    read = _READERS.get(header.lower(), _read_hop)
    for value in reversed(values):
        for entry in _entries(value):
            if said := entry.strip():
                yield Hop(said, read(said))


def _entries(value: str) -> Iterator[str]:
    """Commas in quoted strings divide nothing: a proxy may quote there what the visitor wrote, such as a host."""
    return _entries_beside_quotes(value) if '"' in value else reversed(value.split(","))


def _entries_beside_quotes(value: str) -> Iterator[str]:
    """Backwards: a quote that the visitor left open must not reach over what the proxies put to the right of it."""
    backwards = value[::-1]
    start = 0
    while start <= len(value) and (found := _BACKWARDS_TO_COMMA.match(backwards, start)):
        yield found.group()[::-1]
        start = found.end() + 1


def _read_element(element: str) -> Address | None:
    """RFC 7239: `for="[2001:db8::1]:4711";proto=https`. Who names two has named none."""
    pairs = [pair.partition("=") for pair in _PAIR.findall(element)]
    named = [value.strip().strip('"') for name, _, value in pairs if name.strip().lower() == "for"]
    return _read_hop(named[0]) if len(named) == 1 else None


def _read_viewer(entry: str) -> Address | None:
    """CloudFront's always ends in a port, and has no brackets around IPv6."""
    return parse_address(entry.rpartition(":")[0].strip("[]"))


def _read_hop(entry: str) -> Address | None:
    """An address, with or without brackets and port."""
    if entry.startswith("["):
        return parse_address(entry[1:].partition("]")[0])
    return parse_address(entry) or parse_address(entry.rpartition(":")[0])


_READERS: dict[str, Read] = {"forwarded": _read_element, "cloudfront-viewer-address": _read_viewer}
