"""Appends to one nation's partitions, so that what stands of an append is always a beginning.

Readers drop what is not above the highest cause they met, so a record that stands without the one
before it would hide that one for ever. The client alone does not rule this out: of two batches the
first can expire and the second arrive. Hence records go out in waves: a wave is one topic's records
in one batch, which Kafka appends whole or not at all, and the next waits for its acknowledgement.
The producer holds a batch back until it is told to flush, and is thrown away, with what it still
holds, as soon as a wave's outcome is unknown.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import BoundedSemaphore, Lock
from time import monotonic, sleep

from kafka import KafkaProducer, TopicPartition
from kafka.errors import (
    BrokerResponseError,
    InvalidProducerEpochError,
    KafkaError,
    KafkaTimeoutError,
    OutOfOrderSequenceNumberError,
    UnknownProducerIdError,
)

from schemas.codec import Record
from schemas.topics import Topic
from services.runtime.kafka.client import BATCH, LARGEST, make_producer, milliseconds
from services.runtime.kafka.connection import Connection
from services.runtime.kafka.conversion import headers_of, size_of
from services.runtime.kafka.fault import is_final, reason_of
from services.runtime.kafka.partition import place_of
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.kafka.succession import Succession
from services.runtime.log import LogUnavailable, LogUncertain
from services.runtime.turn import Deadline, take_turn

_WAVE = BATCH * 3 // 4
_LARGEST = LARGEST - 64 * 1024
_WAITING = 32
_LOOK = 0.005
_ASTRAY = (InvalidProducerEpochError, OutOfOrderSequenceNumberError, UnknownProducerIdError)
"""What a broker answers that does not know what the producer sent before: some of it may stand."""

Wave = list[tuple[int, Record]]
"""Records of one topic that fit in one batch, each with its place among those to append."""


class Writer:
    """Appends one call's records at a time; safe to share between threads."""

    def __init__(
        self,
        settings: KafkaSettings,
        *,
        partition: int,
        patience: float,
        succession: Succession | None = None,
    ) -> None:
        """Remember where to write, and who is to know which brokers there are."""
        self._succession = succession
        self._settings = settings
        self._partition = partition
        self._patience = patience
        self._connection = Connection(self._open, close=_abandon)
        self._places = BoundedSemaphore(_WAITING)
        self._lock = Lock()

    def append(self, records: Sequence[Record], *, until: Deadline) -> list[int]:
        """Append the records wave by wave and give their offsets; each is on all replicas in sync.

        LogUnavailable if none was appended, LogUncertain if a beginning may have been. The first
        wave is confirmed until the deadline, and each further one within the same time from the one
        before; otherwise one of them is raised.
        """
        waves = make_waves(records)
        offsets = [0] * len(records)
        with self._turn(until):
            producer = self._ready({wave[0][1].topic for wave in waves}, until)
            for number, wave in enumerate(waves):
                said = self._send(producer, wave, is_first=number == 0, until=until)
                until = until.again()
                for (index, _), offset in zip(wave, said, strict=True):
                    offsets[index] = offset
        return offsets

    @contextmanager
    def _turn(self, until: Deadline) -> Iterator[None]:
        """Wait for the appends before this one, but not behind a crowd and not for ever."""
        if not self._places.acquire(blocking=False):
            raise LogUnavailable(
                f"Nothing was appended: {_WAITING} appends wait for Kafka already."
            )
        try:
            with take_turn(self._lock, until=until, wanted="Nothing was appended"):
                yield
        finally:
            self._places.release()

    def _open(self) -> KafkaProducer:
        return make_producer(self._settings, patience=self._patience)

    def _ready(self, topics: set[Topic], until: Deadline) -> KafkaProducer:
        """Return a producer that knows the topics and has its id; LogUnavailable if it has not.

        One that is not ready in time goes on: it holds nothing that it could send later.
        """
        while True:
            asked = monotonic()
            try:
                producer = self._connection.client()
                self._get_ready(producer, topics, until)
            except KafkaError as error:
                is_over = is_final(error) or until.left() <= 0
                self._connection.note_failure(asked=asked, is_over=is_over)
                if is_over:
                    raise LogUnavailable(f"Nothing was appended. {self._reason(error)}") from error
                sleep(_LOOK)
            else:
                self._connection.note_answer()
                return producer

    def _get_ready(self, producer: KafkaProducer, topics: set[Topic], until: Deadline) -> None:
        producer.config["max_block_ms"] = milliseconds(until.left())
        for topic in sorted(topics):
            place = self._place(topic)
            if place.partition not in producer.partitions_for(place.topic):
                raise LogUnavailable(
                    f"Nothing was appended: {place.topic} has no partition {place.partition}. "
                    "Its topics were made with another number of partitions than is set."
                )
        _wait_for_id(producer, until=until)
        if self._succession is not None:
            self._succession.know([f"{b.host}:{b.port}" for b in producer._metadata.brokers()])

    def _send(
        self, producer: KafkaProducer, wave: Wave, *, is_first: bool, until: Deadline
    ) -> list[int]:
        place = self._place(wave[0][1].topic)
        try:
            futures = [
                producer.send(
                    place.topic,
                    value=record.value,
                    key=record.key.encode(),
                    headers=headers_of(record),
                    partition=place.partition,
                )
                for _, record in wave
            ]
            _flush(producer, until=until)
            return [future.get(timeout=0).offset + 1 for future in futures]
        except KafkaError as error:
            self._connection.drop()
            reason = self._reason(error)
            if is_first and _is_refusal(error):
                raise LogUnavailable(f"Nothing was appended. {reason}") from error
            raise LogUncertain(f"The append was tried and not confirmed. {reason}") from error
        except BaseException:
            self._connection.drop()
            raise

    def _reason(self, error: KafkaError) -> str:
        """Say why, and what came of greeting the brokers where that was tried."""
        greeted = self._succession.describe() if self._succession is not None else ""
        return f"{reason_of(error, self._settings)} {greeted}".rstrip()

    def _place(self, topic: Topic) -> TopicPartition:
        return place_of(topic, self._settings, partition=self._partition)

    def close(self) -> None:
        """Let go of the connection; nothing is pending."""
        with self._lock:
            self._connection.drop()


def make_waves(records: Sequence[Record]) -> list[Wave]:
    """Part the records by topic, in the order in which each first stands, and by a batch's size.

    LogUnavailable names a record that is too large for Kafka by its type.
    """
    by_topic: dict[Topic, list[Wave]] = {}
    sizes: dict[Topic, int] = {}
    for index, record in enumerate(records):
        size = size_of(record)
        if size > _LARGEST:
            raise LogUnavailable(
                f"Nothing was appended: a record for {record.topic} has {size} bytes, and the "
                f"largest that Kafka is set up to take has {_LARGEST}."
            )
        waves = by_topic.setdefault(record.topic, [[]])
        if waves[-1] and sizes[record.topic] + size > _WAVE:
            waves.append([])
        sizes[record.topic] = size + (sizes[record.topic] if waves[-1] else 0)
        waves[-1].append((index, record))
    return [wave for waves in by_topic.values() for wave in waves]


def _is_refusal(error: KafkaError) -> bool:
    """Whether the broker answered, and its answer was no to this and to every try before."""
    return (
        isinstance(error, BrokerResponseError)
        and not isinstance(error, (KafkaTimeoutError, *_ASTRAY))
        and not error.retriable
    )


def _flush(producer: KafkaProducer, *, until: Deadline) -> None:
    """Wait until all that was sent is confirmed or refused; KafkaTimeoutError if it is neither."""
    while True:
        try:
            producer.flush(until.left())
        except KafkaTimeoutError:
            if until.left() <= 0:
                raise
        else:
            return


def _wait_for_id(producer: KafkaProducer, *, until: Deadline) -> None:
    """Wait until the brokers have given the producer its id; KafkaError if they do not in time.

    Nothing is sent without it, so what is missing until then is no doubt about what was sent.
    """
    own = producer._transaction_manager
    while not own.has_producer_id():
        if own.has_fatal_error():
            raise own.last_error
        if until.left() <= 0:
            raise KafkaTimeoutError("no broker has given the producer an id")
        sleep(_LOOK)


def _abandon(producer: KafkaProducer) -> None:
    """Throw the producer away with all that it holds and has not sent."""
    # ``close`` alone waits first for what cannot be sent, and then leaves its thread alive.
    producer._sender.force_close()
    with suppress(KafkaError):
        producer.close(timeout=0.1)
