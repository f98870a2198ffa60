import socket
from contextlib import ExitStack

import pytest

from gateway import listening
from shared.errors import ConfigError


def test_connections_to_a_shared_port_are_divided_among_its_sockets() -> None:
    with ExitStack() as opened:
        sockets = [opened.enter_context(one) for one in listening.share("127.0.0.1", 0, 2)]
        assert len({one.getsockname() for one in sockets}) == 1
        for _ in range(64):
            opened.enter_context(socket.create_connection(sockets[0].getsockname()))
        accepted = [[opened.enter_context(one) for one in waiting(each)] for each in sockets]
        assert sum(map(len, accepted)) == 64
        assert all(accepted)


def waiting(listener: socket.socket) -> list[socket.socket]:
    """All who wait to be accepted."""
    found = []
    while True:
        try:
            found.append(listener.accept()[0])
        except BlockingIOError:
            return found


@pytest.mark.parametrize("is_willing", [False, True])
def test_a_port_that_somebody_has_is_an_error_even_when_they_would_share_it(is_willing: bool) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, is_willing)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for listen in (lambda: listening.share("127.0.0.1", port, 2), lambda: listening.listen("127.0.0.1", port)):
            with pytest.raises(OSError, match="in use") as raised:
                listen()
            assert raised.value.filename == f"127.0.0.1:{port}"


def test_a_host_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(OSError, match="999"):
        listening.listen("999.999.999.999", 0)


def test_a_host_that_means_several_addresses_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0)),
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", 0, 0, 0)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(ConfigError, match="means 2 addresses"):
        listening.listen("localhost", 0)


def test_an_ipv6_address_is_only_itself() -> None:
    try:
        listener = listening.listen("::1", 0)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with listener:
        assert listener.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)


def test_each_address_that_a_host_means_can_have_a_socket_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{last}", 0)) for last in (1, 2, 1)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with ExitStack() as opened:
        sockets = [opened.enter_context(one) for one in listening.listen_all("everywhere", 0)]
        assert [one.getsockname()[0] for one in sockets] == ["127.0.0.1", "127.0.0.2"]
