"""Runs a core over its topic: finds the state, calls the core, sends what it says.

It decides nothing. ``advance`` reads the log by itself: what a batch says and how far the batch got
are appended together, and after a failed append the state is thrown away and folded again. Where
something else delivers the records and commits (a stream processor), ``deal`` steps one at a time
and leaves the sending to whoever calls it.
"""

import logging
from dataclasses import dataclass
from typing import Generic

from schemas.codec import Heading, Record, encode
from schemas.core import Core, State
from schemas.events import Event, derive
from schemas.topics import Topic
from services.runtime.clock import Clock
from services.runtime.fence import Fence
from services.runtime.log import Commit, Log, LogError, Stored
from services.runtime.reader import Place, Reader
from services.runtime.rebuild import Rebuild
from services.runtime.sieve import walk

_log = logging.getLogger(__name__)
_BATCH = 100


class CoreFailed(Exception):
    """The core raised: a bug. The service stays at this place until it is mended."""

    def __init__(self, core: str, topic: Topic, offset: int, *, nation: str) -> None:
        super().__init__(
            f"{core} stopped at {topic} offset {offset}, a record of {nation}: the release has a "
            "fault there. Install one that mends it, or park the record with a --reason (and on "
            f"Kafka with --kafka HOST:PORT, TARTAN_NATION={nation} being set): tartan parked park "
            f"{topic} {offset}"
        )
        self.topic = topic
        self.offset = offset


class Gap(Exception):
    """A record was delivered before the one that stands ahead of it: something was skipped."""

    def __init__(self, core: str, topic: Topic, *, expected: int, delivered: int) -> None:
        super().__init__(
            f"{core} was given {topic} offset {delivered} and has dealt with everything up to "
            f"{expected - 1} only: start it again, and it folds what lies between"
        )


@dataclass(slots=True)
class _Progress(Generic[State]):
    fence: Fence
    states: dict[str, State]
    offset: int
    reader: Reader


class Consumer(Generic[State]):
    """One core over one log. ``recover`` before ``advance``; not safe to share between threads."""

    def __init__(self, core: Core[State], log: Log, *, now: Clock) -> None:
        """Remember the collaborators; nothing is read yet."""
        self._core = core
        self._log = log
        self._now = now
        self._progress: _Progress[State] | None = None
        self.failed: CoreFailed | None = None
        self.rebuild = Rebuild()

    @property
    def name(self) -> str:
        """The core's name, under which its place is committed."""
        return self._core.name

    @property
    def offset(self) -> int:
        """The place up to which the topic has been dealt with."""
        return self._progress.offset if self._progress else 0

    def recover(self, *, up_to: int | None = None) -> None:
        """Fold the inputs up to a place and what was said of them; emit nothing.

        The place is the committed one unless ``up_to`` names another. Raises CoreFailed if the core
        raised, LogError if the log could not be read.
        """
        if self.failed is not None:
            raise self.failed
        core, reader = self._core, Reader(self._log, now=self._now)
        end = self._log.committed(core.name, core.reads) if up_to is None else up_to
        progress = _Progress[State](Fence(), {}, end, reader)
        self.rebuild = Rebuild(end + sum(self._log.end(topic) for topic in core.writes))
        for place in reader.places(core.reads, up_to=end):
            self.rebuild.folded += 1
            if place.said is None or progress.fence.admit(place.said) is None:
                continue
            if place.event is not None:
                self._fold(core.reads, place.offset, place.event, progress, heard=False)
        for topic in sorted(core.writes):
            self._hear_again(topic, progress)
        self.rebuild.finish()
        self._progress = progress

    def _hear_again(self, topic: Topic, progress: _Progress[State]) -> None:
        """Fold what the core said on a topic of the inputs that were taken."""

        def counts(said: Event | Heading) -> bool:
            if said.producer != self._core.name or said.cause is None:
                return False
            return progress.fence.covers(said.cause)

        for stretch in walk(topic, reader=progress.reader, counts=counts):
            for offset, event in stretch.current:
                self._fold(topic, offset, event, progress, heard=True)
            self.rebuild.folded += stretch.size

    def _fold(
        self, topic: Topic, offset: int, event: Event, progress: _Progress[State], *, heard: bool
    ) -> None:
        state = _state(self._core, progress.states, event.nation)
        try:
            if heard:
                self._core.hear(state, event.data)
            else:
                self._core.take(state, event)
        except Exception as error:
            self.failed = CoreFailed(self.name, topic, offset, nation=event.nation)
            _log.exception("core failed", extra={"core": self.name, "offset": offset})
            raise self.failed from error

    def state(self, nation: str) -> State:
        """Return the nation's state, for the service's own shell to read, never to change."""
        if self._progress is None:
            self.recover()
        assert self._progress is not None  # noqa: S101 - narrows the type: recover has just set it
        return _state(self._core, self._progress.states, nation)

    def deal(self, stored: Stored) -> list[Record]:
        """Step a record that was delivered and return what it says, for the caller to append.

        Nothing is said of a record that was dealt with before. Whoever cannot append what is
        returned must not ask again: throw this object away. Raises Gap where the record does not
        follow the last one, CoreFailed if the core raised, LogError if the log could not be read.
        """
        if self._progress is None:
            self.recover(up_to=stored.offset - 1)
        assert self._progress is not None  # noqa: S101 - narrows the type: recover has just set it
        progress = self._progress
        if stored.offset <= progress.offset:
            return []
        topic = self._core.reads
        if stored.offset != progress.offset + 1:
            raise Gap(self.name, topic, expected=progress.offset + 1, delivered=stored.offset)
        said = self._step(progress.reader.place(topic, stored), progress)
        progress.offset = stored.offset
        return said

    def advance(self) -> int:
        """Step the next records; return how many were dealt with, 0 at the end of the topic.

        Raises CoreFailed if the core raised (what came before it is kept), LogError if nothing
        was appended; the next call starts from what the log holds.
        """
        if self.failed is not None:
            raise self.failed
        if self._progress is None:
            self.recover()
        assert self._progress is not None  # noqa: S101 - narrows the type: recover has just set it
        reader, after = self._progress.reader, self._progress.offset
        if not reader.look({self._core.reads: after}):
            return 0
        places = reader.read(self._core.reads, after=after, limit=_BATCH)
        if not places:
            return 0
        said: list[Record] = []
        try:
            for place in places:
                said.extend(self._step(place, self._progress))
                self._progress.offset = place.offset
        except CoreFailed as error:
            self.failed = error
            _log.exception("core failed", extra={"core": self.name, "offset": error.offset})
        self._send(said)
        if self.failed is not None:
            self._progress = None
            raise self.failed
        return len(places)

    def _step(self, place: Place, progress: _Progress[State]) -> list[Record]:
        if place.parked is not None:
            return [encode(place.parked)]
        n = progress.fence.admit(place.said) if place.said is not None else None
        if n is None or place.event is None:
            return []
        state = _state(self._core, progress.states, place.event.nation)
        try:
            payloads = self._core.step(state, place.event)
            said = derive(place.event, n=n, producer=self._core.name, said=payloads)
            return [encode(event) for event in said]
        except Exception as error:
            raise CoreFailed(
                self.name, self._core.reads, place.offset, nation=place.event.nation
            ) from error

    def _send(self, said: list[Record]) -> None:
        assert self._progress is not None  # noqa: S101 - narrows the type: advance has set it
        commit = Commit(self._core.name, self._core.reads, self._progress.offset)
        try:
            self._log.append(said, commit=commit)
        except LogError:
            self._progress = None
            raise


def _state(core: Core[State], states: dict[str, State], nation: str) -> State:
    if nation not in states:
        states[nation] = core.empty(nation)
    return states[nation]
