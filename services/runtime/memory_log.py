"""A log in memory: for tests, and for whoever wants a core's answers without a file."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from operator import attrgetter
from threading import Lock

from schemas.codec import Record
from schemas.topics import TOPICS, Topic
from services.runtime.log import Commit, Stored


class MemoryLog:
    """Keeps what the port promises except that it does not outlive the process."""

    def __init__(self) -> None:
        """Start empty."""
        self._topics: dict[Topic, list[Stored]] = {topic: [] for topic in Topic}
        self._next = dict.fromkeys(Topic, 1)
        self._committed: dict[tuple[str, Topic], int] = {}
        self._lock = Lock()
        self._listeners: list[Callable[[], None]] = []

    def read(self, topic: Topic, *, after: int = 0, limit: int = 500) -> Sequence[Stored]:
        """Return up to ``limit`` records behind ``after``, in order."""
        with self._lock:
            kept = self._topics[topic]
            begin = bisect_right(kept, after, key=attrgetter("offset"))
            return kept[begin : begin + limit]

    def end(self, topic: Topic) -> int:
        """Return the offset of the last record."""
        return self._next[topic] - 1

    def ends(self) -> dict[Topic, int]:
        """Return the offset of the last record of every topic."""
        return {topic: self.end(topic) for topic in Topic}

    def append(self, records: Sequence[Record], *, commit: Commit | None = None) -> Sequence[int]:
        """Append all records and the commit at once; give the offsets."""
        with self._lock:
            offsets = [self._place(record) for record in records]
            if commit is not None:
                self._committed[commit.consumer, commit.topic] = commit.offset
        for listener in self._listeners:
            listener()
        return offsets

    def committed(self, consumer: str, topic: Topic) -> int:
        """Return the offset up to which the consumer has dealt with the topic."""
        return self._committed.get((consumer, topic), 0)

    def listen(self, listener: Callable[[], None]) -> None:
        """Call the listener after every append."""
        self._listeners.append(listener)

    def _place(self, record: Record) -> int:
        kept = self._topics[record.topic]
        if TOPICS[record.topic].compacted:
            kept[:] = [stored for stored in kept if stored.record.key != record.key]
        offset = self._next[record.topic]
        self._next[record.topic] += 1
        kept.append(Stored(offset, record))
        return offset
