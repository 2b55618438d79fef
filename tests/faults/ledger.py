"""What a log holds in the end, laid out so that two runs can be held against each other."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from schemas.codec import Record, encode
from schemas.events import (
    Event,
    NoticePlanned,
    NoticeSent,
    Payload,
    ReminderPlanned,
    ReturnAccepted,
    TimePassed,
)
from schemas.topics import Producer, Topic
from services.embedded.data import beside
from services.embedded.inspection import verification
from services.embedded.wiring import cores
from services.runtime.log import Log
from services.runtime.reader import Reader


@dataclass(frozen=True)
class Ledger:
    """The events of every topic by who said them, and what ``tartan verify`` says of the log."""

    said: dict[tuple[Topic, Producer], list[Event]]
    verified: tuple[int, list[str]]

    def records(self, topic: Topic, producer: Producer) -> list[Record]:
        """Return what a producer said, as bytes.

        A mail that may be a repeat is marked so; that mark alone depends on where a process died.
        """
        return [encode(_unmarked(event)) for event in self.said.get((topic, producer), [])]

    def returns(self) -> Counter[str]:
        """Return how often each return's id was accepted."""
        return Counter(
            event.data.return_id
            for event in self.said[Topic.RETURNS, Producer.INGEST]
            if isinstance(event.data, ReturnAccepted)
        )

    def planned(self) -> dict[str, NoticePlanned | ReminderPlanned]:
        """Return every planned notice by its id, reminders too."""
        return {
            event.data.notice: event.data
            for event in self.said[Topic.ALERTS, Producer.ALERTS]
            if isinstance(event.data, NoticePlanned | ReminderPlanned)
        }

    def sent(self) -> dict[str, NoticeSent]:
        """Return the record of every notice that got through."""
        return {
            event.data.notice: event.data
            for event in self.said[Topic.ALERTS, Producer.ALERTS_SHELL]
            if isinstance(event.data, NoticeSent)
        }

    def notices(self) -> Counter[tuple[str, ...]]:
        """Return what was said of notices and people's answers, whenever it was said."""
        return Counter(
            (event.type, event.data.subject(), *map(str, _try(event.data)))
            for producer in (Producer.ALERTS, Producer.ALERTS_SHELL)
            for event in self.said[Topic.ALERTS, producer]
            if not isinstance(event.data, TimePassed)
        )

    @property
    def chapters(self) -> set[tuple[Topic, Producer]]:
        return set(self.said)


def why(planned: NoticePlanned | ReminderPlanned) -> tuple[str, str]:
    """Return why an audience is told: the reason, and what happened before where anything did."""
    if isinstance(planned, ReminderPlanned):
        return planned.kind, ""
    return planned.reason, planned.because


def read_ledger(directory: Path) -> Ledger:
    """Read a directory whose process has ended."""
    with beside(directory) as log:
        return Ledger(read_events(log), verification(log, cores(), now=_now))


def read_events(log: Log) -> dict[tuple[Topic, Producer], list[Event]]:
    """Return the events of every topic by who said them, in order, repeats included."""
    said: dict[tuple[Topic, Producer], list[Event]] = {}
    reader = Reader(log, now=_now)
    for topic in Topic:
        for event in reader.events(topic):
            said.setdefault((event.topic, event.producer), []).append(event)
    return said


def _try(said: Payload) -> tuple[object, ...]:
    return tuple(getattr(said, name, "") for name in ("reason", "audience", "channel", "attempt"))


def _unmarked(event: Event) -> Event:
    if not isinstance(event.data, NoticeSent):
        return event
    return replace(event, data=event.data.model_copy(update={"possible_repeat": False}))


def _now() -> datetime:
    return datetime(2027, 1, 1, tzinfo=UTC)
