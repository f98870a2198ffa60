"""DirectoryStore: an object store on local disk, as safe as a remote one."""

import asyncio
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, ObjectStore

from shared.group import Group
from workers.sinks.disk import Disk, is_whole, remove
from workers.sinks.store import Batch, Store, failure_of

if TYPE_CHECKING:
    from obstore import Attributes

GROUP = 1_000
"""Writes that share one sync of the disk, at the most."""


class DirectoryStore(Store):
    """obstore writes each file beside its place and links it there, so that no reader sees half of it, but it syncs
    nothing: a power loss could take what we have acked. So we do.
    """

    def __init__(self, root: Path, concurrent_writes: int) -> None:
        """The directory is created when it is first written to."""
        super().__init__(concurrent_writes)
        self._root = root
        self._disk: Disk | None = None
        self._settling: Group[Sequence[Path]] = Group(self._settle, GROUP)

    def open_backend(self) -> ObjectStore:
        """Raises `OSError`, or obstore's errors."""
        self._disk = self._disk or Disk(self._root)
        return LocalStore(self._root)

    def attributes_of(self, content_type: str) -> None:
        """obstore refuses them here: a file has no content type."""

    async def create_all(self, backend: ObjectStore, batch: Batch) -> None:
        """See `Store`; what is stored is on disk."""
        keys = [key for key, _ in batch.pending]
        await super().create_all(backend, batch)
        written = [key for key in keys if key not in batch.failures]
        paths = [self._root / key for key in written]
        try:
            await self._settling.join(paths)
        except OSError as error:
            await asyncio.to_thread(remove, paths)  # else the next try would find them and believe them safe
            batch.failures |= dict.fromkeys(written, failure_of(error))

    async def create_one(self, backend: ObjectStore, key: str, body: bytes, attributes: "Attributes | None") -> None:
        """What is there already stays, unless a power loss has left only part of it."""
        try:
            await self.put(backend, key, body, attributes)
        except AlreadyExistsError:
            if not await asyncio.to_thread(is_whole, self._root / key):
                await self.put(backend, key, body, attributes, "overwrite")
        except FileNotFoundError as error:
            raise OSError(str(error)) from error  # somebody is moving directories about: no missing bucket

    async def close(self) -> None:
        """See `Store`."""
        await super().close()
        if self._disk:
            self._disk.close()
            self._disk = None

    async def _settle(self, parts: Sequence[Sequence[Path]]) -> None:
        if self._disk and any(parts):
            await asyncio.to_thread(self._disk.settle, chain(*parts))
