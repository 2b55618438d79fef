"""The lease: of several replicas one acts on a partition at a time, as their group shares it out.

The group reads nothing: membership is all it is for. A place is committed every second, because
only a member's is taken, and the brokers' answer proves that the process is one. A process that
stood still, or whose brokers are away, for longer than the group's patience holds nothing until
they have answered again: by then another may act.
"""

import logging
import time
from collections.abc import Callable
from threading import Event, Lock, Thread

from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata

from schemas.topics import Topic
from services.runtime.kafka.client import make_candidate
from services.runtime.kafka.partition import name_of
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.operation import Health

_log = logging.getLogger(__name__)
_POLL_SECONDS = 0.2
_PAUSE_SECONDS = 1.0
_PROOF_SECONDS = 1.0
_STILL_SESSIONS = 3


def elapsed() -> float:
    """Return seconds from some moment on, a machine's sleep included where its system tells.

    A monotonic clock stands still in a suspended machine, and the lease would seem fresh after.
    """
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class Lease:
    """Which partitions this process may act on; ``holds`` may be asked from any thread."""

    def __init__(
        self,
        settings: KafkaSettings,
        name: str,
        *,
        session: float = 10.0,
        instance: str | None = None,
        clock: Callable[[], float] = elapsed,
    ) -> None:
        """Remember the group; nothing is connected yet. ``session`` is the group's patience."""
        self._settings = settings
        self._group = f"{settings.prefix}tartan-{name}-lease"
        self._session = session
        self._instance = instance
        self._clock = clock
        self._lock = Lock()
        self._held: frozenset[int] = frozenset()
        self._joined = False
        self._heard = -session
        self._turned = clock()
        self._stop = Event()
        self._thread = Thread(target=self._run, name="lease", daemon=True)

    def start(self) -> None:
        """Begin to take part in the group."""
        self._thread.start()

    def stop(self, *, seconds: float = 10.0) -> None:
        """Leave the group, so that another may act at once."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def holds(self, partition: int) -> bool:
        """Say whether this process may act on the partition now."""
        with self._lock:
            fresh = self._clock() - self._heard < self._session
            return fresh and partition in self._held

    def health(self) -> Health:
        """Say whether this process is in the group, whether or not it is its turn to act."""
        turns = self._clock() - self._turned < _STILL_SESSIONS * self._session
        if self._joined and turns and self._thread.is_alive():
            return Health(ok=True)
        return Health(ok=False, detail="not in the group that shares out the work")

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._take_part()
            except Exception as error:  # noqa: BLE001 - whatever it is, another has to act meanwhile
                _log.warning("lease lost", extra={"fault": type(error).__name__})
                self._note(frozenset(), joined=False)
                self._stop.wait(_PAUSE_SECONDS)

    def _take_part(self) -> None:
        consumer = make_candidate(
            self._settings, group=self._group, session=self._session, instance=self._instance
        )
        try:
            topic = name_of(Topic.ALERTS, self._settings)
            consumer.subscribe([topic], listener=_Listener(consumer, self._note))
            while not self._stop.is_set():
                self._turned = self._clock()
                consumer.poll(timeout_ms=int(1000 * _POLL_SECONDS))
                self._prove(consumer)
        finally:
            self._note(frozenset(), joined=False)
            consumer.close(timeout_ms=2000)

    def _prove(self, consumer: KafkaConsumer) -> None:
        """Let the brokers confirm that this is a member, from the moment of asking on."""
        asked = self._clock()
        if not self._held or asked - self._heard < _PROOF_SECONDS:
            return
        places = {place: OffsetAndMetadata(0, "", -1) for place in consumer.assignment()}
        consumer.commit(places, timeout_ms=int(1000 * self._session))
        with self._lock:
            self._heard = asked

    def _note(self, held: frozenset[int], *, joined: bool = True) -> None:
        with self._lock:
            self._held, self._joined = held, joined


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    """Notes what is assigned, and lets nothing of it be fetched."""

    def __init__(self, consumer: KafkaConsumer, note: Callable[..., None]) -> None:
        self._consumer = consumer
        self._note = note

    def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:
        self._note(frozenset(), joined=False)

    def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        self._consumer.pause(*assigned)
        self._note(frozenset(place.partition for place in assigned))
