"""The target that is a whole gateway: the bytes of a connection, with the shortcut and without it."""

import asyncio
from functools import cache
from typing import NamedTuple

from tests.fuzz.target import Target, file
from tests.property.fed import Fed
from tests.unit.gateway.beacons import BEACON, payload, pixel_of
from tests.unit.gateway.wire import request

CUT = b"|"
"""Between two pieces."""


class Pair(NamedTuple):
    """Of gateways that differ in nothing but the shortcut."""

    loop: asyncio.AbstractEventLoop
    quick: Fed
    plain: Fed


@cache
def pair() -> Pair:
    """Stays until the process ends."""
    loop = asyncio.new_event_loop()

    async def begin(name: str) -> Fed:
        return Fed(file().with_name(name), has_shortcut=name == "quick")

    return Pair(loop, loop.run_until_complete(begin("quick")), loop.run_until_complete(begin("plain")))


def connection(sent: bytes) -> None:
    """The same is answered, kept and counted, and never with a 500."""
    pieces = sent.split(CUT)
    loop, quick, plain = pair()
    came = loop.run_until_complete(quick.feed(pieces, is_hasty=False))
    assert came == loop.run_until_complete(plain.feed(pieces, is_hasty=False))
    assert b"HTTP/1.1 500" not in came.answers


_plain = request("POST", BEACON, payload())
_chunked = request("POST", BEACON, headers={"Transfer-Encoding": "chunked", "Expect": "100-continue"})
TARGETS = {
    "connection": Target(
        connection,
        [
            _plain,
            _plain + pixel_of() + CUT + _plain[:40] + CUT + _plain[40:],
            _chunked + CUT + b"3;x=y\r\n{} \r\n" + CUT + b"0\r\nA: b\r\n\r\n" + _plain,
            b"OPTIONS * HTTP/1.0\r\nConnection: keep-alive, upgrade\r\nUpgrade: websocket\r\n\r\n",
            b"POST /v1/amp?property=demo HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        ],
    )
}
