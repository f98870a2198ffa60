"""The gateway's books: they balance while everything works, and show what does not."""

from pathlib import Path

import pytest

from gateway.journal import Journal, JournalError, Stretch
from gateway.reject import RejectReason
from gateway.shipper import Packing
from gateway.sync import JournalSync
from shared.beacon import Beacon, Channel, Headers, encode
from tests.unit.gateway.beacons import BEACON, payload
from tests.unit.gateway.crash import crash
from tests.unit.gateway.serving import Serving, serving, until
from tests.unit.gateway.wire import ask, request

BAD = b"no JSON"


async def sent(gateway: Serving, count: int, body: bytes | None = None) -> None:
    for _ in range(count):
        await ask(gateway.port, request("POST", BEACON, body or payload()))


def books(gateway: Serving) -> tuple[float, float, float]:
    """Appended, shipped, waiting."""
    shipped = gateway.counted("shipped_total", origin="own")
    return gateway.counted("appended_total"), shipped, gateway.counted("journal_beacons")


def damage(data: Path) -> None:
    """The last byte but some of a living journal."""
    (path,) = data.rglob("*.segment")
    content = bytearray(path.read_bytes())
    content[-10] ^= 1
    with path.open("r+b") as segment:
        segment.write(content)


def left_behind(directory: Path) -> None:
    """Two beacons of a process that was killed."""
    journal = Journal(directory, 1 << 20)
    one = Beacon(bytes(16), 1, Channel.SCRIPT, "demo", "", Headers(), b"{}")
    journal.append(encode(one), encode(one))
    crash(directory)


async def test_what_was_appended_waits_or_is_shipped(tmp_path: Path) -> None:
    async with serving(tmp_path) as gateway:
        gateway.queue.is_open.clear()
        await sent(gateway, 5)
        await sent(gateway, 2, BAD)
        assert books(gateway) == (5, 0, 5)
        gateway.queue.is_open.set()
        await until(lambda: books(gateway) == (5, 5, 0))
        assert gateway.counted("unaccounted_beacons") == 0


async def test_damage_in_a_living_journal_is_seen_as_soon_as_it_is_read(tmp_path: Path) -> None:
    async with serving(tmp_path) as gateway:
        gateway.queue.is_open.clear()
        await sent(gateway, 1)
        await until(lambda: gateway.queue.asked)
        await sent(gateway, 4)
        damage(tmp_path)
        gateway.queue.is_open.set()
        await until(lambda: gateway.counted("unaccounted_beacons") == 1)
        assert books(gateway) == (5, 4, 0)
        await sent(gateway, 3)
        await until(lambda: books(gateway) == (8, 7, 0))
        assert gateway.counted("unaccounted_beacons") == 1


async def test_a_shipper_that_forgets_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Journal.read

    def forgetful(journal: Journal, limit_bytes: int) -> Stretch:
        stretch = read(journal, limit_bytes)
        return stretch._replace(payloads=stretch.payloads[1:])

    monkeypatch.setattr(Journal, "read", forgetful)
    async with serving(tmp_path) as gateway:
        await sent(gateway, 1)
        await until(lambda: gateway.counted("unaccounted_beacons") == 1)


async def test_what_is_sent_again_after_a_failure_is_counted_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack, failures = Packing.pack, [RuntimeError("a bug"), RuntimeError("another")]

    def fail(packing: Packing, encoded: list[bytes]) -> list[tuple[str, str]]:
        if failures:
            raise failures.pop()
        return pack(packing, encoded)

    monkeypatch.setattr("gateway.shipper.FAILURE_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(Packing, "pack", fail)
    async with serving(tmp_path) as gateway:
        await sent(gateway, 3)
        await until(lambda: books(gateway) == (3, 3, 0))
    assert not failures
    assert gateway.counted("unaccounted_beacons") == 0


async def test_what_was_left_behind_is_counted_apart(tmp_path: Path) -> None:
    for name in ("000", "001"):
        left_behind(tmp_path / "journal" / name)
    async with serving(tmp_path) as gateway:
        await sent(gateway, 3)
        await until(lambda: gateway.counted("shipped_total", origin="adopted") == 4)
        await until(lambda: books(gateway) == (3, 3, 0))
        assert gateway.counted("unaccounted_beacons") == 0


async def test_a_beacon_that_is_refused_after_it_was_appended_is_shipped_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: JournalSync) -> None:
        raise JournalError(RejectReason.JOURNAL_FAILED, "the disk failed")

    monkeypatch.setattr(JournalSync, "wait", fail)
    async with serving(tmp_path, acknowledge_after="fsync") as gateway:
        await sent(gateway, 2)
        await until(lambda: books(gateway) == (2, 2, 0))
        assert gateway.counted("received_total", channel="script", outcome="rejected") == 2
