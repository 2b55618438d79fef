"""Calls listeners when any of a nation's topics has grown, and hands over what has arrived."""

import logging
from collections.abc import Callable, Mapping, Sequence
from threading import Event, Lock, Thread
from time import monotonic
from typing import Protocol

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from schemas.topics import Topic
from services.runtime.kafka.client import ends_of, leave, make_listener
from services.runtime.kafka.conversion import stored_of
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.log import Stored

_log = logging.getLogger(__name__)
_LOOK_MS = 500
_PAUSE = 1.0
_LEAST_PATIENCE = 5.0
_AT_ONCE = 0.005
_GATHER, _GATHER_MORE = 0.01, 0.05


class Arrivals(Protocol):
    """Takes what arrives on the topics, in order and without a gap."""

    def begin(self, topic: Topic, end: int) -> int:
        """Say behind which offset a topic that ends there is to be handed over."""

    def take(self, topic: Topic, arrived: Sequence[Stored]) -> None:
        """Take the next records; those of before may come again."""


class Watch:
    """One thread that waits at the broker; it begins with the first listener."""

    def __init__(
        self, settings: KafkaSettings, *, places: Mapping[Topic, TopicPartition], patience: float
    ) -> None:
        """Remember what to watch; nothing is connected yet."""
        self._settings = settings
        self._topics = {place: topic for topic, place in places.items()}
        self._patience = max(patience, _LEAST_PATIENCE)
        self._arrivals: Arrivals | None = None
        self._listeners: list[Callable[[], None]] = []
        self._stop = Event()
        self._lock = Lock()
        self._thread: Thread | None = None

    @property
    def ended(self) -> bool:
        """Whether the thread has ended although nobody asked it to."""
        thread = self._thread
        return thread is not None and not thread.is_alive() and not self._stop.is_set()

    def follow(self, arrivals: Arrivals) -> None:
        """Hand over all that arrives, before listeners are called."""
        self._arrivals = arrivals

    def listen(self, listener: Callable[[], None]) -> None:
        """Call the listener after appends, and when Kafka has come back from being away."""
        with self._lock:
            self._listeners.append(listener)
            if self._thread is None and not self._stop.is_set():
                self._thread = Thread(target=self._run, name="kafka-watch", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            consumer: KafkaConsumer | None = None
            try:
                consumer = make_listener(self._settings, patience=self._patience)
                self._follow(consumer)
            except KafkaError:
                _log.warning("watch waits for Kafka")
                self._stop.wait(_PAUSE)
            finally:
                if consumer is not None:
                    leave(consumer)

    def _follow(self, consumer: KafkaConsumer) -> None:
        """Stand at every end, say so once, and say it again whenever something was appended."""
        consumer.assign(list(self._topics))
        ends = ends_of(consumer, list(self._topics), patience=self._patience)
        for place, end in ends.items():
            consumer.seek(place, self._begin(place, end))
        self._call()
        while not self._stop.is_set():
            began = monotonic()
            polled = consumer.poll(timeout_ms=_LOOK_MS)
            is_busy = monotonic() - began < _AT_ONCE
            if self._arrivals is not None:
                for place, messages in polled.items():
                    topic = self._topics[place]
                    self._arrivals.take(topic, [stored_of(topic, each) for each in messages])
            if polled:
                self._call()
                # What follows on one return comes as one, and many returns cost little more.
                self._stop.wait(_GATHER_MORE if is_busy else _GATHER)

    def _begin(self, place: TopicPartition, end: int) -> int:
        return end if self._arrivals is None else self._arrivals.begin(self._topics[place], end)

    def _call(self) -> None:
        for listener in list(self._listeners):
            listener()

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        with self._lock:
            if self._thread is not None:
                self._thread.join(2 * _PAUSE + self._patience)
