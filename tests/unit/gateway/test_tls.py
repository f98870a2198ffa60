"""TLS as clients find it, and what becomes of certificate files that change or are wrong."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from gateway import tls
from shared.config import load
from shared.errors import ConfigError
from tests.faults.certificates import authority
from tests.unit.gateway.beacons import BEACON, payload
from tests.unit.gateway.serving import Serving, serving
from tests.unit.gateway.wire import Wire, request

PATIENCE_SECONDS = 10.0


class Pair:
    """A certificate and its key, and what a client trusts."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        authority(directory)
        self.files = directory / "server.pem"
        self.trusting = ssl.create_default_context(cafile=directory / "ca.pem")
        self.trusting.set_alpn_protocols(["h2", "http/1.1"])


@pytest.fixture
def ours(tmp_path: Path) -> Pair:
    return Pair(tmp_path / "ours")


@asynccontextmanager
async def secured(tmp_path: Path, pair: Pair, **settings: float) -> AsyncIterator[Serving]:
    """With the pair in two files of its own, which a test may replace."""
    for name in ("certificate.pem", "key.pem"):
        (tmp_path / name).write_bytes(pair.files.read_bytes())
    files = {"tls_certificate": str(tmp_path / "certificate.pem"), "tls_key": str(tmp_path / "key.pem")}
    async with serving(tmp_path, **files, **settings) as gateway:
        yield gateway


@asynccontextmanager
async def connected(gateway: Serving, context: ssl.SSLContext | None) -> AsyncIterator[Wire]:
    """Closed at the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port, ssl=context)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()


async def ask(wire: Wire) -> int:
    wire.send(request("POST", BEACON, payload()))
    return (await wire.reply()).status


async def is_trusted(gateway: Serving, pair: Pair) -> bool:
    try:
        async with connected(gateway, pair.trusting) as wire:
            return await ask(wire) == 204
    except ssl.SSLCertVerificationError:
        return False


async def test_beacons_arrive_by_tls_and_the_protocol_is_agreed_upon(tmp_path: Path, ours: Pair) -> None:
    async with secured(tmp_path, ours) as gateway, connected(gateway, ours.trusting) as wire:
        assert [await ask(wire) for _ in range(3)] == [204, 204, 204]
        agreed = wire._writer.get_extra_info("ssl_object")
        assert (agreed.selected_alpn_protocol(), agreed.version()) == ("http/1.1", "TLSv1.3")
        await gateway.arrived(3)
    assert tls._context().minimum_version == ssl.TLSVersion.TLSv1_2


async def test_new_clients_see_a_new_certificate_and_old_ones_stay(tmp_path: Path, ours: Pair) -> None:
    new = Pair(tmp_path / "new")
    async with secured(tmp_path, ours) as gateway, connected(gateway, ours.trusting) as old:
        assert await ask(old) == 204
        for name in ("certificate.pem", "key.pem"):
            (tmp_path / name).write_bytes(new.files.read_bytes())
        assert gateway.server._identity
        assert gateway.server._identity.refresh()
        assert (await is_trusted(gateway, new), await is_trusted(gateway, ours)) == (True, False)
        assert await ask(old) == 204


async def test_a_pair_that_is_only_half_replaced_is_refused_until_it_is_whole(
    tmp_path: Path, ours: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    new = Pair(tmp_path / "new")
    async with secured(tmp_path, ours) as gateway:
        identity = gateway.server._identity
        assert identity
        (tmp_path / "certificate.pem").write_bytes(new.files.read_bytes())
        assert [identity.refresh() for _ in range(3)] == [False] * 3
        assert await is_trusted(gateway, ours)
        (tmp_path / "key.pem").write_bytes(new.files.read_bytes())
        assert identity.refresh()
        assert await is_trusted(gateway, new)
    assert [line.getMessage() for line in caplog.records if line.levelno >= logging.WARNING] == [
        f"refused, the old one stays: {tmp_path / 'key.pem'}: this is not the key of {tmp_path / 'certificate.pem'}"
    ]


async def test_what_is_no_tls_is_closed_without_a_word(
    tmp_path: Path, ours: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    junk = (request("GET", "/v1/tag.js"), b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xff" * 600, b"\x00" * 99)
    async with secured(tmp_path, ours) as gateway:
        for round_number in range(100):
            async with connected(gateway, None) as wire:
                wire.send(junk[round_number % len(junk)])
                async with asyncio.timeout(PATIENCE_SECONDS):
                    assert b"HTTP" not in await wire._reader.read()
        assert await is_trusted(gateway, ours)
    assert [line for line in caplog.records if line.levelno >= logging.WARNING] == []


async def test_a_handshake_has_as_long_as_a_request_head(tmp_path: Path, ours: Pair) -> None:
    async with secured(tmp_path, ours, head_timeout_seconds=0.1) as gateway, connected(gateway, None) as silent:
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await silent._reader.read() == b""


async def test_whoever_hangs_up_in_the_middle_of_a_handshake_leaves_nothing(tmp_path: Path, ours: Pair) -> None:
    async with secured(tmp_path, ours) as gateway:
        for _ in range(20):
            async with connected(gateway, None) as wire:
                wire.send(b"\x16\x03\x01\x02\x00\x01")
                wire.abort()
        assert await is_trusted(gateway, ours)
        assert gateway.counted("connections") <= 1


def refusal(certificate: Path, key: Path) -> str:
    with pytest.raises(ConfigError) as raised:
        tls.identity(certificate, key)
    return str(raised.value)


def test_files_that_cannot_be_used_are_named_with_the_reason(tmp_path: Path, ours: Pair) -> None:
    other, missing, empty = Pair(tmp_path / "other").files, tmp_path / "missing.pem", tmp_path / "empty.pem"
    empty.write_text("")
    good = ours.files
    assert refusal(missing, good) == f"{missing}: No such file or directory"
    assert refusal(good, missing) == f"{missing}: No such file or directory"
    assert refusal(empty, good) == f"{empty}: no certificate in PEM"
    assert refusal(good, empty).startswith(f"{empty}: no private key in PEM")
    assert refusal(good, other) == f"{other}: this is not the key of {good}"


def test_an_encrypted_key_is_refused_without_a_question_at_the_terminal(tmp_path: Path, ours: Pair) -> None:
    locked = tmp_path / "locked.pem"
    key = ec.generate_private_key(ec.SECP256R1())
    locked.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"open sesame")))
    assert refusal(ours.files, locked).startswith(f"{locked}: the key is encrypted")


@pytest.mark.parametrize(("given", "missing"), [("CERTIFICATE", "tls_key"), ("KEY", "tls_certificate")])
def test_a_certificate_without_a_key_or_a_key_without_a_certificate_is_refused(given: str, missing: str) -> None:
    with pytest.raises(ConfigError, match=f"gateway.{missing}: must be given"):
        load(None, {f"BLOCKMETRY_GATEWAY__TLS_{given}": "file.pem"})
