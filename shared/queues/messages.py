"""The embedded queue's messages and dead letters, in one SQLite file that processes of one machine share.

Everything here blocks. Times are milliseconds since the Unix epoch. What SQLite cannot do now is `Retryable`.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from shared.durable import make_directory
from shared.errors import ConfigError, Retryable
from shared.queues import Delivery, Depth, schema
from shared.queues.write_lock import WriteLock

PATIENCE_SECONDS = 5.0
SPARE_PAGES = 4_096
"""The file keeps up to 16 MiB of free pages; beyond that it shrinks when it is more than half empty."""
TRIM_PAGES = 256
PRIMARY_CODE = 0xFF
"""The bits of an SQLite error's code that say what kind it is."""

INSERT = "INSERT INTO messages (body, visible_at_ms, sent_at_ms) VALUES (?, ?, ?)"
NEXT = "SELECT min(visible_at_ms) FROM messages"
FIRST_VISIBLE = """SELECT id, body, attempt + 1, sent_at_ms FROM messages WHERE visible_at_ms <= ?
    ORDER BY visible_at_ms, id LIMIT ?"""
CLAIM = "UPDATE messages SET visible_at_ms = ?, attempt = attempt + 1, held = 1 WHERE id = ?"
EXTEND = "UPDATE messages SET visible_at_ms = :at WHERE id = :id AND attempt = :attempt AND held"
RELEASE = "UPDATE messages SET visible_at_ms = :at, held = 0 WHERE id = :id AND attempt = :attempt AND held"
REMOVE = "DELETE FROM messages WHERE id = :id AND attempt = :attempt AND held"
BRING_BACK = """UPDATE messages SET visible_at_ms = :now WHERE visible_at_ms > :now
    AND CASE attempt WHEN 0 THEN sent_at_ms > :now + :slack ELSE visible_at_ms > :now + :longest + :slack END"""
BURY = """INSERT INTO dead (id, sent_at_ms, died_at_ms, attempt, reason, body)
    SELECT id, sent_at_ms, :at, attempt, :reason, body FROM messages WHERE id = :id AND attempt = :attempt AND held"""
COUNT = """SELECT count(*) FILTER (WHERE visible_at_ms <= :now),
    count(*) FILTER (WHERE visible_at_ms > :now AND held),
    count(*) FILTER (WHERE visible_at_ms > :now AND NOT held),
    (SELECT count(*) FROM dead),
    (SELECT sent_at_ms FROM messages ORDER BY id LIMIT 1) FROM messages"""
DEAD = "SELECT body, reason, attempt, died_at_ms FROM dead ORDER BY died_at_ms, id"


class Unsent(NamedTuple):
    """A message on its way into the table."""

    body: str
    visible_at_ms: int
    sent_at_ms: int


class Claim(NamedTuple):
    """What was received; or, when nothing is visible, when the first message will be."""

    deliveries: list[Delivery]
    next_visible_ms: int | None = None


class DeadLetter(NamedTuple):
    """A message set aside."""

    body: str
    reason: str
    attempt: int
    died_at_ms: int


class Messages:
    """One process's connection. Any thread may use it, one at a time.

    Writes, with the checkpoints that follow them, hold a lock file. SQLite's own locks would do, but their waiters
    sleep up to 100 ms, and before SQLite 3.51.3 a checkpoint beside another process's commit could, very rarely,
    damage the file.
    """

    def __init__(self, path: Path) -> None:
        """Opens or creates the file. Raises `ConfigError` when it cannot be used."""
        self._is_log_torn = True
        """A sync may have failed, of whoever had the file before us too: what follows may be behind a gap."""
        try:
            make_directory(path.parent)
            self._lock = WriteLock(path.with_name(f"{path.name}.lock"), PATIENCE_SECONDS)
            with self._lock.closed_on_error(), self._lock:
                self._connection = schema.connect(path, PATIENCE_SECONDS)
                with suppress(Retryable), self._outside():
                    self._empty_log()
        except (OSError, sqlite3.Error, Retryable) as error:
            raise ConfigError(f"{path}: {error}") from error

    def insert(self, unsent: Iterable[Unsent]) -> None:
        """All of them or none; on disk, safe from a power loss, when this returns."""
        with self._writing(durable=True) as connection:
            connection.executemany(INSERT, unsent)

    def claim(self, limit: int, now_ms: int, hidden_until_ms: int) -> Claim:
        """The first `limit` visible messages, hidden from everybody else."""
        first: int | None = self._read(NEXT)[0][0]
        if first is None or first > now_ms:
            return Claim([], first)
        with self._writing() as connection:
            rows = connection.execute(FIRST_VISIBLE, (now_ms, limit)).fetchall()
            connection.executemany(CLAIM, [(hidden_until_ms, row[0]) for row in rows])
        return Claim([Delivery(body, f"{number}.{attempt}", attempt, sent) for number, body, attempt, sent in rows])

    def extend(self, receipt: str, hidden_until_ms: int) -> None:
        """An old receipt changes nothing, here and below."""
        with self._writing() as connection:
            connection.execute(EXTEND, {**_key(receipt), "at": hidden_until_ms})

    def release(self, receipt: str, visible_at_ms: int) -> None:
        """The receipt is an old one from now on."""
        with self._writing() as connection:
            connection.execute(RELEASE, {**_key(receipt), "at": visible_at_ms})

    def remove(self, receipts: Iterable[str]) -> None:
        """Acked. A power loss may bring the last ones back, to be delivered once more."""
        with self._writing() as connection:
            connection.executemany(REMOVE, map(_key, receipts))
        self._give_back_space()

    def bury(self, receipt: str, reason: str, died_at_ms: int) -> None:
        """To the dead letters."""
        with self._writing() as connection:
            connection.execute(BURY, {**_key(receipt), "at": died_at_ms, "reason": reason})
            connection.execute(REMOVE, _key(receipt))

    def bring_back(self, now_ms: int, longest_ms: int, slack_ms: int) -> None:
        """After a clock was set back, what was hidden by it before would stay so until it says that time again.

        Visible at once: what was sent later than now, and what was received and is hidden for more than `longest_ms`,
        both by more than `slack_ms`.
        """
        with self._writing() as connection:
            connection.execute(BRING_BACK, {"now": now_ms, "longest": longest_ms, "slack": slack_ms})

    def depth(self, now_ms: int) -> Depth:
        """Counted in the index, without touching the bodies."""
        visible, in_flight, delayed, dead, oldest_ms = self._read(COUNT, {"now": now_ms})[0]
        age_ms = 0 if oldest_ms is None else max(0, now_ms - oldest_ms)
        return Depth(visible, in_flight, delayed, dead, age_ms / 1000)

    def dead(self) -> list[DeadLetter]:
        """Oldest first."""
        return [DeadLetter(*row) for row in self._read(DEAD)]

    def close(self) -> None:
        """The last process to close merges the write-ahead log into the file, unless somebody keeps the lock."""
        try:
            with self._lock:
                self._connection.close()
        except Retryable:
            self._connection.close()
        self._lock.close()

    def forget(self) -> None:
        """What was acked is nowhere in the write-ahead log any more: it held client addresses."""
        with self._lock, self._outside():
            self._empty_log()

    def _empty_log(self) -> None:
        """All of it into the file. Raises `Retryable` while somebody reads."""
        is_busy, *_ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if is_busy:
            raise Retryable("the embedded queue: its log is being read")
        self._is_log_torn = False

    def _give_back_space(self) -> None:
        """Free pages are used again; only a file that is mostly empty, after an outage, shrinks with every ack."""
        free = self._read("PRAGMA freelist_count")[0][0]
        if free > SPARE_PAGES and free * 2 > self._read("PRAGMA page_count")[0][0]:
            with self._lock, self._outside():  # `execute` would free a single page: the pragma is stepped page by page
                self._connection.executescript(f"PRAGMA incremental_vacuum({TRIM_PAGES})")

    def _read(self, sql: str, values: Sequence[int] | dict[str, int] = ()) -> list[Any]:
        with self._outside():
            return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def _writing(self, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """A transaction; `durable` waits for the disk. Rolled back when anything is raised.

        What a failed sync was for may never reach the disk, whatever later ones say: the kernel tells once. And what
        follows a gap in the log would be gone after a power loss. So it is emptied before anything durable follows.
        """
        connection = self._connection
        with self._lock, self._outside():
            if durable and self._is_log_torn:
                self._empty_log()
            connection.execute("PRAGMA synchronous = FULL" if durable else "PRAGMA synchronous = NORMAL")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def _outside(self) -> Iterator[None]:
        """Locked, full, read-only, damaged: the outside world. Our own mistakes stay bugs."""
        try:
            yield
        except (sqlite3.ProgrammingError, sqlite3.IntegrityError, sqlite3.DataError):
            raise
        except sqlite3.DatabaseError as error:
            self._is_log_torn |= error.sqlite_errorcode & PRIMARY_CODE == sqlite3.SQLITE_IOERR
            raise Retryable(f"the embedded queue: {error}") from error


def _key(receipt: str) -> dict[str, int | str]:
    number, _, attempt = receipt.partition(".")
    return {"id": number, "attempt": attempt}
