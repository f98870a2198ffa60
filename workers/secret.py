"""The operator's secret, from which the keys of the AnonymitySetIDs are derived."""

import os
import re
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from shared.config import Config
from shared.durable import make_directory, sync_path
from shared.errors import ConfigError

SIZE = 32


def load_secret(config: Config, random: Callable[[int], bytes] = secrets.token_bytes) -> bytes:
    """32 bytes: of `config.secret`, else of DATA/secret, which is made when it is missing.

    Processes that start at the same moment get the same secret. Raises `ConfigError`; the secret is in no message.
    """
    if config.secret:
        return blake2b(config.secret.encode(), digest_size=SIZE).digest()
    path = Path(config.data, "secret")
    try:
        if not path.exists():
            _make(path, random(SIZE))
        return _read(path)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from error


def found_secret(config: Config, random: Callable[[int], bytes] = secrets.token_bytes) -> bytes:
    """The same without making anything: before there is a secret, one that nobody keeps. Raises `ConfigError`."""
    if config.secret or Path(config.data, "secret").exists():
        return load_secret(config)
    return random(SIZE)


def _read(path: Path) -> bytes:
    content = path.read_text(encoding="ascii", errors="replace").strip()
    if not re.fullmatch("[0-9a-f]{64}", content):
        raise ConfigError(f"{path}: not the {2 * SIZE} hexadecimal digits it was made with")
    return bytes.fromhex(content)


def _make(path: Path, secret: bytes) -> None:
    """Under another name first, then linked: nobody sees half of it, and the first process wins."""
    make_directory(path.parent)
    handle, name = tempfile.mkstemp(prefix=".secret-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as draft:
            draft.write(secret.hex() + "\n")
            draft.flush()
            os.fsync(draft.fileno())
        path.hardlink_to(name)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()
    with suppress(OSError):  # some file systems sync no names
        sync_path(path.parent)
