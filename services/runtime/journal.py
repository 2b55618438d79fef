"""Structured logs: one JSON object a line on standard error, constant messages, facts as fields.

No payload, figure, token or name is ever logged; an exception is logged by its type and place, and
so is one that nobody caught.
"""

import json
import logging
import sys
import threading
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from time import monotonic

_log = logging.getLogger(__name__)
_SILENCE = 60.0
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
trace: ContextVar[str] = ContextVar("trace")
"""The trace of the request that is being answered."""


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON; of an exception its type and places, not its words.

    ``about`` stands in every line: which service, which nation.
    """

    def __init__(self, **about: str) -> None:
        """Remember what stands in every line."""
        super().__init__()
        self._about = about

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields = {key: value for key, value in vars(record).items() if key not in _PLAIN}
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **self._about,
            **fields,
        }
        if answering := trace.get(""):
            line["trace"] = answering
        if record.exc_info and record.exc_info[0] is not None:
            line["fault"] = record.exc_info[0].__name__
            line["at"] = [
                f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(line, default=str)


class Seldom(logging.Filter):
    """Lets one line a minute through of each kind, for what is said at every attempt."""

    def __init__(self) -> None:
        """Start with nothing said."""
        super().__init__()
        self._said: dict[tuple[str, object], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether the line is the first of its kind for a minute."""
        kind, now = (record.name, record.msg), monotonic()
        if now - self._said.get(kind, -_SILENCE) < _SILENCE:
            return False
        self._said[kind] = now
        return True


def configure(level: str, **about: str) -> None:
    """Send every log line of the process through the formatter, with ``about`` in each."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(**about))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    # Faust prints keys and values below INFO; its client says each failed attempt by itself.
    for name in ("faust", "mode"):
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLogger().level))
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    # Python would print the words of what nobody caught, and they may hold a figure.
    sys.excepthook = lambda kind, error, place: _log.critical(
        "not caught", exc_info=(kind, error, place)
    )
    threading.excepthook = lambda ended: _log.critical(
        "thread ended",
        exc_info=(ended.exc_type, ended.exc_value or ended.exc_type(), ended.exc_traceback),
        extra={"ended": ended.thread.name if ended.thread else ""},
    )
