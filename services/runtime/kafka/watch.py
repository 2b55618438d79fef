"""Calls listeners when any of a nation's topics has grown, whichever process appended."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event, Lock, Thread

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from services.runtime.kafka.client import ends_of, make_listener
from services.runtime.kafka.setting import KafkaSettings

_log = logging.getLogger(__name__)
_LOOK_MS = 500
_PAUSE = 1.0


class Watch:
    """One thread that waits at the broker; it begins with the first listener."""

    def __init__(
        self, settings: KafkaSettings, *, places: Sequence[TopicPartition], patience: float
    ) -> None:
        """Remember what to watch; nothing is connected yet."""
        self._settings = settings
        self._places = list(places)
        self._patience = patience
        self._listeners: list[Callable[[], None]] = []
        self._stop = Event()
        self._lock = Lock()
        self._thread: Thread | None = None

    @property
    def ended(self) -> bool:
        """Whether the thread has ended although nobody asked it to."""
        thread = self._thread
        return thread is not None and not thread.is_alive() and not self._stop.is_set()

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
                    with suppress(KafkaError):
                        consumer.close(timeout_ms=100)

    def _follow(self, consumer: KafkaConsumer) -> None:
        """Stand at every end, say so once, and say it again whenever something was appended."""
        consumer.assign(self._places)
        ends = ends_of(consumer, self._places, patience=self._patience)
        for place, end in ends.items():
            consumer.seek(place, end)
        self._call()
        while not self._stop.is_set():
            if consumer.poll(timeout_ms=_LOOK_MS):
                self._call()

    def _call(self) -> None:
        for listener in list(self._listeners):
            listener()

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        with self._lock:
            if self._thread is not None:
                self._thread.join(2 * _PAUSE + self._patience)
