"""A log with its latest records at hand, for whoever is woken by what arrives.

Asking the brokers where every topic ends, after each record and by each service, costs far more
than the work that the record asks for. What the watch is given anyway is kept here instead.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from time import monotonic
from typing import Protocol

from schemas.codec import Record
from schemas.topics import Topic
from services.runtime.kafka.watch import Arrivals
from services.runtime.log import Commit, Log, Stored
from services.runtime.operation import Health

_TRUST_SECONDS = 2.0
_KEPT_BYTES = 4 * 1024 * 1024


class Recent:
    """The latest records of a topic, without a gap, up to some megabytes of values."""

    def __init__(self) -> None:
        """Keep nothing: the topic is not followed yet."""
        self._records: list[Stored] = []
        self._bytes = 0
        self._floor: int | None = None
        self.end = 0

    def begin(self, end: int) -> int:
        """Follow a topic that ends there; return the offset behind which it is to be followed."""
        if self._floor is None or end < self.end:
            self._records, self._bytes = [], 0
            self._floor = self.end = end
        return self.end

    def forget(self) -> None:
        """Keep nothing until the topic is followed anew."""
        self._floor, self.end = None, 0

    def take(self, arrived: Iterable[Stored]) -> None:
        """Take what follows on what is kept; what is kept already is passed over."""
        if self._floor is None:
            return
        for stored in arrived:
            if stored.offset > self.end:
                self._records.append(stored)
                self._bytes += len(stored.record.value)
                self.end = stored.offset
        if self._bytes > 2 * _KEPT_BYTES:
            self._shorten()

    def _shorten(self) -> None:
        first = 0
        while self._bytes > _KEPT_BYTES:
            self._bytes -= len(self._records[first].record.value)
            self._floor = self._records[first].offset
            first += 1
        self._records = self._records[first:]

    def read(self, *, after: int, limit: int) -> list[Stored]:
        """Return up to ``limit`` records behind ``after``; none where they are not known here."""
        if self._floor is None or after < self._floor:
            return []
        first = bisect_right(self._records, after, key=lambda stored: stored.offset)
        return self._records[first : first + limit]


class Followed(Log, Protocol):
    """A log that hands over what arrives."""

    @property
    def partition(self) -> int:
        """The partition that the nation is."""

    def follow(self, arrivals: Arrivals) -> None:
        """Hand over all that arrives from now on, before listeners are called."""

    def live(self) -> Health:
        """Say whether what arrives is still handed over."""

    def close(self) -> None:
        """Let go of every connection."""


class Tail:
    """The log as ``Log`` promises it, but that ``ends`` may be late; safe to share between threads.

    What another process appended may be missing from ``ends`` for the milliseconds until it has
    arrived, and then listeners are called; never for longer than two seconds, whatever became of
    the watch. What was appended through this object is part of them at once. Only the log itself
    is believed where there is nothing to read.
    """

    def __init__(self, log: Followed, *, clock: Callable[[], float] = monotonic) -> None:
        """Follow the log from the first listener on."""
        self._log = log
        self._clock = clock
        self._lock = Lock()
        self._recent = {topic: Recent() for topic in Topic}
        self._known = dict.fromkeys(Topic, 0)
        self._asked: float | None = None
        self.partition = log.partition
        log.follow(self)

    def begin(self, topic: Topic, end: int) -> int:
        """Return behind which offset a topic that ends there is to be handed over."""
        with self._lock:
            return self._recent[topic].begin(end)

    def take(self, topic: Topic, arrived: Sequence[Stored]) -> None:
        """Keep what has arrived."""
        with self._lock:
            self._recent[topic].take(arrived)

    def read(self, topic: Topic, *, after: int = 0, limit: int = 500) -> Sequence[Stored]:
        """Return up to ``limit`` records behind ``after``; at the end, whatever the log says."""
        with self._lock:
            found = self._recent[topic].read(after=after, limit=limit)
        return found or self._log.read(topic, after=after, limit=limit)

    def end(self, topic: Topic) -> int:
        """Return the offset behind which nothing stands now."""
        return self._log.end(topic)

    def ends(self) -> dict[Topic, int]:
        """Return where every topic ends, as far as it has arrived or was asked two seconds ago."""
        asked = self._clock()
        if self._asked is None or asked - self._asked > _TRUST_SECONDS:
            self._ask()
            self._asked = asked
        with self._lock:
            return {topic: max(self._known[topic], self._recent[topic].end) for topic in Topic}

    def _ask(self) -> None:
        with self._lock:
            arrived = {topic: recent.end for topic, recent in self._recent.items()}
        ends = self._log.ends()
        with self._lock:
            self._known = dict(ends)
            for topic, end in ends.items():
                if end < arrived[topic]:  # cut off or made anew: whoever reads is to be told
                    self._recent[topic].forget()

    def append(self, records: Sequence[Record], *, commit: Commit | None = None) -> Sequence[int]:
        """Append as the log does; what stands then is at hand."""
        offsets = self._log.append(records, commit=commit)
        with self._lock:
            for record, offset in zip(records, offsets, strict=True):
                recent = self._recent[record.topic]
                self._known[record.topic] = max(self._known[record.topic], offset)
                if offset == recent.end + 1:
                    recent.take([Stored(offset, record)])
        return offsets

    def committed(self, consumer: str, topic: Topic) -> int:
        """Return the place of the consumer."""
        return self._log.committed(consumer, topic)

    def listen(self, listener: Callable[[], None]) -> None:
        """Call the listener after appends, once what was appended is at hand."""
        self._log.listen(listener)

    def live(self) -> Health:
        """Say whether listeners are still called."""
        return self._log.live()

    def close(self) -> None:
        """Let go of every connection."""
        self._log.close()
