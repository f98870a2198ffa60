"""Listening: sockets that processes of one gateway inherit, and those of TLS."""

import socket
from typing import Any

from shared.errors import ConfigError
from shared.http import BACKLOG

Address = tuple[int, Any]
"""With its family."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that nobody shares. Raises `OSError`, which names the address, or `ConfigError`."""
    return _listening(_bound(_address(host, port)))


def listen_all(host: str, port: int) -> list[socket.socket]:
    """One for each address that `host` means. Raises `OSError`."""
    return [_listening(_bound(address)) for address in _addresses(host, port)]


def share(host: str, port: int, count: int) -> list[socket.socket]:
    """`count` sockets on one address, among which the kernel divides the connections. Raises as `listen` does.

    Port 0 is a free one. Sharing would let a second gateway in beside us, so what is taken is found out first.
    """
    with _bound(_address(host, port)) as probe:
        chosen: int = probe.getsockname()[1]
    return [share_too(host, chosen) for _ in range(count)]


def share_too(host: str, port: int) -> socket.socket:
    """One more."""
    return _listening(_bound(_address(host, port), is_shared=True))


def _listening(bound: socket.socket) -> socket.socket:
    bound.listen(BACKLOG)
    bound.setblocking(False)
    return bound


def _bound(address: Address, is_shared: bool = False) -> socket.socket:
    family, place = address
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if is_shared:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(place)
    except OSError as error:
        bound.close()
        raise OSError(error.errno, error.strerror, f"{place[0]}:{place[1]}") from error
    return bound


def _address(host: str, port: int) -> Address:
    """The one that `host` means."""
    meant = _addresses(host, port)
    if len(meant) > 1:
        raise ConfigError(f"{host!r} means {len(meant)} addresses: several processes need a host that means one")
    return meant[0]


def _addresses(host: str, port: int) -> list[Address]:
    """Each once."""
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        raise OSError(error.errno, error.strerror, f"{host}:{port}") from error
    return list(dict.fromkeys((family, place) for family, _, _, _, place in found))
