"""Proves that a log says what its cores say: replays the recorded input, compares the output."""

from dataclasses import dataclass

from schemas.codec import Record, encode
from schemas.core import Core, State
from schemas.events import Event, derive
from schemas.topics import Producer, Topic
from services.runtime.clock import Clock
from services.runtime.fence import Fence
from services.runtime.log import Log
from services.runtime.reader import Reader


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where the record and the replay part, in words for an operator."""

    core: str
    topic: Topic
    number: int
    detail: str

    def __str__(self) -> str:
        """Return the sentence that ``tartan verify`` prints."""
        return f"{self.core}: event {self.number} of {self.topic} differs: {self.detail}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: how many events were compared, and the first difference."""

    compared: int
    difference: Difference | None


_Ground = tuple[str, Producer, int]
"""Which event another follows from: a nation, a producer, the n-th of its distinct events."""


def verify(core: Core[State], log: Log, *, now: Clock) -> Verdict:
    """Replay the core over what it had dealt with; compare with what it said, repeats dropped.

    What a running core has already said of records that it has not yet committed is left for the
    next verification. Whatever else only one side has is a difference.
    """
    reader = Reader(log, now=now)
    replayed: dict[Topic, list[Event]] = {topic: [] for topic in core.writes}
    fence = Fence()
    states: dict[str, State] = {}
    committed, ahead = log.committed(core.name, core.reads), set[_Ground]()
    # What was said by now follows from inputs that the walk below still meets.
    ends = {topic: log.end(topic) for topic in core.writes}
    for place in reader.places(core.reads):
        n = fence.admit(place.said) if place.said is not None else None
        event = place.event
        if n is None or event is None:
            continue
        if place.offset > committed:
            ahead.add((event.nation, event.producer, n))
            continue
        if event.nation not in states:
            states[event.nation] = core.empty(event.nation)
        said = core.step(states[event.nation], event)
        for derived in derive(event, n=n, producer=core.name, said=said):
            replayed[derived.topic].append(derived)
    compared = 0
    for topic in sorted(core.writes):
        recorded = [
            e for e in _said(reader, topic, core, up_to=ends[topic]) if _ground(e) not in ahead
        ]
        difference = _compare(core, topic, replayed[topic], recorded)
        if difference is not None:
            return Verdict(compared, difference)
        compared += len(recorded)
    return Verdict(compared, None)


def _ground(event: Event) -> _Ground | None:
    cause = event.cause
    return (cause.nation, cause.producer, cause.n) if cause is not None else None


def _said(reader: Reader, topic: Topic, core: Core[State], *, up_to: int) -> list[Event]:
    fence = Fence()
    places = reader.places(topic, up_to=up_to)
    said = [place.said for place in places if place.said is not None]
    return [
        event for event in said if fence.admit(event) is not None and event.producer == core.name
    ]


def _compare(
    core: Core[State], topic: Topic, replayed: list[Event], recorded: list[Event]
) -> Difference | None:
    for number, (ours, theirs) in enumerate(zip(replayed, recorded, strict=False), start=1):
        if encode(ours) != encode(theirs):
            return Difference(core.name, topic, number, _detail(encode(ours), encode(theirs)))
    if len(replayed) != len(recorded):
        number = min(len(replayed), len(recorded)) + 1
        more = "the log" if len(recorded) > len(replayed) else "the replay"
        return Difference(core.name, topic, number, f"only {more} has it")
    return None


def _detail(replayed: Record, recorded: Record) -> str:
    for name in sorted(replayed.headers.keys() | recorded.headers.keys()):
        if replayed.headers.get(name) != recorded.headers.get(name):
            return f"attribute {name} of {recorded.headers['ce_type']}"
    return f"the value of {recorded.headers['ce_type']} on {recorded.headers['ce_subject']}"
