"""Reads one partition of one topic from any place, up to the end that it has when asked."""

from collections.abc import Callable, Sequence
from threading import Lock
from time import monotonic, sleep
from typing import Any, TypeVar

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from schemas.topics import Topic
from services.runtime.kafka.client import ends_of, leave, make_reader, milliseconds
from services.runtime.kafka.connection import Connection
from services.runtime.kafka.conversion import stored_of
from services.runtime.kafka.fault import is_final, reading
from services.runtime.kafka.haul import MANY, Haul
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.log import LogDamaged, LogUnavailable, Stored
from services.runtime.turn import Deadline, take_turn

Found = TypeVar("Found")
_LOOK = 0.25
_PAUSE = 0.05


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

    def read(self, *, after: int, limit: int, until: Deadline) -> list[Stored]:
        """Return up to ``limit`` records behind ``after``: all there were when this was called.

        The broker is asked for the end first, so an append that has returned is seen. Compacted
        gaps and the marks of transactions are passed over. LogDamaged if records behind ``after``
        were deleted or the topic is shorter than ``after``; LogUnavailable if nothing came although
        there is more, until the deadline.
        """
        return self._ask(lambda consumer: self._read(consumer, after, limit, until), until)

    def end(self, *, until: Deadline) -> int:
        """Return the offset behind which nothing stands now; LogUnavailable if Kafka says none."""
        return self.ends([self._place], until=until)[self._place]

    def ends(
        self, places: Sequence[TopicPartition], *, until: Deadline
    ) -> dict[TopicPartition, int]:
        """Return the same of any places, asked for at once."""
        return self._ask(lambda consumer: ends_of(consumer, places, patience=until.left()), until)

    def _ask(self, question: Callable[[KafkaConsumer], Found], until: Deadline) -> Found:
        """Have the consumer alone, and ask again until the deadline what failed for the moment.

        A consumer that stands still may do so for ever, so it is made anew.
        """
        wanted = f"{self._place.topic} was not read"
        with (
            take_turn(self._lock, until=until, wanted=wanted),
            reading(self._place.topic, self._settings),
        ):
            while True:
                asked = monotonic()
                try:
                    found = question(self._connection.client())
                except (KafkaError, LogUnavailable) as error:
                    is_over = is_final(error) or until.left() <= 0
                    self._connection.note_failure(asked=asked, is_over=is_over)
                    if is_over:
                        raise
                    sleep(_PAUSE)
                else:
                    self._connection.note_answer()
                    return found

    def _read(
        self, consumer: KafkaConsumer, after: int, limit: int, until: Deadline
    ) -> list[Stored]:
        end = ends_of(consumer, [self._place], patience=until.left())[self._place]
        if after > end:
            raise LogDamaged(
                f"{self._place.topic} ends at offset {end} and was read up to {after} before: it "
                "was cut off or made anew. Restore it from its replicas or a backup."
            )
        if min(limit, end - after) >= MANY:
            hauled = self._haul.read(
                after=after, end=end, limit=limit, until=monotonic() + until.left() - _LOOK
            )
            if hauled:
                return hauled
        self._haul.close()
        if consumer.position(self._place, timeout_ms=0) != after:
            consumer.seek(self._place, after)
        found: list[Stored] = []
        while len(found) < limit and consumer.position(self._place, timeout_ms=0) < end:
            look = min(_LOOK, until.left())
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
