"""For tests of `blockmetry replay`: a property with two sinks, what was buried, and what is at the sinks."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import zstandard

from shared.config import Config
from shared.properties import load
from shared.record import FinishedRecord
from shared.sinks import ObjectsSink, name_of
from workers.dead_letters import DeadLetters

HOUR = 1_764_000_000_000


class Shop:
    """A customer whose records go to a directory of hits, and to one of blocks."""

    def __init__(self, root: Path, dead_letters: str = "", environ: dict[str, str] | None = None) -> None:
        self.root = root
        self.data = root / "data"
        self.hits = ObjectsSink(url=f"file://{root}/hits")
        self.blocks = ObjectsSink(url=f"file://{root}/blocks", layout="block")
        self.dead_letters = dead_letters or Config(data=str(self.data)).url_of("dead-letters")
        self.environ = {
            **(environ or {}),
            "BLOCKMETRY_PROPERTIES": str(root / "properties.toml"),
            "BLOCKMETRY_WORKER__DEAD_LETTERS": self.dead_letters,
        }
        self.configure(self.hits, self.blocks)

    def configure(self, *sinks: ObjectsSink) -> None:
        """The property's sinks from now on."""
        tables = [
            f'[[property.sink]]\nkind = "objects"\nurl = "{sink.url}"\nlayout = "{sink.layout}"\n'
            f'endpoint_url = "{sink.endpoint_url}"\n'
            for sink in sinks
        ]
        (self.root / "properties.toml").write_text('[[property]]\nid = "shop"\nhosts = ["*"]\n' + "".join(tables))
        load(self.root / "properties.toml")

    async def bury(self, sink: ObjectsSink, ids: list[str], reason: str = "access_denied", block_id: str = "") -> None:
        """As a worker does."""
        dead_letters = DeadLetters(self.dead_letters)
        records = [FinishedRecord(name, HOUR, HOUR, json.dumps({"Meta": {"RecordID": name}}).encode()) for name in ids]
        await dead_letters.bury("shop", name_of(sink), reason, records, block_id)
        await dead_letters.close()

    def left(self) -> list[Path]:
        """Letters in a directory."""
        return list(Path(self.dead_letters.removeprefix("file://")).rglob("*.json"))

    def begin_replay(self, *options: str, module: tuple[str, ...] = ("blockmetry",)) -> "subprocess.Popen[str]":
        """A process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", *module, "replay", "--data", str(self.data), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **self.environ},
        )

    def replay(self, *options: str) -> tuple[int, str]:
        """Exit code, and all that was said."""
        process = self.begin_replay(*options)
        out, errors = process.communicate(timeout=60)
        return process.returncode, out + errors

    def hits_written(self) -> list[str]:
        """Ids, as often as they are there."""
        return sorted(path.stem for path in (self.root / "hits").rglob("*.json"))

    def blocks_written(self) -> list[str]:
        """The same."""
        found: list[Any] = []
        for path in (self.root / "blocks").rglob("*.ndjson.zst"):
            with path.open("rb") as compressed:
                text = zstandard.ZstdDecompressor().stream_reader(compressed).read().decode()
            found += [json.loads(line)["Meta"]["RecordID"] for line in text.splitlines()]
        return sorted(found)


def ids(count: int, start: int = 0) -> list[str]:
    """Of records."""
    return [f"{number:032x}" for number in range(start, start + count)]
