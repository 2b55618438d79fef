"""Folds every topic into the views: takes out repeats, writes views and places together."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from schemas.codec import encode
from schemas.events import Event, StandingsUpdated
from schemas.topics import Topic
from services.gateway.core.apply import apply, pass_over
from services.gateway.core.document import Changes, Read
from services.gateway.feed import is_told, news_of
from services.gateway.turnstile import Turnstile
from services.runtime.clock import Clock, moment
from services.runtime.consumer import CoreFailed
from services.runtime.log import Log, Stored
from services.runtime.meter import Stretch
from services.runtime.metric import STANDING, Metrics
from services.runtime.reader import STRETCH, Place, Reader
from services.runtime.rebuild import Rebuild
from services.runtime.store import Document, Positions, Store, StoreError, StoreMoved

_ORDER = (Topic.PARKED, Topic.TEXTS, Topic.RETURNS, Topic.STANDINGS, Topic.ALERTS)
_PARKED_BY_OTHERS = frozenset({Topic.RETURNS, Topic.ALERTS})
_BATCH = 200
_STRETCH = 4_000
_STRETCHES = {Topic.STANDINGS: STRETCH}
"""Records that are folded at once while the views are built: where most are replaced, many."""


def views_behind(log: Log, store: Store) -> list[Stretch]:
    """Return what whole views have not taken in yet; of views that are being built, nothing."""
    if store.lacking() != 0:
        return []
    return [Stretch(log, topic, after) for topic, after in store.positions().items()]


@dataclass(slots=True)
class _Batch:
    """What some records of one topic come to: ready to be put, as often as it takes."""

    built_on: Positions
    positions: dict[Topic, int]
    dealt: int = 0
    changes: dict[str, Document | None] = field(default_factory=dict)
    taken: list[tuple[int, Event]] = field(default_factory=list)
    failed: CoreFailed | None = None

    def change(self, changes: Changes) -> None:
        """Take changes in, the latest last: who reads how far the views are finds all of them."""
        for key, document in changes.items():
            self.changes.pop(key, None)
            self.changes[key] = document


class Projector:
    """Keeps the views abreast of the log. One thread turns it; any number may read the store.

    It begins where the store is. What a batch comes to is put again until it stands, so a store
    that went away costs nothing but time; where the store is at other places than it was left (it
    was emptied, or another projector wrote) it goes on from those.
    """

    name = "gateway"

    def __init__(self, log: Log, store: Store, *, now: Clock, metrics: Metrics) -> None:
        """Remember the collaborators; nothing is read yet."""
        self._log = log
        self._store = store
        self._now = now
        self._metrics = metrics
        self._reader: Reader | None = None
        self._turnstiles = {topic: Turnstile(topic) for topic in _ORDER}
        self._batch: _Batch | None = None
        self._building = False
        self._goal: Positions = {}
        self.rebuild = Rebuild()
        self.failed: CoreFailed | None = None
        metrics.freshness.labels(STANDING)

    def recover(self) -> None:
        """Nothing to find: every turn begins with where the store is."""

    def advance(self) -> int:
        """Fold the next records of every topic; return how many there were.

        Raises CoreFailed if a fold raised; what came before it is shown, nothing is skipped.
        LogError or StoreError if one of them is away: the next call goes on from there.
        """
        if self.failed is not None:
            raise self.failed
        if self._batch is not None:
            self._put(self._batch)
        if self._reader is None:
            self._reader = Reader(self._log, now=self._now)
        reader, dealt = self._reader, 0
        places = self._store.positions()
        grown = reader.look(places)
        self._stand(reader, places)
        for topic in _ORDER:
            batch = self._fold(topic, reader, places) if topic in grown else None
            if batch is None:
                continue
            dealt += batch.dealt
            if not self._put(batch):
                return dealt
            places = batch.positions
        if dealt == 0 or (self._building and self._is_whole(places)):
            self._rest(places)
        return dealt

    def _stand(self, reader: Reader, places: Positions) -> None:
        """Bring every turnstile to where the store is, wherever that is."""
        for topic, turnstile in self._turnstiles.items():
            turnstile.move(reader, to=places[topic])
        building = self._store.lacking() != 0
        if building and (not self._building or not any(places.values())):
            self._goal = self._log.ends()
        self._building = building

    def _is_whole(self, places: Positions) -> bool:
        """Say whether all that the log held when building began is in; a log in use never ends."""
        return all(places[topic] >= end for topic, end in self._goal.items())

    def _fold(self, topic: Topic, reader: Reader, places: Positions) -> _Batch | None:
        limit = _STRETCHES.get(topic, _STRETCH) if self._building else _BATCH
        found = self._log.read(topic, after=places[topic], limit=limit)
        if not found:
            return None
        rebuilt = self._rebuild(topic, found, reader, places) if self._building else None
        if rebuilt is not None:
            return rebuilt
        batch = _Batch(places, dict(places))
        for stored in found:
            try:
                self._take(topic, reader.place(topic, stored), batch)
            except CoreFailed as error:
                batch.failed = error
                break
            batch.positions[topic] = stored.offset
            batch.dealt += 1
        return batch

    def _rebuild(
        self, topic: Topic, found: Sequence[Stored], reader: Reader, places: Positions
    ) -> _Batch | None:
        """Fold a stretch without what it replaces itself; None if it has to be read one by one."""
        turnstile, end = self._turnstiles[topic], found[-1].offset
        sifted = turnstile.sift(found, reader=reader)
        if sifted is None:
            return None
        batch = _Batch(places, {**places, topic: end}, dealt=len(found))
        passed: dict[str, list[str]] = {}
        for stored in sifted.history:
            headers = stored.record.headers
            passed.setdefault(headers["ce_nation"], []).append(headers["ce_time"])
        read = self._reading(batch)
        for nation, times in passed.items():
            batch.change(pass_over(read, nation=nation, topic=topic, times=times))
        try:
            for offset, event in sifted.current:
                self._apply(topic, offset, event, batch)
        except CoreFailed:
            return None
        turnstile.pass_by(sifted, offset=end)
        return batch

    def _take(self, topic: Topic, place: Place, batch: _Batch) -> None:
        if place.parked is not None and topic not in _PARKED_BY_OTHERS:
            self._log.append([encode(place.parked)])
        new = self._turnstiles[topic].admit(place.said, offset=place.offset)
        if place.event is not None and new:
            self._apply(topic, place.offset, place.event, batch)
            batch.taken.append((place.offset, place.event))

    def _apply(self, topic: Topic, offset: int, event: Event, batch: _Batch) -> None:
        try:
            batch.change(apply(self._reading(batch), event))
        except StoreError:
            raise
        except Exception as error:
            raise CoreFailed(self.name, topic, offset, nation=event.nation) from error

    def _reading(self, batch: _Batch) -> Read:
        def read(key: str) -> Document | None:
            return batch.changes[key] if key in batch.changes else self._store.get(key)

        return read

    def _put(self, batch: _Batch) -> bool:
        """Put a batch; False where the store has moved. It is kept until its outcome is known."""
        self._batch = batch
        stands = batch.dealt == 0 or self._write(batch)
        self._batch = None
        if not stands:
            return False
        for _, event in batch.taken:
            if isinstance(event.data, StandingsUpdated) and not self._building:
                self._note(event)
        if batch.failed is not None:
            self.failed = batch.failed
            raise batch.failed
        return True

    def _write(self, batch: _Batch) -> bool:
        ahead = 0
        if self._building:
            ends = self._log.ends()
            ahead = sum(max(0, end - batch.positions[topic]) for topic, end in ends.items())
            self.rebuild = Rebuild(sum(ends.values()), sum(ends.values()) - ahead)
        try:
            self._store.put(
                batch.changes,
                positions=batch.positions,
                built_on=batch.built_on,
                lacking=max(1, ahead) if self._building else 0,
                news=()
                if self._building
                else [news_of(*taken) for taken in batch.taken if is_told(taken[1])],
            )
        except StoreMoved:
            return self._store.positions() == batch.positions
        return True

    def _rest(self, places: Positions) -> None:
        """Say that the views are whole, for the first time if they were being built."""
        self.rebuild.finish()
        if self._building:
            with suppress(StoreMoved):
                self._store.put({}, positions=places, built_on=places)

    def _note(self, event: Event) -> None:
        seconds = (self._now() - moment(event.time)).total_seconds()
        self._metrics.freshness.labels(STANDING).observe(max(0.0, seconds))
