"""Networks by what they are: anonymising proxies, datacentres."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from shared.addresses import AddressSet, parse_address
from shared.errors import ConfigError
from workers.tables.mmdb import Database

CACHED = 16_384
_FLAGS = ("is_anonymous", "is_anonymous_vpn", "is_public_proxy", "is_residential_proxy", "is_tor_exit_node")


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
        return address in self._listed or any(_is_proxy(database, text) for database in self._databases)


def read_proxies(paths: Sequence[str]) -> AnonymousProxies:
    """`.mmdb` files are Anonymous-IP databases, all others plain lists. Raises `ConfigError`."""
    databases = [_anonymous_ip(path) for path in paths if path.endswith(".mmdb")]
    return AnonymousProxies(databases, read_addresses([path for path in paths if not path.endswith(".mmdb")]))


def read_addresses(paths: Iterable[str]) -> AddressSet:
    """What plain lists hold: an address or a CIDR a line, `#` begins a comment. Raises `ConfigError`."""
    entries = [(path, number, entry) for path in paths for number, entry in lines(Path(path))]
    try:
        return AddressSet(entry for _, _, entry in entries)
    except ValueError as error:
        raise next(_complaints(entries), ConfigError(str(error))) from error


def _anonymous_ip(path: str) -> Database:
    database = Database(Path(path))
    if "anonymous" not in database.kind.lower():
        raise ConfigError(f"{path}: this is a {database.kind} database; an Anonymous-IP database is wanted")
    return database


def _is_proxy(database: Database, address: str) -> bool:
    entry = database.find(parse_address(address))
    return any(entry.get(flag) is True for flag in _FLAGS)


def _complaints(entries: Iterable[tuple[str, int, str]]) -> Iterator[ConfigError]:
    for path, number, entry in entries:
        try:
            AddressSet([entry])
        except ValueError as error:
            yield ConfigError(f"{path}: line {number}: {error}")


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers. Raises `ConfigError` when the file cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    for number, line in enumerate(text.splitlines(), start=1):
        if entry := line.partition("#")[0].strip():
            yield number, entry
