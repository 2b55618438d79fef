"""Lets through what still counts of a stretch of a topic, and decodes nothing else.

Who rebuilds meets the same figures again and again: of most only what was said last is current. An
event whose type ``replaces`` others makes those before it on its subject history, so the headers
are enough to pass over them. Which stretches a topic is read in changes nothing but the time.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from schemas.codec import Heading, decode, heading
from schemas.errors import Undecodable
from schemas.events import EVENT_TYPES, Event
from schemas.topics import Topic
from services.runtime.fence import Fence
from services.runtime.log import Stored
from services.runtime.reader import STRETCH, Reader

_REPLACED = {
    name: frozenset(other.versioned_type() for other in EVENT_TYPES.values() if other.type in kinds)
    for name, kinds in ((name, model.replaces) for name, model in EVENT_TYPES.items())
    if kinds
}


@dataclass(frozen=True, slots=True)
class Sifted:
    """The new events of a stretch that count, with their offsets; and the records passed over.

    ``fence`` is the one behind the stretch, ``size`` the number of its records.
    """

    current: Sequence[tuple[int, Event]]
    history: Sequence[Stored]
    fence: Fence
    size: int


def sift(
    topic: Topic,
    stretch: Sequence[Stored],
    *,
    reader: Reader,
    fence: Fence,
    counts: Callable[[Heading], bool] = lambda _: True,
) -> Sifted | None:
    """Give what of a stretch is new behind the fence, counts, and is not replaced within it.

    None where a record is parked or ought to be: the stretch is then to be read record by record.
    A record that was passed over was not looked into. ``fence`` stays where it is.
    """
    if any(reader.is_parked(topic, stored.offset) for stored in stretch):
        return None
    trial = fence.copy()
    try:
        met = [(stored, heading(stored.record)) for stored in stretch]
        new = [
            (stored, head) for stored, head in met if trial.admit(head) is not None and counts(head)
        ]
        current, history = _part(new)
        events = [(stored.offset, decode(stored.record)) for stored in current]
    except Undecodable:
        return None
    return Sifted(events, history, trial, len(stretch))


def walk(
    topic: Topic, *, reader: Reader, counts: Callable[[Event | Heading], bool]
) -> Iterator[Sifted]:
    """Walk all that was said on a topic, from its start, without what is known to be replaced.

    What an operator has parked was said, and is given like the rest.
    """
    fence = Fence()
    for stretch in reader.stretches(topic, size=STRETCH):
        sifted = sift(topic, stretch, reader=reader, fence=fence, counts=counts)
        if sifted is None:
            places = [reader.place(topic, stored) for stored in stretch]
            said = [(place.offset, place.said) for place in places if place.said is not None]
            new = [(at, event) for at, event in said if fence.admit(event) is not None]
            sifted = Sifted([each for each in new if counts(each[1])], (), fence, len(stretch))
        fence = sifted.fence
        yield sifted


def _part(new: Sequence[tuple[Stored, Heading]]) -> tuple[list[Stored], list[Stored]]:
    """Part the records that count from those that a later one replaces, each in order."""
    current: list[Stored] = []
    history: list[Stored] = []
    gone: set[tuple[str, str, str | None]] = set()
    for stored, head in reversed(new):
        kind, subject = stored.record.headers["ce_type"], stored.record.headers.get("ce_subject")
        is_history = (head.nation, kind, subject) in gone
        (history if is_history else current).append(stored)
        if subject is not None:
            gone.update((head.nation, replaced, subject) for replaced in _REPLACED.get(kind, ()))
    return current[::-1], history[::-1]
