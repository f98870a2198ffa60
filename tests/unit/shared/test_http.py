import socket

import pytest
from aiohttp import web

from shared.http import serve_app, url_of


async def test_the_url_says_where_it_listens() -> None:
    runner = await serve_app(web.Application(), "127.0.0.1", 0)
    try:
        port = runner.addresses[0][1]
        assert url_of(runner) == f"http://127.0.0.1:{port}/"
        assert url_of(runner, "/metrics") == f"http://127.0.0.1:{port}/metrics"
    finally:
        await runner.cleanup()


async def test_an_ipv6_address_has_brackets() -> None:
    try:
        runner = await serve_app(web.Application(), "::1", 0)
    except OSError:
        pytest.skip("this machine has no IPv6")
    try:
        assert url_of(runner).startswith("http://[::1]:")
    finally:
        await runner.cleanup()


async def test_a_port_that_is_taken_is_an_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="address already in use"):
            await serve_app(web.Application(), "127.0.0.1", taken.getsockname()[1])
