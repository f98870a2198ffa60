"""Who is in a handshake is nobody yet: they are few, and the longest goes first."""

import asyncio
import resource
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from gateway import handshake, listening
from gateway.handshake import BURST, Handshakes
from tests.faults.certificates import authority
from tests.unit.gateway.serving import until

PATIENCE_SECONDS = 10.0
LIMIT = 2 * BURST


class Echo(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


class Entrance:
    """An echo behind TLS."""

    def __init__(self, directory: Path) -> None:
        tls = authority(directory).server
        self.trusting = ssl.create_default_context(cafile=directory / "ca.pem")
        self.crowded = 0
        self.handshakes = Handshakes(listening.listen_all("127.0.0.1", 0), lambda: tls, Echo, 60.0, 16, self.count)
        self.address = self.handshakes.sockets[0].getsockname()

    def count(self) -> None:
        self.crowded += 1

    async def echoes(self) -> bool:
        """A client gets through."""
        reader, writer = await asyncio.open_connection(*self.address, ssl=self.trusting)
        writer.write(b"hello")
        async with asyncio.timeout(PATIENCE_SECONDS):
            said = await reader.readexactly(5)
        writer.close()
        return said == b"hello"


@pytest.fixture
async def entrance(tmp_path: Path) -> AsyncIterator[Entrance]:
    one = Entrance(tmp_path)
    yield one
    one.handshakes.close()
    one.handshakes.abort()
    await until(lambda: not one.handshakes.count)


async def test_whoever_is_at_it_for_longest_goes_when_there_are_too_many(entrance: Entrance) -> None:
    silent = [await asyncio.open_connection(*entrance.address) for _ in range(LIMIT + 10)]
    await until(lambda: entrance.crowded == 10)
    assert entrance.handshakes.count == LIMIT
    assert await entrance.echoes()
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert [await reader.read() for reader, _ in silent[:10]] == [b""] * 10
    assert not silent[-1][0].at_eof()
    for _, writer in silent:
        writer.close()


async def test_who_has_shaken_hands_is_no_longer_counted(entrance: Entrance) -> None:
    assert all([await entrance.echoes() for _ in range(5)])
    await until(lambda: not entrance.handshakes.count)


async def test_after_closing_nobody_is_accepted_and_who_was_goes_on(entrance: Entrance) -> None:
    _, writer = await asyncio.open_connection(*entrance.address)
    await until(lambda: entrance.handshakes.count)
    entrance.handshakes.close()
    with pytest.raises(OSError, match=r"refused|failed"):
        await asyncio.open_connection(*entrance.address)
    assert entrance.handshakes.count == 1
    writer.close()
    await until(lambda: not entrance.handshakes.count)


def every_descriptor(client: socket.socket) -> Iterator[socket.socket]:
    """That the limit leaves."""
    with suppress(OSError):
        while True:
            yield client.dup()


async def test_without_descriptors_clients_wait_for_a_moment(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(handshake, "BREATHER_SECONDS", 0.05)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    client = socket.socket()
    client.setblocking(False)
    resource.setrlimit(resource.RLIMIT_NOFILE, (client.fileno() + 1, hard))
    taken = list(every_descriptor(client))
    try:
        await asyncio.get_running_loop().sock_connect(client, entrance.address)
        await until(lambda: "no connection can be accepted: Too many open files" in caplog.text)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for each in (client, *taken):
            each.close()
    assert await entrance.echoes()
