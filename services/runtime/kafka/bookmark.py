"""Consumers' places, kept where Kafka keeps them: as offsets of a group that nobody joins.

The group is called ``tartan-`` and the consumer's name. Its offset is the next record to read,
which is the port's offset of the last one dealt with. Kafka forgets the places of a group without
members after a while (``offsets.retention.minutes``: a week), and a quarter is longer; so a place
is said again once a day. A place that was forgotten costs time and repeats, nothing else.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Lock
from time import monotonic

from kafka import KafkaConsumer
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from schemas.topics import Topic
from services.runtime.kafka.client import leave, make_member, milliseconds
from services.runtime.kafka.connection import Connection
from services.runtime.kafka.fault import reading, reason_of
from services.runtime.kafka.partition import place_of
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.log import Commit, LogError, LogUnavailable, LogUncertain
from services.runtime.turn import Deadline

_DAY = 86_400.0


def group_of(consumer: str, settings: KafkaSettings) -> str:
    """Return the name of the group that keeps the consumer's places."""
    return f"{settings.prefix}tartan-{consumer}"


class Bookmark:
    """Reads and writes places in one nation's partition; safe to share between threads."""

    def __init__(
        self,
        settings: KafkaSettings,
        *,
        partition: int,
        patience: float,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Remember whose places; nothing is connected yet."""
        self._settings = settings
        self._partition = partition
        self._patience = patience
        self._clock = clock
        self._members: dict[str, Connection[KafkaConsumer]] = {}
        self._said: dict[tuple[str, Topic], float] = {}
        self._lock = Lock()

    def commit(self, commit: Commit, *, until: Deadline) -> None:
        """Keep the place; LogUncertain if Kafka did not confirm it."""
        place = place_of(commit.topic, self._settings, partition=self._partition)
        with self._lock:
            member = self._member(commit.consumer)
            asked = monotonic()
            try:
                member.client().commit(
                    {place: OffsetAndMetadata(commit.offset)},
                    timeout_ms=milliseconds(until.left()),
                )
            except KafkaError as error:
                member.note_failure(asked=asked)
                raise LogUncertain(
                    f"The place of {commit.consumer} on {place.topic} was not confirmed. "
                    + reason_of(error, self._settings)
                ) from error
            member.note_answer()
            self._said[commit.consumer, commit.topic] = self._clock()

    def committed(self, consumer: str, topic: Topic, *, until: Deadline) -> int:
        """Return the place; 0 if there is none. LogUnavailable if Kafka did not say."""
        place = place_of(topic, self._settings, partition=self._partition)
        with self._lock:
            member = self._member(consumer)
            asked = monotonic()
            try:
                with reading(f"The place of {consumer} on {place.topic}", self._settings):
                    found = member.client().committed(place, timeout_ms=milliseconds(until.left()))
            except LogUnavailable:
                member.note_failure(asked=asked)
                raise
            member.note_answer()
            return int(found or 0)

    def renew(self, *, until: Deadline) -> None:
        """Say again what stands where this process last spoke a day ago; a failure waits a day."""
        for (consumer, topic), said in list(self._said.items()):
            if self._clock() - said < _DAY:
                continue
            self._said[consumer, topic] = self._clock()
            with suppress(LogError):  # another may have moved it on since, so what stands is kept
                standing = self.committed(consumer, topic, until=until)
                if standing:
                    self.commit(Commit(consumer, topic, standing), until=until)

    def _member(self, consumer: str) -> Connection[KafkaConsumer]:
        if consumer not in self._members:
            make = partial(
                make_member,
                self._settings,
                group=group_of(consumer, self._settings),
                patience=self._patience,
            )
            self._members[consumer] = Connection(make, close=leave)
        return self._members[consumer]

    def close(self) -> None:
        """Let go of the connections."""
        with self._lock:
            for member in self._members.values():
                member.drop()
