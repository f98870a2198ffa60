"""The embedded queue's file: its tables, its settings, and the check that we can read it."""

import os
import sqlite3
from pathlib import Path

from shared.errors import ConfigError

VERSION = 1
TABLES = """
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice: an old receipt can never mean a new message
    visible_at_ms INTEGER NOT NULL,
    sent_at_ms INTEGER NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    held INTEGER NOT NULL DEFAULT 0,       -- received, and since then neither acked nor released
    body TEXT NOT NULL                     -- last, so that reading the others leaves its pages alone
);
CREATE INDEX messages_by_visibility ON messages (visible_at_ms, id, held);
CREATE TABLE dead (
    id INTEGER PRIMARY KEY,
    sent_at_ms INTEGER NOT NULL,
    died_at_ms INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    reason TEXT NOT NULL,
    body TEXT NOT NULL
);
"""
WAL_PAGES = 1_000
"""When the write-ahead log is merged into the file."""
WAL_BYTES = 16 << 20
"""What the write-ahead log may keep on disk after that."""


def connect(path: Path, patience_seconds: float) -> sqlite3.Connection:
    """Creates what is missing. One process at a time. Raises `ConfigError`, `OSError` or `sqlite3.Error`."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # private: it holds client addresses
    connection = sqlite3.connect(path, timeout=patience_seconds, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise ConfigError(
            f"{path}: written by a newer Blockmetry (tables of version {version}; this one has {VERSION})"
        )
    if version == 0:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(f"BEGIN; {TABLES}; PRAGMA user_version = {VERSION}; COMMIT")
    connection.execute("PRAGMA secure_delete = ON")  # what was acked held client addresses
    connection.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_BYTES}")
