"""One write for all that one turn of the loop has read, and no answer before it."""

import asyncio
import errno
import os
from pathlib import Path

import pytest

from gateway.segment import Segment
from tests.unit.gateway.beacons import BEACON, payload
from tests.unit.gateway.serving import Serving, serving
from tests.unit.gateway.wire import Wire, connected, request

PLAIN = request("POST", BEACON, payload())


async def warm(*wires: Wire) -> None:
    for wire in wires:
        wire.send(request("GET", "/robots.txt"))
        await wire.reply()


async def test_what_comes_in_one_turn_is_written_in_one_piece(
    gateway: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    append = Segment.append

    def counting(segment: Segment, *payloads: bytes) -> int:
        written.append(len(payloads))
        return append(segment, *payloads)

    monkeypatch.setattr(Segment, "append", counting)
    async with connected(gateway.port) as one, connected(gateway.port) as other:
        await warm(one, other)
        one.send(PLAIN * 20)
        other.send(PLAIN * 10)
        for wire, count in ((one, 20), (other, 10)):
            for _ in range(count):
                assert (await wire.reply()).status == 204
    assert sum(written) == 30
    assert len(written) <= 4


async def test_a_write_that_fails_refuses_all_that_it_was_for_and_what_was_refused_anyway_says_why(
    gateway: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async with connected(gateway.port) as one, connected(gateway.port) as other:
        await warm(one, other)
        with monkeypatch.context() as broken:
            broken.setattr(os, "pwrite", full)
            one.send(PLAIN + request("POST", BEACON, b"{") + PLAIN)
            other.send(PLAIN)
            rejects = [(await one.reply()).reject for _ in range(3)]
            rejects.append((await other.reply()).reject)
        assert rejects == ["journal_failed", "bad_json", "journal_failed", "journal_failed"]
        one.send(PLAIN)
        assert (await one.reply()).status == 204
    assert gateway.counted("received_total", channel="script", outcome="rejected") == 4
    assert len(await gateway.arrived(1)) == 1


async def test_a_turn_for_which_there_is_no_room_is_refused_as_a_whole(tmp_path: Path) -> None:
    async with serving(tmp_path, journal_max_bytes=1 << 20) as gateway, connected(gateway.port) as wire:
        gateway.queue.is_open.clear()
        big = request("POST", BEACON, payload(title="x" * 60_000))
        answers = []
        for _ in range(30):
            wire.send(big)
            answers.append((await wire.reply()).reject)
        assert answers[:10] == [""] * 10
        assert answers[-5:] == ["journal_full"] * 5
        gateway.queue.is_open.set()
        await gateway.arrived(answers.count(""))
        wire.send(PLAIN)
        assert (await wire.reply()).status == 204


async def test_a_bug_of_ours_costs_the_connections_of_its_turn_and_nobody_else(
    gateway: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["exception"]))

    def wrong(*_: object) -> None:
        raise KeyError("bug")

    async with connected(gateway.port) as one, connected(gateway.port) as other:
        await warm(one, other)
        with monkeypatch.context() as broken:
            broken.setattr("gateway.intake.Intake.write", wrong)
            one.send(PLAIN)
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await one.reply()
        other.send(PLAIN)
        assert (await other.reply()).status == 204
    assert [type(error) for error in told] == [KeyError]


async def test_a_client_that_is_gone_before_its_answer_costs_nothing(gateway: Serving) -> None:
    for _ in range(20):
        async with connected(gateway.port) as wire:
            wire.send(PLAIN)
            wire.abort()
    async with connected(gateway.port) as wire:
        wire.send(PLAIN)
        assert (await wire.reply()).status == 204
