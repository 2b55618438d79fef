"""Who rebuilds passes over what a later event replaces, and knows what hearing everything gives."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import encode
from schemas.core import Core
from schemas.events import Event, NeighboursUpdated, Payload, PeriodOpened, StandingsUpdated
from schemas.topics import Producer, Topic
from services.runtime.consumer import Consumer
from services.runtime.fence import Fence
from services.runtime.log import Stored
from services.runtime.memory_log import MemoryLog
from services.runtime.reader import Reader
from services.runtime.sieve import sift
from tests.unit.runtime.toy import make_event, now


@dataclass
class Shown:
    """What was last said of each subject, and what was said of its neighbours since."""

    taken: int = 0
    said: dict[str, list[int]] = field(default_factory=dict)


def take(state: Shown, event: Event) -> None:
    state.taken += 1


def hear(state: Shown, payload: Payload) -> None:
    match payload:
        case StandingsUpdated():
            state.said[payload.subject()] = [payload.engine]
        case NeighboursUpdated() if payload.subject() in state.said:
            state.said[payload.subject()].append(payload.used[0])


def step(state: Shown, event: Event) -> list[Payload]:
    """Say what the script in the event asks for: ``s1 n2`` are two events on two subjects."""
    take(state, event)
    assert isinstance(event.data, PeriodOpened)
    said = [
        make_payload(word, 100 * state.taken + n)
        for n, word in enumerate(event.data.collection.split())
    ]
    for payload in said:
        hear(state, payload)
    return said


def make_payload(word: str, number: int) -> Payload:
    place = {"authority": word[1], "collection": "c", "period": "p"}
    if word[0] == "s":
        versions = {"catalogue": "1", "neighbours": "1", "rules": "1", "engine": number}
        return StandingsUpdated(**place, **versions, provisional=True, standings=())
    said = {"indicators": ("i",), "values": (1.0,), "differences": (None,), "in_year": (True,)}
    return NeighboursUpdated(**place, **said, used=(number,))


CORE = Core(
    name=Producer.BENCHMARK,
    reads=Topic.RETURNS,
    writes=frozenset({Topic.STANDINGS}),
    empty=lambda _: Shown(),
    take=take,
    step=step,
    hear=hear,
)


class Halting(MemoryLog):
    """Gives a few records at a time, so that a topic is walked in many stretches."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def read(self, topic: Topic, *, after: int = 0, limit: int = 500) -> Sequence[Stored]:
        return super().read(topic, after=after, limit=min(limit, self.most))


def script(number: int, words: Sequence[str]) -> Event:
    data = PeriodOpened(collection=" ".join(words), period=str(number), due="2026-08-11")
    return replace(make_event(number), data=data)


words = st.lists(st.sampled_from(["s1", "s2", "n1", "n2", "n2"]), max_size=5)


@given(st.lists(words, max_size=12), st.integers(1, 9), st.data())
def test_rebuilding_anywhere_gives_what_stepping_gave(scripts, most, data):
    log = Halting(most)
    events = [script(number, said) for number, said in enumerate(scripts, 1)]
    log.append([encode(event) for event in events])
    consumer = Consumer(CORE, log, now=now)
    while consumer.advance():
        if data.draw(st.booleans()):
            consumer = Consumer(CORE, log, now=now)
    spoken = [stored.record for stored in MemoryLog.read(log, Topic.STANDINGS, limit=1000)]
    if spoken:
        begin = data.draw(st.integers(0, len(spoken)))
        log.append(spoken[begin:])  # a successor says again what its predecessor had not committed

    for end in range(len(events) + 1):
        stepped = Shown()
        for event in events[:end]:
            step(stepped, event)
        rebuilt = Consumer(CORE, log, now=now)
        rebuilt.recover(up_to=end)
        assert rebuilt.state("england") == stepped


def test_what_is_replaced_is_not_decoded_and_what_is_current_is():
    log = MemoryLog()
    log.append([encode(script(1, ["s1", "n1", "s2", "s1", "n1"]))])
    consumer = Consumer(CORE, log, now=now)
    consumer.advance()
    stretch = log.read(Topic.STANDINGS)

    sifted = sift(Topic.STANDINGS, stretch, reader=Reader(log, now=now), fence=Fence())

    assert sifted is not None
    assert [offset for offset, _ in sifted.current] == [3, 4, 5]
    assert [stored.offset for stored in sifted.history] == [1, 2]


def test_a_stretch_with_a_record_that_cannot_be_decoded_is_read_one_by_one():
    log = MemoryLog()
    log.append([encode(script(1, ["s1", "s1"]))])
    consumer = Consumer(CORE, log, now=now)
    consumer.advance()
    first, last = log.read(Topic.STANDINGS)
    broken = Stored(last.offset, replace(last.record, value=b"{"))
    reader, fence = Reader(log, now=now), Fence()

    assert sift(Topic.STANDINGS, [first, broken], reader=reader, fence=fence) is None
    assert fence.admit(consumer_event(first)) == 1


def test_what_is_not_known_to_follow_from_a_taken_input_replaces_nothing():
    log = MemoryLog()
    log.append([encode(script(1, ["s1"])), encode(script(2, ["s1"]))])
    Consumer(CORE, log, now=now).advance()
    rebuilt = Consumer(CORE, log, now=now)
    rebuilt.recover(up_to=1)

    assert rebuilt.state("england").said == {"1/c/p": [100]}


def consumer_event(stored: Stored) -> Event:
    place = Reader(MemoryLog(), now=now).place(Topic.STANDINGS, stored)
    assert place.event is not None
    return place.event
