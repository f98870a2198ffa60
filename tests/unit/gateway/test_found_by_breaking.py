"""What hostile clients and a failing machine did to the gateway, once."""

import asyncio
import errno
import os
import socket
from pathlib import Path

import pytest

from gateway.capture import Request, capture
from gateway.journal import Journal, JournalError
from gateway.sync import JournalSync
from shared.beacon import Beacon, Channel, Headers
from shared.properties import DEMO
from tests.unit.gateway.journal_use import rest
from tests.unit.gateway.serving import Serving
from tests.unit.gateway.wire import request

HERE = Request("203.0.113.7", Headers(), 1_764_000_000_000)


@pytest.mark.parametrize("half", [r"\ud83d", r"\uDE00", r"\ud83dx", r"\ud83d\ud83d", r"\ude00\ud83d"])
def test_a_title_with_half_a_character_is_mended_and_not_refused(half: str) -> None:
    payload = b'{"property":"demo","url":"https://a.example/","title":"Sale ' + half.encode() + b'"}'
    captured = capture(Channel.SCRIPT, payload, HERE, {"demo": DEMO}, lambda: bytes(16))
    assert isinstance(captured, Beacon)
    assert rb"\ufffd" in captured.payload


def test_a_whole_character_of_two_escapes_is_left_as_it_is() -> None:
    payload = rb'{"property":"demo","url":"https://a.example/","title":"Sale \ud83d\ude00 \ud83d"}'
    captured = capture(Channel.SCRIPT, payload, HERE, {"demo": DEMO}, lambda: bytes(16))
    assert isinstance(captured, Beacon)
    assert rb"\ud83d\ude00 \ufffd" in captured.payload


def flood(port: int) -> None:
    """Requests without end, and not one answer read."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        for _ in range(2_000):
            client.sendall(request("GET", "/v1/tag.js") * 100)


async def test_who_asks_and_never_reads_is_left_before_the_answers_fill_the_memory(gateway: Serving) -> None:
    with pytest.raises(ConnectionError):
        await asyncio.to_thread(flood, gateway.port)


async def test_running_out_of_descriptors_fails_who_waits_and_is_no_failure_of_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path, 1 << 20)
    sync = JournalSync(journal)
    journal.append(b"one")
    with monkeypatch.context() as starved:
        starved.setattr(os, "dup", _fails_with(errno.EMFILE))
        with pytest.raises(JournalError, match="Too many open files"):
            await sync.wait()
    assert not journal.is_broken
    assert journal.needs_sync, "what was not taken is synced later"
    await sync.wait()
    assert not journal.needs_sync
    journal.close()


async def test_a_full_disk_is_not_ready_until_there_is_room_also_without_traffic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path, 1 << 20)
    journal.append(b"one")
    with monkeypatch.context() as full:
        full.setattr(os, "pwrite", _fails_with(errno.ENOSPC))
        with pytest.raises(JournalError):
            journal.append(b"two")
        assert journal.refusal == "journal_failed"
        with pytest.raises(OSError, match="No space"):
            journal.try_to_write()
        assert journal.refusal == "journal_failed"
    journal.try_to_write()
    assert journal.refusal == ""
    journal.append(b"three")
    assert rest(journal) == [b"one", b"three"]
    journal.close()


def _fails_with(number: int) -> object:
    def fail(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    return fail
