"""Folds every topic into the views: takes out repeats, writes views and places together."""

from schemas.codec import encode
from schemas.events import Event, StandingsUpdated
from schemas.topics import Topic
from services.gateway.core.apply import apply
from services.runtime.clock import Clock, moment
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
    """Keeps the views abreast of the log. One thread turns it; any number may read the store."""

    name = "gateway"

    def __init__(self, log: Log, store: Store, *, now: Clock, metrics: Metrics) -> None:
        """Start before the first record of every topic."""
        self._log = log
        self._store = store
        self._now = now
        self._metrics = metrics
        self._places = dict.fromkeys(_ORDER, 0)
        self._fences = {topic: Fence() for topic in _ORDER}
        self._pending: dict[str, Document | None] = {}

    def recover(self) -> None:
        """Nothing to find: the views are built from the log."""

    def advance(self) -> int:
        """Fold the next records of every topic; return how many there were."""
        return sum(self._fold(topic) for topic in _ORDER)

    def _fold(self, topic: Topic) -> int:
        reader = Reader(self._log, now=self._now)
        places = reader.read(topic, after=self._places[topic], limit=_BATCH)
        if not places:
            return 0
        for place in places:
            self._take(topic, place)
        changes, self._pending = self._pending, {}
        self._places[topic] = places[-1].offset
        self._store.put(changes, positions=self._places)
        self._observe(places)
        return len(places)

    def _take(self, topic: Topic, place: Place) -> None:
        if place.parked is not None and topic not in _PARKED_BY_OTHERS:
            self._log.append([encode(place.parked)])
        event = place.event
        if event is None or self._fences[topic].admit(event) is None:
            return
        self._pending.update(apply(self._read, event))

    def _read(self, key: str) -> Document | None:
        if key in self._pending:
            return self._pending[key]
        return self._store.get(key)

    def _observe(self, places: list[Place]) -> None:
        for place in places:
            if place.event is not None and isinstance(place.event.data, StandingsUpdated):
                self._note(place.event)

    def _note(self, event: Event) -> None:
        seconds = (self._now() - moment(event.time)).total_seconds()
        if 0 <= seconds < _LIVE_SECONDS:
            self._metrics.freshness.observe(seconds)
