"""MaxMind-format databases, opened so that nobody's overwriting of the file can hurt us."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import maxminddb
from maxminddb import InvalidDatabaseError, Reader

from shared.addresses import Address
from shared.errors import ConfigError

SAMPLE = 1_000


class Database:
    """Immutable: the contents of the file as it was."""

    def __init__(self, path: Path) -> None:
        """Raises `ConfigError`."""
        try:
            self._reader = _open_private(path.read_bytes())
        except OSError as error:
            raise ConfigError(f"{path}: {error.strerror or error}") from error
        except InvalidDatabaseError as error:
            raise ConfigError(f"{path}: not a MaxMind database, or not the whole of it") from error
        self.kind = self._reader.metadata().database_type
        self._knows_ipv6 = self._reader.metadata().ip_version == 6

    def find(self, address: Address | None) -> dict[str, Any]:
        """The entry of the network that has `address`; empty when there is none."""
        if address is None or (address.version == 6 and not self._knows_ipv6):
            return {}
        try:
            entry = self._reader.get(address)
        except InvalidDatabaseError:  # damage in one place of the file: what is elsewhere still counts
            return {}
        return entry if isinstance(entry, dict) else {}

    def sample(self) -> Iterator[dict[str, Any]]:
        """The first entries: what kind of database it is, whatever its maker calls it."""
        with suppress(InvalidDatabaseError):
            yield from (entry for _, entry in islice(self._reader, SAMPLE) if isinstance(entry, dict))


def _open_private(content: bytes) -> Reader:
    """A reader over a copy of `content` that has no name.

    The C extension maps a file into memory: if that file is cut short in place, the next look-up kills the process.
    """
    if sys.platform == "linux":
        memory = os.memfd_create("mmdb")
        with os.fdopen(memory, "wb") as copy:
            copy.write(content)
            copy.flush()
            return maxminddb.open_database(f"/proc/self/fd/{memory}")
    with tempfile.NamedTemporaryFile() as copy:
        copy.write(content)
        copy.flush()
        return maxminddb.open_database(copy.name)
