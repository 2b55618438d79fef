"""The ledger: ``returns.v1``, the view of versions folded from it, and one lock.

Whoever has the turn sees every record up to the end of the topic, and nobody decides beside it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock

from schemas.codec import encode
from schemas.events import Event, Payload
from schemas.topics import Producer, Topic
from services.ingest.core.record import event_id
from services.ingest.core.version import Versions, take
from services.runtime.clock import Clock, rfc3339
from services.runtime.fence import Fence
from services.runtime.log import Log, LogError, LogUnavailable, LogUncertain
from services.runtime.reader import Reader
from services.runtime.turn import Deadline, Patience, answering, take_turn

_NOT_BEGUN = "The request was not begun"


class Ledger:
    """What ingest knows of one nation and says of it. Safe to share between threads."""

    def __init__(self, log: Log, *, nation: str, now: Clock, patience: Patience) -> None:
        """Remember the log; it is read at the first turn."""
        self._log = log
        self._now = now
        self._reader = Reader(log, now=now)
        self._fence = Fence()
        self._known = Versions(nation)
        self._offset = 0
        self._lock = Lock()
        self._patience = patience
        self._is_lost = False

    def catch_up(self) -> None:
        """Read ``returns.v1`` to its end, however long that takes."""
        with self._lock:
            self._caught_up()

    @contextmanager
    def turn(self) -> Iterator[Versions]:
        """Give the versions as they stand, to one at a time.

        A LogError where that, and what is appended within, takes longer than the patience. While
        the log is lost one at a time tries it, and the others are told at once: however many come,
        none waits behind others for what those cannot have.
        """
        if self._is_lost and self._lock.locked():
            raise LogUnavailable(f"{_NOT_BEGUN}: those before did not reach the log.")
        until = Deadline(self._patience)
        with answering(until), take_turn(self._lock, until=until, wanted=_NOT_BEGUN):
            try:
                yield self._caught_up()
            except LogError:
                self._is_lost = True
                raise
            self._is_lost = False

    def append(self, payloads: Iterable[Payload], *, traceparent: str | None = None) -> Versions:
        """Append what was decided in a turn and return the versions behind it.

        LogUncertain also where another's records stand between and cannot be read.
        """
        time = rfc3339(self._now())
        events = [
            Event(
                id=event_id(payload, known=self._known),
                nation=self._known.nation,
                producer=Producer.INGEST,
                time=time,
                data=payload,
                traceparent=traceparent,
            )
            for payload in payloads
        ]
        offsets = self._log.append([encode(event) for event in events])
        stands = [
            (offset, event)
            for offset, event in zip(offsets, events, strict=True)
            if event.topic is Topic.RETURNS
        ]
        for offset, event in stands:
            if offset == self._offset + 1:
                self._fold(event)
                self._offset = offset
        if self._offset == stands[-1][0]:
            return self._known
        try:
            return self._caught_up()
        except LogUnavailable as error:
            raise LogUncertain("what was appended could not be read back") from error

    def _caught_up(self) -> Versions:
        """Read ``returns.v1`` to its end; the lock is held."""
        while self._reader.look({Topic.RETURNS: self._offset}):
            places = self._reader.read(Topic.RETURNS, after=self._offset)
            if not places:
                break
            for place in places:
                if place.event is not None:
                    self._fold(place.event)
                self._offset = place.offset
        return self._known

    def _fold(self, event: Event) -> None:
        if event.nation == self._known.nation and self._fence.admit(event) is not None:
            take(self._known, event)
