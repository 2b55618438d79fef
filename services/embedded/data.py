"""Opens a data directory: as its owner to write, beside its owner to read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.runtime.directory import LOG_FILE, DirectoryLock
from services.runtime.log import LogError
from services.runtime.sqlite_log import SqliteLog


class NoLog(LogError):
    """The directory holds no log to read."""


@contextmanager
def owned(directory: Path) -> Iterator[SqliteLog]:
    """Give the directory's log to write to; LogHeld if a running Tartan has it."""
    with DirectoryLock(directory):
        log = SqliteLog(directory / LOG_FILE)
        try:
            yield log
        finally:
            log.close()


@contextmanager
def beside(directory: Path) -> Iterator[SqliteLog]:
    """Give the directory's log to read, whoever owns it; NoLog if there is none."""
    if not (directory / LOG_FILE).is_file():
        raise NoLog(f"There is no log in {directory}. Name the directory that serve was given.")
    log = SqliteLog(directory / LOG_FILE, read_only=True)
    try:
        yield log
    finally:
        log.close()
