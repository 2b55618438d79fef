"""Folds every topic into the views: takes out repeats, writes views and places together."""

from schemas.codec import encode
from schemas.events import Event, StandingsUpdated
from schemas.topics import Topic
from services.gateway.core.apply import apply
from services.gateway.feed import Feed
from services.runtime.clock import Clock, moment
from services.runtime.consumer import CoreFailed
from services.runtime.fence import Fence
from services.runtime.log import Log
from services.runtime.metric import Metrics
from services.runtime.reader import Place, Reader
from services.runtime.store import Document, Store

_ORDER = (Topic.PARKED, Topic.TEXTS, Topic.RETURNS, Topic.STANDINGS, Topic.ALERTS)
_PARKED_BY_OTHERS = frozenset({Topic.RETURNS, Topic.ALERTS})
_BATCH = 200
_LIVE_SECONDS = 60.0


class Projector:
    """Keeps the views abreast of the log. One thread turns it; any number may read the store.

    ``feed`` is told of what the views have taken in, after they show it.
    """

    name = "gateway"

    def __init__(
        self,
        log: Log,
        store: Store,
        *,
        now: Clock,
        metrics: Metrics,
        feed: Feed | None = None,
    ) -> None:
        """Start before the first record of every topic."""
        self._log = log
        self._store = store
        self._now = now
        self._metrics = metrics
        self._feed = feed
        self._places = dict.fromkeys(_ORDER, 0)
        self._fences = {topic: Fence() for topic in _ORDER}
        self._pending: dict[str, Document | None] = {}
        self.failed: CoreFailed | None = None

    def recover(self) -> None:
        """Nothing to find: the views are built from the log."""

    def advance(self) -> int:
        """Fold the next records of every topic; return how many there were.

        Raises CoreFailed if a fold raised; what came before it is shown, nothing is skipped.
        """
        if self.failed is not None:
            raise self.failed
        return sum(self._fold(topic) for topic in _ORDER)

    def _fold(self, topic: Topic) -> int:
        reader = Reader(self._log, now=self._now)
        places = reader.read(topic, after=self._places[topic], limit=_BATCH)
        if not places:
            return 0
        taken: list[tuple[int, Event]] = []
        for place in places:
            try:
                event = self._take(topic, place)
            except CoreFailed as error:
                self.failed = error
                break
            if event is not None:
                taken.append((place.offset, event))
            self._places[topic] = place.offset
        changes, self._pending = self._pending, {}
        self._store.put(changes, positions=self._places)
        self._tell(taken)
        if self.failed is not None:
            raise self.failed
        return len(places)

    def _take(self, topic: Topic, place: Place) -> Event | None:
        if place.parked is not None and topic not in _PARKED_BY_OTHERS:
            self._log.append([encode(place.parked)])
        event = place.event
        if event is None or self._fences[topic].admit(event) is None:
            return None
        try:
            changes = apply(self._read, event)
        except Exception as error:
            raise CoreFailed(self.name, topic, place.offset) from error
        # Put in this order: who reads how far the views are finds all that they rest on.
        for key, document in changes.items():
            self._pending.pop(key, None)
            self._pending[key] = document
        return event

    def _read(self, key: str) -> Document | None:
        if key in self._pending:
            return self._pending[key]
        return self._store.get(key)

    def _tell(self, taken: list[tuple[int, Event]]) -> None:
        if self._feed is not None:
            self._feed.publish(taken)
        for _, event in taken:
            if isinstance(event.data, StandingsUpdated):
                self._note(event)

    def _note(self, event: Event) -> None:
        seconds = (self._now() - moment(event.time)).total_seconds()
        if 0 <= seconds < _LIVE_SECONDS:
            self._metrics.freshness.observe(seconds)
