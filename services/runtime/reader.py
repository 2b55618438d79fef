"""Reads a topic as events: skips what is parked, and says what ought to be."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from schemas.codec import Heading, decode, heading
from schemas.errors import Undecodable
from schemas.events import Event, RecordParked, derived_id
from schemas.topics import Producer, Topic
from services.runtime.clock import Clock, rfc3339
from services.runtime.log import Log, Stored

_BATCH = 500
_WALK = 5_000
STRETCH = 25_000
"""Records that are read at once by whoever passes over what was replaced: enough for most of them
to be replaced by others of the same stretch, and some tens of megabytes."""
BY_OPERATOR = "operator"
"""The reason of what an operator has parked; other reasons are why a record cannot be decoded."""
EVERY_NATION = "-"
"""Stands as the nation of a parked record whose own nation cannot be trusted."""


@dataclass(frozen=True, slots=True)
class Place:
    """A record that was read: its event, or None where it is parked or has to be.

    ``parked`` is what parks it if nothing does yet. ``set_aside`` is the event of a record that can
    be read and that an operator has parked: nobody folds it as an input, yet it was said and counts
    among what its producer said.
    """

    offset: int
    event: Event | None
    parked: Event | None = None
    set_aside: Event | None = None

    @property
    def said(self) -> Event | None:
        """The event as part of what its producer said, whether or not it is set aside."""
        return self.event or self.set_aside


class Reader:
    """Walks topics of a log. Offsets named by ``parked.v1`` are skipped by every later fold."""

    def __init__(self, log: Log, *, now: Clock) -> None:
        """Remember the log; what is parked is learnt at the first look, so it may be away now."""
        self._log = log
        self._now = now
        self._parked: dict[tuple[str, int], str] = {}
        self._replaced: set[tuple[str, int]] = set()
        self._parked_up_to = 0
        self._has_learnt = False

    def refresh(self) -> None:
        """Learn what was parked since."""
        while batch := self._log.read(Topic.PARKED, after=self._parked_up_to, limit=_BATCH):
            for stored in batch:
                self._parked_up_to = stored.offset
                try:
                    event = decode(stored.record)
                except Undecodable:
                    continue  # it names nothing; who reads this topic's records parks it
                if isinstance(event.data, RecordParked):
                    place = (event.data.record_topic, event.data.offset)
                    self._parked[place] = event.data.reason
                    self._replaced.discard(place)
                    if event.data.replaced is not None:
                        self._replaced.add(place)
        self._has_learnt = True

    def look(self, places: Mapping[Topic, int]) -> set[Topic]:
        """Learn what was parked since, and name the topics that do not end at their places."""
        ends = self._log.ends()
        if not self._has_learnt or ends[Topic.PARKED] != self._parked_up_to:
            self.refresh()
        return {topic for topic, after in places.items() if ends[topic] != after}

    def count_parked(self) -> int:
        """Return how many parked records wait for an operator by now."""
        self.refresh()
        return len(self._parked.keys() - self._replaced)

    def _reason(self, topic: Topic, offset: int) -> str | None:
        if not self._has_learnt:
            self.refresh()
        return self._parked.get((topic, offset))

    def read(self, topic: Topic, *, after: int, limit: int = _BATCH) -> list[Place]:
        """Return up to ``limit`` places behind ``after``, each with what parks it if it must be."""
        return [
            self.place(topic, stored) for stored in self._log.read(topic, after=after, limit=limit)
        ]

    def stretches(
        self, topic: Topic, *, after: int = 0, up_to: int | None = None, size: int = _WALK
    ) -> Iterator[Sequence[Stored]]:
        """Walk the topic in stretches, undecoded, to ``up_to`` or its end."""
        while stretch := self._log.read(topic, after=after, limit=size):
            after = stretch[-1].offset
            if up_to is not None and after >= up_to:
                yield [stored for stored in stretch if stored.offset <= up_to]
                return
            yield stretch

    def places(self, topic: Topic, *, up_to: int | None = None) -> Iterator[Place]:
        """Walk the topic from its start to ``up_to`` or its end."""
        for stretch in self.stretches(topic, up_to=up_to):
            for stored in stretch:
                yield self.place(topic, stored)

    def events(self, topic: Topic, *, up_to: int | None = None) -> Iterator[Event]:
        """Walk the topic from its start to ``up_to`` or its end, without what cannot be decoded."""
        for place in self.places(topic, up_to=up_to):
            if place.event is not None:
                yield place.event

    def headings(self, topic: Topic, *, after: int, up_to: int) -> Iterator[Heading]:
        """Walk what was said behind ``after`` up to a place, by the headers alone.

        Left out is what is parked because it cannot be decoded; what an operator has parked counts.
        """
        if after >= up_to:
            return
        for stretch in self.stretches(topic, after=after, up_to=up_to):
            for stored in stretch:
                if self._reason(topic, stored.offset) in {None, BY_OPERATOR}:
                    with suppress(Undecodable):  # who reads this topic's records parks it
                        yield heading(stored.record)

    def is_parked(self, topic: Topic, offset: int) -> bool:
        """Say whether the record at the offset is parked, for whatever reason."""
        return self._reason(topic, offset) is not None

    def place(self, topic: Topic, stored: Stored) -> Place:
        """Return the place of a record that was read already."""
        reason = self._reason(topic, stored.offset)
        if reason is not None:
            readable = reason == BY_OPERATOR
            return Place(stored.offset, None, set_aside=_read(stored) if readable else None)
        try:
            return Place(stored.offset, decode(stored.record))
        except Undecodable as error:
            return Place(stored.offset, None, self._park(topic, stored, error))

    def _park(self, topic: Topic, stored: Stored, error: Undecodable) -> Event:
        return parked(
            stored, topic, reason=error.reason, detail=str(error), time=rfc3339(self._now())
        )


def _read(stored: Stored) -> Event | None:
    try:
        return decode(stored.record)
    except Undecodable:
        return None


def parked(stored: Stored, topic: Topic, *, reason: str, detail: str, time: str) -> Event:
    """Return the event that parks a record; the same place always gives the same id."""
    return Event(
        id=derived_id("parked", topic, stored.offset),
        nation=stored.record.key if topic is not Topic.TEXTS else EVERY_NATION,
        producer=Producer.RUNTIME,
        time=time,
        data=RecordParked(
            record_topic=topic,
            offset=stored.offset,
            reason=reason,
            detail=detail,
            headers=stored.record.headers,
            value=b64encode(stored.record.value).decode(),
        ),
    )
