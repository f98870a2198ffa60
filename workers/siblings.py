"""Siblings: letters whose records share an object in layout `block`. They go back together, or one would be taken for
all of them.
"""

from collections.abc import Iterator

import msgspec

from workers.dead_letters import DeadLetter


class Family(msgspec.Struct):
    """The letters of one block and hour that were found in one place; some 40 bytes are kept of each."""

    block_id: str
    hour: int
    size: int
    """How many there are when it is whole."""
    newest: str = ""
    """When the last of them was buried."""
    names: bytearray = msgspec.field(default_factory=bytearray)

    @property
    def ids(self) -> list[str]:
        """Of its letters, in an order that is always the same."""
        return sorted(self.names.decode().split())

    @property
    def is_whole(self) -> bool:
        """None is missing: a worker that died while it buried them, or a replay while it removed them, leaves fewer."""
        return len(self.ids) == self.size


class Siblings:
    """Those of one place."""

    def __init__(self) -> None:
        self._families: dict[tuple[str, int], Family] = {}

    def __iter__(self) -> Iterator[Family]:
        return iter(self._families.values())

    def take(self, letter: DeadLetter) -> bool:
        """False for a letter that has no siblings to wait for."""
        if not (letter.block_id and letter.siblings):
            return False
        name = letter.block_id, letter.hour
        family = self._families.setdefault(name, Family(*name, letter.siblings))
        family.newest = max(family.newest, letter.at)
        family.names += f"{letter.id}\n".encode()
        return True
