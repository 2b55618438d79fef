"""The port to the log: an ordered, durable list of records per topic.

LogError
├── LogUnavailable    nothing was appended; try again later
├── LogUncertain      the append was tried and its outcome is unknown; send the same again
├── LogHeld           another process owns this log
└── LogDamaged        what is on disk cannot be read as a log
"""

from collections.abc import Callable, Mapping, Sequence
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
    """Append-only topics with committed places. Every method may raise a LogError.

    A log in one process keeps every promise to the letter. One that is spread over machines (Kafka)
    promises less in two places, and then says so below: whoever reads through the fence, and takes
    the latest text of a key, sees no difference.
    """

    def read(self, topic: Topic, *, after: int = 0, limit: int = 500) -> Sequence[Stored]:
        """Return up to ``limit`` records behind ``after``, in order; empty at the end.

        Whatever any process appended before the call is part of the topic. Of a compacted topic the
        latest record of a key is always there; a spread log drops what it replaced some time later.
        """

    def end(self, topic: Topic) -> int:
        """Return the offset behind which nothing stands now; 0 while the topic is empty.

        A spread log may count marks of its own, so the last record may stand before it.
        """

    def ends(self) -> Mapping[Topic, int]:
        """Return where every topic ends now, for the price of one: as ``end`` says of each."""

    def append(self, records: Sequence[Record], *, commit: Commit | None = None) -> Sequence[int]:
        """Append all records and the commit, or none; durable when it returns. Give the offsets.

        A spread log appends topic by topic, in the order in which each first stands among the
        records, and commits at last. After LogUncertain a beginning of that order may stand, never
        a record without those before it, and never the commit without all of them.
        """

    def committed(self, consumer: str, topic: Topic) -> int:
        """Return the offset up to which the consumer has dealt with the topic; 0 at first."""

    def listen(self, listener: Callable[[], None]) -> None:
        """Call the listener after appends, once for one or for several, from any thread.

        A spread log calls it soon after, whichever process appended, and again when it comes back
        from being away.
        """
