"""The data directory: one process owns it while it writes."""

import fcntl
from pathlib import Path
from types import TracebackType
from typing import Self

from services.runtime.log import LogHeld

LOG_FILE = "log.sqlite3"
_LOCK_FILE = "owner.lock"


class DirectoryLock:
    """Holds a data directory; the system lets go of it however the process ends."""

    def __init__(self, directory: Path) -> None:
        """Take hold of the directory, making it where it is missing; LogHeld if another has it."""
        directory.mkdir(parents=True, exist_ok=True)
        self._file = (directory / _LOCK_FILE).open("a")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise LogHeld(
                f"{directory} is in use by a running Tartan. Stop it first, "
                "or send the command to it with --url."
            ) from error

    def release(self) -> None:
        """Let go of the directory."""
        self._file.close()

    def __enter__(self) -> Self:
        """Hold the directory for a block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of it."""
        self.release()
