"""The envelope: CloudEvents attributes around a payload, and the cause of a derived event."""

from abc import abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Self
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict

from schemas.topics import Producer, Topic

NAMESPACE = UUID("6d0b7c2e-3f5a-5a9c-9a53-7a1f3c0e7d11")
"""The name space of every id that is derived rather than drawn."""


def derived_id(*parts: str | int | None) -> str:
    """Return the id that the parts name: the same parts always give the same id."""
    return str(uuid5(NAMESPACE, "\x1f".join("" if part is None else str(part) for part in parts)))


class Part(BaseModel):
    """A piece of a payload. Readers on the bus ignore what they do not know."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="null")


class Payload(Part):
    """What an event says: ``type`` and ``version`` name it on the bus, ``topic`` is its home.

    ``replaces`` names the types whose earlier events on the same subject such an event makes
    history: who folds them and then this one knows no more than who folds this one alone.
    """

    type: ClassVar[str]
    version: ClassVar[int] = 1
    topic: ClassVar[Topic]
    replaces: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def versioned_type(cls) -> str:
        """Return the CloudEvents type, such as ``return.accepted.v1``."""
        return f"{cls.type}.v{cls.version}"

    @abstractmethod
    def subject(self) -> str:
        """Return what the event is about, as codes joined by slashes."""


@dataclass(frozen=True, slots=True, order=True)
class Cause:
    """Why a derived event exists: the n-th distinct event of a producer on a topic of a nation.

    ``n`` counts from 1, ``number`` from 0 within what one step said. Offsets differ from run to run
    and never stand here.
    """

    topic: Topic
    nation: str
    producer: Producer
    n: int
    number: int

    def __str__(self) -> str:
        """Return the text that stands in the event's ``cause`` attribute."""
        return f"{self.topic}:{self.nation}:{self.producer}:{self.n}:{self.number}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what ``str`` wrote; ValueError for anything else."""
        topic, nation, producer, n, number = text.split(":")
        return cls(*_origin(topic, nation, producer), int(n), int(number))


# Of millions of causes few differ in more than their numbers, and an enumeration is slow to ask.
@lru_cache(maxsize=4096)
def _origin(topic: str, nation: str, producer: str) -> tuple[Topic, str, Producer]:
    return Topic(topic), nation, Producer(producer)


@dataclass(frozen=True, slots=True)
class Event:
    """An event as every reader sees it, whichever log it came from.

    ``time`` is RFC 3339 in UTC. ``cause`` is None for what came from outside a core.
    ``replays`` names the place of the parked record that this event puts right.
    """

    id: str
    nation: str
    producer: Producer
    time: str
    data: Payload
    cause: Cause | None = None
    traceparent: str | None = None
    replays: str | None = None

    @property
    def topic(self) -> Topic:
        """The topic on which the event stands."""
        return self.data.topic

    @property
    def type(self) -> str:
        """The CloudEvents type, such as ``return.accepted.v1``."""
        return self.data.versioned_type()


def derive(event: Event, *, n: int, producer: Producer, said: list[Payload]) -> list[Event]:
    """Wrap what a core said in one step over ``event``, the ``n``-th of its producer there.

    Id, time and traceparent come from the cause, so any process that steps the same log says the
    same events to the last byte.
    """
    events = []
    for number, payload in enumerate(said):
        cause = Cause(event.topic, event.nation, event.producer, n, number)
        events.append(
            Event(
                id=derived_id(producer, str(cause)),
                nation=event.nation,
                producer=producer,
                time=event.time,
                data=payload,
                cause=cause,
                traceparent=event.traceparent,
            )
        )
    return events
