import asyncio
import signal
import socket
from collections.abc import Iterator

import pytest

from gateway.child import SERVING, Child, inheritance
from shared.errors import ConfigError


@pytest.fixture
def line() -> Iterator[tuple[Child, socket.socket]]:
    """A child, and its parent's end."""
    before = signal.getsignal(signal.SIGHUP)
    theirs, ours = socket.socketpair()
    with theirs:
        child = Child(inheritance(4, socket.socket().detach(), socket.socket().detach(), ours.detach()))
        yield child, theirs
        for each in (child.public, child.admin, child._line):
            each.close()
    signal.signal(signal.SIGHUP, before)


def test_it_knows_its_place_and_says_that_it_serves(line: tuple[Child, socket.socket]) -> None:
    child, parent = line
    child.serves()
    assert (child.place, parent.recv(9)) == (4, SERVING)


async def test_it_makes_room_at_once_when_its_parent_lets_go_of_it(line: tuple[Child, socket.socket]) -> None:
    child, parent = line
    stop = asyncio.Event()
    child.watch_line(stop)
    assert not child.is_relieved
    parent.close()
    await asyncio.wait_for(stop.wait(), 10)
    assert child.is_relieved


def test_a_parent_that_is_gone_when_it_begins_to_serve_is_found_out_by_the_line(
    line: tuple[Child, socket.socket],
) -> None:
    child, parent = line
    parent.close()
    child.serves()


async def test_a_terminal_that_closes_does_not_end_it(line: tuple[Child, socket.socket]) -> None:
    signal.raise_signal(signal.SIGHUP)


@pytest.mark.parametrize("word", ["", "x", "1:2:3", "1:2:3:4:5"])
def test_what_no_parent_has_said_is_refused(word: str) -> None:
    with pytest.raises(ConfigError, match="--child"):
        Child(word)
