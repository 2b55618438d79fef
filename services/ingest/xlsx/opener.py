"""Opens workbooks, each in a child process of its own that has limits and ends with it."""

import json
import logging
import sys
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from threading import BoundedSemaphore, Lock, Timer
from typing import Any
from weakref import finalize

from services.ingest.core.check import read
from services.ingest.core.document import Document, Format
from services.ingest.core.fault import Fault, fault
from services.ingest.core.workbook import Marked, Sheet, Value, Workbook, read_workbook
from services.ingest.xlsx.child import CPU_SECONDS, TOO_LITTLE_MEMORY

SECONDS = 3.0
"""A child that has not said all by then is ended; its own limit is one of processor time."""
AT_ONCE = 2
"""So many workbooks are open at the same time; others wait for as long as one may take."""
_MOST_SAID = 16 * 1024 * 1024
_COMMAND = [sys.executable, "-I", "-m", "services.ingest.xlsx.child"]

_log = logging.getLogger(__name__)


class TooBusy(Exception):
    """Too many workbooks are being opened; the same can be sent again in a moment."""


class Opener:
    """Opens workbooks. Safe to share between threads; nothing runs before the first is opened.

    After that one child waits, warm, for the next: it has read nothing, and it reads one workbook
    only. What a child holds goes with it; nothing is written to disk.
    """

    def __init__(self, *, seconds: float = SECONDS) -> None:
        """``seconds`` is how long one workbook may take, waiting for its turn not included."""
        self._seconds = seconds
        self._turns = BoundedSemaphore(AT_ONCE)
        self._lock = Lock()
        self._spare: list[Popen[bytes]] = []
        self._finalizer = finalize(self, _end_all, self._spare)

    def read(self, body: bytes, *, format: Format) -> Document:
        """Read a return in any format; what is wrong with it stands in the document.

        Raises TooBusy.
        """
        if format is not Format.XLSX:
            return read(body, format=format)
        opened = self.open(body)
        if isinstance(opened, Workbook):
            return read_workbook(opened)
        return Document(format, faults=(opened,))

    def open(self, body: bytes) -> Workbook | Fault:
        """Return what the workbook holds, or the fault for which it is not read.

        Raises TooBusy.
        """
        if not self._turns.acquire(timeout=self._seconds):
            raise TooBusy
        try:
            return self._ask(self._take(), body)
        finally:
            self._turns.release()

    def close(self) -> None:
        """End the child that waits, if there is one."""
        with self._lock:
            _end_all(self._spare)

    def _take(self) -> Popen[bytes]:
        with self._lock:
            while self._spare:
                child = self._spare.pop()
                if child.poll() is None:
                    return child
                _end(child)
        return _start()

    def _ask(self, child: Popen[bytes], body: bytes) -> Workbook | Fault:
        timer = Timer(self._seconds, child.kill)
        timer.start()
        try:
            _send(child, body)
            self._prepare()
            said = child.stdout.read(_MOST_SAID + 1) if child.stdout else b""
        finally:
            timer.cancel()
            status = _end(child)
        return _understood(said, status)

    def _prepare(self) -> None:
        """Start the next child while this one works."""
        with self._lock:
            if not self._spare:
                self._spare.append(_start())


def _start() -> Popen[bytes]:
    # Nothing of the environment goes along: settings may hold secrets.
    return Popen(_COMMAND, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}, close_fds=True)  # noqa: S603 - fixed


def _send(child: Popen[bytes], body: bytes) -> None:
    if child.stdin is None:
        return
    try:
        child.stdin.write(body)
        child.stdin.close()
    except BrokenPipeError:
        pass  # It ended early; how it ended says why.


def _end(child: Popen[bytes]) -> int:
    """End a child and return how it ended; its pipes are closed."""
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except BrokenPipeError:
                continue
    if child.poll() is None:
        try:
            return child.wait(timeout=0.2)
        except TimeoutExpired:
            child.kill()
    return child.wait()


def _end_all(children: list[Popen[bytes]]) -> None:
    while children:
        child = children.pop()
        child.kill()
        _end(child)


def _understood(said: bytes, status: int) -> Workbook | Fault:
    if status != 0 or len(said) > _MOST_SAID:
        # A signal is a limit of the system's; nothing of the file is told.
        _log.warning("workbook refused", extra={"status": status})
        if status < 0 or status == TOO_LITTLE_MEMORY or len(said) > _MOST_SAID:
            what = (
                f"more in it than {CPU_SECONDS} seconds and the memory of a return are enough for"
            )
            return fault("F015", what=what)
        return fault("F014")
    answer = json.loads(said)
    if "fault" in answer:
        code, facts = answer["fault"]
        return fault(code, **facts)
    return Workbook(
        sheets=tuple(_sheet(sheet) for sheet in answer["sheets"]), fields=tuple(answer["fields"])
    )


def _sheet(said: dict[str, Any]) -> Sheet:
    return Sheet(
        name=said["name"],
        hidden=said["hidden"],
        rows=tuple((number, tuple(map(_value, cells))) for number, cells in said["rows"]),
        merged=tuple((top, left, bottom, right) for top, left, bottom, right in said["merged"]),
    )


def _value(said: Any) -> Value:  # noqa: ANN401 - JSON
    if isinstance(said, dict):
        ((kind, value),) = said.items()
        return Marked(kind, value)
    if isinstance(said, int) and not isinstance(said, bool):
        return float(said)
    return said  # type: ignore[no-any-return]
