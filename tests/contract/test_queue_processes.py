"""A queue between processes, some of which are killed."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.contract.queue_use import PATIENCE_SECONDS, Target, eventually_empty, open_here

PEER = Path(__file__).with_name("queue_peer.py")


@contextmanager
def peer(target: Target, role: str, log: Path, count: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, PEER, target.kind, json.dumps(target.arguments), role, log, str(count)])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def noted(*logs: Path) -> set[str]:
    return {line for log in logs if log.exists() for line in log.read_text().splitlines()}


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.01)


async def test_processes_share_a_queue_and_a_killed_one_loses_nothing(brief_target: Target, tmp_path: Path) -> None:
    """Two send, two receive; a sender and a receiver are killed in the middle of their work."""
    logs = {name: tmp_path / f"{name}.log" for name in ("sender", "killed sender", "receiver", "killed receiver")}
    queue = open_here(brief_target)
    with (
        peer(brief_target, "send", logs["sender"], 300) as sender,
        peer(brief_target, "send", logs["killed sender"], 1_000_000) as killed_sender,
        peer(brief_target, "receive", logs["receiver"], 10),
        peer(brief_target, "receive", logs["killed receiver"], 10) as killed_receiver,
    ):
        await until(lambda: len(noted(logs["killed sender"])) > 100 and len(noted(logs["killed receiver"])) > 30)
        killed_sender.kill()
        killed_receiver.kill()
        await until(lambda: sender.poll() is not None)
        promised = noted(logs["sender"], logs["killed sender"])
        await until(lambda: promised <= noted(logs["receiver"], logs["killed receiver"]))
        await eventually_empty(queue)
    assert sender.returncode == 0
    assert len(noted(logs["sender"])) == 300
    await queue.close()
