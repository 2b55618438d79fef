"""The embedded log: one SQLite file with every topic and every consumer's place.

An append and the commit of the input it came from are one transaction, on disk before ``append``
returns (``synchronous=FULL``). Values are zlib-compressed. A compacted topic keeps the latest
record of a key; what it replaces is overwritten on disk (``secure_delete``), so that an erased
text is gone.
"""

import json
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock

from schemas.codec import Record
from schemas.topics import TOPICS, Topic
from services.runtime.log import Commit, LogDamaged, LogUnavailable, LogUncertain, Stored

_FORMAT = 1
_LEVEL = 3
_TABLES = """
CREATE TABLE IF NOT EXISTS record (
  topic TEXT NOT NULL, place INTEGER NOT NULL, key TEXT NOT NULL,
  headers BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY (topic, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS topic (name TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS place (
  consumer TEXT NOT NULL, topic TEXT NOT NULL, place INTEGER NOT NULL,
  PRIMARY KEY (consumer, topic)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS text_by_key ON record (key) WHERE topic = 'texts.v1';
"""
_PRIMARY = 0xFF
_OF_THE_MACHINE = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
    }
)
_MENDING = (
    "Nothing was changed. Keep the file, restore the directory from the last backup, and send "
    "again what came after it."
)


class SqliteLog:
    """Keeps what the port promises; safe to use from several threads of one process."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open the file, making it where it is missing.

        LogDamaged and LogUnavailable, where the fault is the disk's, say what to do.
        """
        self._path = path
        self._lock = Lock()
        self._listeners: list[Callable[[], None]] = []
        try:
            self._connection = self._open(read_only=read_only)
        except sqlite3.DatabaseError as error:
            if _is_of_the_machine(error):
                raise LogUnavailable(
                    f"{path} cannot be opened ({error}). Nothing was changed. See that the disk "
                    "has space and that this account may write there, then start again."
                ) from error
            raise LogDamaged(f"{path} cannot be read as a log ({error}). {_MENDING}") from error

    def _open(self, *, read_only: bool) -> sqlite3.Connection:
        uri = f"{self._path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection, read_only=read_only)
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return connection

    def read(self, topic: Topic, *, after: int = 0, limit: int = 500) -> Sequence[Stored]:
        """Return up to ``limit`` records behind ``after``, in order.

        LogDamaged names a record whose bytes are not those that were written.
        """
        with self._lock:
            try:
                rows = self._connection.execute(
                    "SELECT place, key, headers, value FROM record"
                    " WHERE topic = ? AND place > ? ORDER BY place LIMIT ?",
                    (topic, after, limit),
                ).fetchall()
            except sqlite3.Error as error:
                raise LogUnavailable(f"the log could not be read: {error}") from error
        return [self._unpack(topic, *row) for row in rows]

    def _unpack(self, topic: Topic, place: int, key: str, headers: bytes, value: bytes) -> Stored:
        try:
            read = json.loads(zlib.decompress(headers))
            return Stored(place, Record(topic, key, read, zlib.decompress(value)))
        except (zlib.error, ValueError) as error:
            raise LogDamaged(
                f"The record at {topic} offset {place} of {self._path} is damaged ({error}). "
                + _MENDING
            ) from error

    def end(self, topic: Topic) -> int:
        """Return the offset of the last record."""
        return self.ends()[topic]

    def ends(self) -> dict[Topic, int]:
        """Return the offset of the last record of every topic."""
        with self._lock:
            try:
                rows = self._connection.execute("SELECT name, last FROM topic").fetchall()
            except sqlite3.Error as error:
                raise LogUnavailable(f"the log could not be read: {error}") from error
        return dict.fromkeys(Topic, 0) | {Topic(name): int(last) for name, last in rows}

    def append(self, records: Sequence[Record], *, commit: Commit | None = None) -> Sequence[int]:
        """Append all records and the commit, or none; durable when it returns."""
        packed = [
            (
                record,
                zlib.compress(json.dumps(record.headers).encode(), _LEVEL),
                zlib.compress(record.value, _LEVEL),
            )
            for record in records
        ]
        with self._lock:
            offsets = self._write(packed, commit)
        for listener in self._listeners:
            listener()
        return offsets

    def _write(self, packed: list[tuple[Record, bytes, bytes]], commit: Commit | None) -> list[int]:
        execute = self._connection.execute
        try:
            execute("BEGIN IMMEDIATE")
            offsets = [self._place(record, headers, value) for record, headers, value in packed]
            if commit is not None:
                execute(
                    "INSERT INTO place VALUES (?, ?, ?)"
                    " ON CONFLICT (consumer, topic) DO UPDATE SET place = excluded.place",
                    (commit.consumer, commit.topic, commit.offset),
                )
        except sqlite3.Error as error:
            self._roll_back()
            raise LogUnavailable(f"nothing was appended: {error}") from error
        try:
            execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            raise LogUncertain(f"the commit was tried and failed: {error}") from error
        return offsets

    def _place(self, record: Record, headers: bytes, value: bytes) -> int:
        execute = self._connection.execute
        if TOPICS[record.topic].compacted:
            execute("DELETE FROM record WHERE topic = ? AND key = ?", (record.topic, record.key))
        row = execute(
            "INSERT INTO topic VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET last = last + 1"
            " RETURNING last",
            (record.topic,),
        ).fetchone()
        execute(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?)",
            (record.topic, row[0], record.key, headers, value),
        )
        return int(row[0])

    def _roll_back(self) -> None:
        with suppress(sqlite3.Error):  # what could not be rolled back, the next append tries again
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def committed(self, consumer: str, topic: Topic) -> int:
        """Return the offset up to which the consumer has dealt with the topic."""
        with self._lock:
            try:
                row = self._connection.execute(
                    "SELECT place FROM place WHERE consumer = ? AND topic = ?", (consumer, topic)
                ).fetchone()
            except sqlite3.Error as error:
                raise LogUnavailable(f"the log could not be read: {error}") from error
        return int(row[0]) if row else 0

    def listen(self, listener: Callable[[], None]) -> None:
        """Call the listener after every append, in the appending thread."""
        self._listeners.append(listener)

    def forget(self) -> None:
        """Rewrite the write-ahead log as well, so that no erased text is left anywhere on disk."""
        with self._lock:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file; what was appended stays."""
        with self._lock:
            self._connection.close()


def _prepare(connection: sqlite3.Connection, *, read_only: bool) -> None:
    """Make the tables and prove the file sound; sqlite3.DatabaseError says what it is not."""
    connection.execute("PRAGMA busy_timeout = 5000")
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found not in (0, _FORMAT):
        raise sqlite3.DatabaseError(f"its format {found} is newer than this release knows")
    if not read_only:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.executescript(_TABLES)
        if found != _FORMAT:
            connection.execute(f"PRAGMA user_version = {_FORMAT}")
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)


def _is_of_the_machine(error: sqlite3.DatabaseError) -> bool:
    """Whether the disk or the account stands in the way, and not what is in the file."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None or code == sqlite3.SQLITE_IOERR_SHORT_READ:
        return False
    return code & _PRIMARY in _OF_THE_MACHINE
