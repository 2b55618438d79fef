"""The port to the log: an ordered, durable list of records per topic.

LogError
├── LogUnavailable    nothing was appended; try again later
├── LogUncertain      the append was tried and its outcome is unknown; send the same again
├── LogHeld           another process owns this log
└── LogDamaged        what is on disk cannot be read as a log
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from schemas.codec import Record
from schemas.topics import Topic


class LogError(Exception):
    """The root; its text is for the operator and names no figure."""


class LogUnavailable(LogError):
    """Nothing was appended."""


class LogUncertain(LogError):
    """The append was tried; whether it holds is not known until the log is read again."""


class LogHeld(LogError):
    """Another process owns the log."""


class LogDamaged(LogError):
    """The log cannot be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A record and its place. Offsets start at 1 and only grow; a compacted topic has gaps."""

    offset: int
    record: Record


@dataclass(frozen=True, slots=True)
class Commit:
    """How far a consumer has got on a topic: it has dealt with everything up to ``offset``."""

    consumer: str
    topic: Topic
    offset: int


class Log(Protocol):
    """Append-only topics with committed places. Every method may raise a LogError."""

    def read(self, topic: Topic, *, after: int = 0, limit: int = 500) -> Sequence[Stored]:
        """Return up to ``limit`` records behind ``after``, in order; empty at the end."""

    def append(self, records: Sequence[Record], *, commit: Commit | None = None) -> Sequence[int]:
        """Append all records and the commit, or none; durable when it returns. Give the offsets."""

    def committed(self, consumer: str, topic: Topic) -> int:
        """Return the offset up to which the consumer has dealt with the topic; 0 at first."""
