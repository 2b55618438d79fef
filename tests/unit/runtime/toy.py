"""A toy core, whose every word depends on the whole of what it was given, and events for it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from schemas.core import Core
from schemas.events import (
    Event,
    MethodSet,
    Payload,
    PeriodOpened,
    TimePassed,
    derived_id,
)
from schemas.topics import Producer, Topic


@dataclass
class Tally:
    """What the toy core knows: the subjects taken, and how many things it said."""

    taken: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)


def take(state: Tally, event: Event) -> None:
    state.taken.append(event.data.subject())


def hear(state: Tally, payload: Payload) -> None:
    assert isinstance(payload, TimePassed)
    state.heard.append(payload.moment)


def step(state: Tally, event: Event) -> list[Payload]:
    """Say how much was taken and heard before: bytes that depend on the whole state."""
    if isinstance(event.data, MethodSet):
        raise ZeroDivisionError
    take(state, event)
    said: list[Payload] = []
    for _ in range(len(state.taken) % 3):
        payload = TimePassed(moment=f"{len(state.taken)}/{len(state.heard)}")
        hear(state, payload)
        said.append(payload)
    return said


TOY = Core(
    name=Producer.BENCHMARK,
    reads=Topic.RETURNS,
    writes=frozenset({Topic.ALERTS}),
    empty=lambda nation: Tally(),
    take=take,
    step=step,
    hear=hear,
)


def now() -> datetime:
    return datetime(2026, 11, 22, tzinfo=UTC)


def make_event(number: int, *, nation: str = "england") -> Event:
    return Event(
        id=derived_id("toy", number),
        nation=nation,
        producer=Producer.INGEST,
        time=f"2026-07-01T00:00:{number % 60:02d}.000Z",
        data=PeriodOpened(collection="c", period=str(number), due="2026-08-11"),
        traceparent=f"00-{number:032x}-0000000000000001-01",
    )


def make_bug() -> Event:
    payload = MethodSet(engine=1, catalogue="a", neighbours="b", rules="c")
    return Event("bug", "england", Producer.BENCHMARK_SHELL, "2026-07-01T00:00:00.000Z", payload)
