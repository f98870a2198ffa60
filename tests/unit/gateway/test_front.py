"""The server as it stands on the open internet, also when we are wrong."""

import logging

import pytest
from aiohttp import http_parser, web
from prometheus_client import CollectorRegistry

from gateway.front import Front, affordable
from gateway.metrics import Metrics
from shared.config import Gateway
from shared.errors import ConfigError
from shared.logs import place_of
from tests.running import address
from tests.unit.gateway.wire import ask, connected, request


def front_of(port: int = 0) -> Front:
    return Front(Gateway(port=port), fail, Metrics(CollectorRegistry()))


async def fail(_: web.BaseRequest) -> web.StreamResponse:
    raise KeyError("what a visitor sent")


async def test_a_bug_of_ours_is_told_with_its_place_and_without_what_was_sent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    front = front_of()
    port = address(await front.listen())[1]
    try:
        async with connected(port) as wire:
            wire.send(request("GET", "/"))
            reply = await wire.reply()
            assert await wire.ended()
    finally:
        await front.close()
    assert (reply.status, reply.body) == (500, b"")
    assert set(reply.headers) == {"date", "content-length", "connection"}
    (line,) = [line for line in caplog.records if line.levelno >= logging.WARNING]
    assert "KeyError in test_front.py:" in line.getMessage()
    assert line.exc_info is None
    assert "visitor" not in line.getMessage()
    assert "127.0.0.1" not in line.getMessage()


async def test_a_port_that_is_taken_is_an_error() -> None:
    front = front_of()
    port = address(await front.listen())[1]
    try:
        with pytest.raises(OSError, match="address already in use"):
            await front_of(port).listen()
    finally:
        await front.close()


async def test_without_the_fast_and_strict_parser_nothing_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiohttp.http_parser.HttpRequestParser", http_parser.HttpRequestParserPy)
    with pytest.raises(ConfigError, match="no C parser"):
        await front_of().listen()


def test_the_place_of_an_error_is_where_it_was_raised() -> None:
    with pytest.raises(ValueError, match="secret") as raised:
        raise ValueError("https://shop.example.com/secret")
    assert place_of(raised.value).startswith("ValueError in test_front.py:")
    assert place_of(None) == "unknown"
    assert place_of(OSError("never raised")) == "OSError"


async def test_one_connection_that_breaks_leaves_the_port_open() -> None:
    front = front_of()
    port = address(await front.listen())[1]
    try:
        for _ in range(3):
            assert (await ask(port, request("GET", "/"))).status == 500
    finally:
        await front.close()


def test_there_are_no_more_connections_than_descriptors_for_them(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("shared.descriptors.limit", lambda: 1000)
    assert affordable(700) == 700
    assert not caplog.records
    assert affordable(16_384) == 875
    assert "at most 875 connections" in caplog.text
