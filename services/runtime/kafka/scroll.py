"""Reads one partition of one topic from any place, up to the end that it has when asked."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from time import monotonic
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from schemas.topics import Topic
from services.runtime.kafka.client import ends_of, leave, make_reader, milliseconds
from services.runtime.kafka.connection import Connection
from services.runtime.kafka.conversion import stored_of
from services.runtime.kafka.fault import reading
from services.runtime.kafka.haul import MANY, Haul
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.log import LogDamaged, LogUnavailable, Stored
from services.runtime.turn import take_turn

_LOOK = 0.25


class Scroll:
    """One consumer, assigned and sought by hand and in no group; safe to share between threads."""

    def __init__(
        self, topic: Topic, place: TopicPartition, settings: KafkaSettings, *, patience: float
    ) -> None:
        """Remember what to read; nothing is connected yet."""
        self._topic = topic
        self._place = place
        self._settings = settings
        self._patience = patience
        self._connection = Connection(self._open, close=leave)
        self._haul = Haul(topic, place, settings)
        self._lock = Lock()

    def read(self, *, after: int, limit: int, until: float) -> list[Stored]:
        """Return up to ``limit`` records behind ``after``: all there were when this was called.

        The broker is asked for the end first, so an append that has returned is seen. Compacted
        gaps and the marks of transactions are passed over. LogDamaged if records behind ``after``
        were deleted or the topic is shorter than ``after``; LogUnavailable if nothing came although
        there is more, by when the monotonic clock reaches ``until``. The consumer is then made
        anew, since one that stands still may do so for ever.
        """
        with self._turn(until) as consumer:
            return self._read(consumer, after, limit, until)

    def end(self, *, until: float) -> int:
        """Return the offset behind which nothing stands now; LogUnavailable if Kafka says none."""
        return self.ends([self._place], until=until)[self._place]

    def ends(self, places: Sequence[TopicPartition], *, until: float) -> dict[TopicPartition, int]:
        """Return the same of any places, asked for at once."""
        with self._turn(until) as consumer:
            return ends_of(consumer, places, patience=until - monotonic())

    @contextmanager
    def _turn(self, until: float) -> Iterator[KafkaConsumer]:
        """Have the consumer alone for a block."""
        wanted = f"{self._place.topic} was not read"
        with take_turn(self._lock, patience=until - monotonic(), wanted=wanted):
            try:
                with reading(self._place.topic, self._settings):
                    yield self._connection.client()
            except LogUnavailable:
                self._connection.note_failure()
                raise
            self._connection.note_answer()

    def _read(self, consumer: KafkaConsumer, after: int, limit: int, until: float) -> list[Stored]:
        end = ends_of(consumer, [self._place], patience=until - monotonic())[self._place]
        if after > end:
            raise LogDamaged(
                f"{self._place.topic} ends at offset {end} and was read up to {after} before: it "
                "was cut off or made anew. Restore it from its replicas or a backup."
            )
        if min(limit, end - after) >= MANY:
            hauled = self._haul.read(after=after, end=end, limit=limit, until=until - _LOOK)
            if hauled:
                return hauled
        self._haul.close()
        if consumer.position(self._place, timeout_ms=0) != after:
            consumer.seek(self._place, after)
        found: list[Stored] = []
        while len(found) < limit and consumer.position(self._place, timeout_ms=0) < end:
            look = min(_LOOK, until - monotonic())
            if look <= 0 and found:
                break
            if look <= 0:
                raise LogUnavailable(
                    f"{self._place.topic} could not be read: there is more behind offset {after}, "
                    "and Kafka did not give it in time."
                )
            found += self._poll(consumer, look, limit - len(found))
        return found

    def _poll(self, consumer: KafkaConsumer, seconds: float, limit: int) -> list[Stored]:
        polled: dict[TopicPartition, list[Any]] = consumer.poll(
            timeout_ms=milliseconds(seconds), max_records=limit
        )
        return [stored_of(self._topic, m) for batch in polled.values() for m in batch]

    def _open(self) -> KafkaConsumer:
        consumer = make_reader(self._settings, patience=self._patience)
        consumer.assign([self._place])
        consumer.seek(self._place, 0)
        return consumer

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            self._haul.close()
            self._connection.drop()
