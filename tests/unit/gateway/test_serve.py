"""The process around the server: what can be seen of it from its admin port."""

import asyncio
import signal
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from gateway import serve
from shared.config import Config, Gateway
from tests.unit.gateway.serving import until

PATIENCE_SECONDS = 10.0


def readiness(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


async def test_a_load_balancer_can_see_it_leave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "settle", lambda: None)  # it is for processes that do nothing else
    said: dict[str, str] = {}
    gateway = Gateway(port=0, admin_port=0, shutdown_grace_seconds=0.5)
    config = Config(data=str(tmp_path), properties=str(tmp_path / "properties.toml"), gateway=gateway)
    (tmp_path / "properties.toml").write_text("")
    task = asyncio.create_task(serve.serve(config, said.__setitem__))
    await until(lambda: "metrics" in said)
    ready = said["metrics"].replace("/metrics", "/ready")
    try:
        assert (await asyncio.to_thread(readiness, ready))[0] == 200
        signal.raise_signal(signal.SIGTERM)
        await asyncio.sleep(0.01)
        status, body = await asyncio.to_thread(readiness, ready)
        assert (status, b"shutting_down" in body) == (503, True)
        assert await asyncio.wait_for(task, PATIENCE_SECONDS) == 0
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().remove_signal_handler(number)
