"""The fence: what of a topic has been dealt with, so that a repeat changes nothing.

Of events from outside, the first of an id counts. Of derived events, those above the highest cause
met so far count, per nation and producer of the cause. The fence also counts each producer's
distinct events, which is what causes are made of.
"""

from schemas.codec import Heading
from schemas.events import Cause, Event
from schemas.topics import Producer, Topic


class Fence:
    """Of one topic; folding the same records in the same order gives the same fence."""

    def __init__(self) -> None:
        """Start before the first record."""
        self._ids: set[tuple[str, str]] = set()
        self._highest: dict[tuple[str, Producer, Topic, Producer], tuple[int, int]] = {}
        self._counts: dict[tuple[str, Producer], int] = {}

    def admit(self, event: Event | Heading) -> int | None:
        """Return which distinct event of its producer this is, from 1; None for a repeat."""
        if event.cause is None:
            mark = (event.nation, event.id)
            if mark in self._ids:
                return None
            self._ids.add(mark)
        else:
            cause = event.cause
            chain = (event.nation, event.producer, cause.topic, cause.producer)
            at = (cause.n, cause.number)
            if at <= self._highest.get(chain, (0, 0)):
                return None
            self._highest[chain] = at
        counter = (event.nation, event.producer)
        self._counts[counter] = self._counts.get(counter, 0) + 1
        return self._counts[counter]

    def copy(self) -> "Fence":
        """Return a fence that stands where this one does and goes on by itself."""
        twin = Fence()
        twin._ids = set(self._ids)
        twin._highest = dict(self._highest)
        twin._counts = dict(self._counts)
        return twin

    def covers(self, cause: Cause) -> bool:
        """Say whether the event that the cause names has been met."""
        return cause.n <= self._counts.get((cause.nation, cause.producer), 0)
