"""Networks by what they are: anonymising proxies, datacentres."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from shared.addresses import AddressSet, carried, parse_address
from shared.errors import ConfigError
from workers.tables.mmdb import Database

CACHED = 16_384
_FLAGS = (
    "is_anonymous", "is_anonymous_vpn", "is_public_proxy", "is_residential_proxy", "is_tor_exit_node",
    "vpn", "proxy", "tor", "relay",
)  # fmt: skip
"""Of MaxMind, and of IPinfo. A hosting provider is one where the database says `is_anonymous` of it, as MaxMind does:
many VPNs are only known by whose machines they rent."""
_TOR_WORDS = frozenset({"ExitNode", "Published", "LastStatus", "ExitAddress"})


class AnonymousProxies:
    """Immutable; answers are remembered. Databases and lists are asked together."""

    def __init__(self, databases: Sequence[Database] = (), listed: AddressSet | None = None) -> None:
        self._databases = databases
        self._listed = listed or AddressSet()
        self._has = lru_cache(CACHED)(self._look)

    def __contains__(self, address: str) -> bool:
        return self._has(address) if self._databases or self._listed else False

    def _look(self, text: str) -> bool:
        address = parse_address(text)
        origin = carried(address)
        if address in self._listed or origin in self._listed:
            return True
        return any(_hides(database.find(origin)) for database in self._databases)


def read_proxies(paths: Sequence[str]) -> AnonymousProxies:
    """`.mmdb` files are databases of anonymous networks, all others plain lists. Raises `ConfigError`."""
    databases = [_anonymous_ip(path) for path in paths if path.endswith(".mmdb")]
    return AnonymousProxies(databases, read_addresses([path for path in paths if not path.endswith(".mmdb")]))


def read_addresses(paths: Iterable[str]) -> AddressSet:
    """What plain lists hold: an address, a CIDR or a range (`FIRST-LAST`) a line. Raises `ConfigError`."""
    found = ((path, number, _entry(line)) for path in paths for number, line in lines(Path(path)))
    entries = [(path, number, entry) for path, number, entry in found if entry]
    try:
        return AddressSet(entry for _, _, entry in entries)
    except ValueError as error:
        raise next(_complaints(entries), ConfigError(str(error))) from error


def _entry(line: str) -> str:
    """Tor's own list (`exit-addresses`) has `ExitAddress ADDRESS DATE` among others; Spamhaus comments with `;`."""
    word, _, rest = line.partition(" ")
    if word in _TOR_WORDS:
        return rest.partition(" ")[0] if word == "ExitAddress" else ""
    return line.partition(";")[0].rstrip()


def _anonymous_ip(path: str) -> Database:
    database = Database(Path(path))
    if "anonymous" not in database.kind.lower() and not any(map(_hides, database.sample())):
        raise ConfigError(f"{path}: this is a {database.kind} database; an Anonymous-IP database is wanted")
    return database


def _hides(entry: dict[str, Any]) -> bool:
    return any(entry.get(flag) in (True, "true") for flag in _FLAGS)


def _complaints(entries: Iterable[tuple[str, int, str]]) -> Iterator[ConfigError]:
    for path, number, entry in entries:
        try:
            AddressSet([entry])
        except ValueError as error:
            yield ConfigError(f"{path}: line {number}: {error}")


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers; `#` begins a comment. Raises `ConfigError`.

    An empty file is a download that failed: it must not undo the list that it replaces.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    if not text.strip():
        raise ConfigError(f"{path}: empty; a list that has no entries says so in a comment (#)")
    for number, line in enumerate(text.splitlines(), start=1):
        if entry := line.partition("#")[0].strip():
            yield number, entry
