"""What a pure core is: a fold of one topic that says events.

A core has no clock, no chance, no input or output. What it says depends on the log alone. It splits
its work so that recovery never recomputes what was said:

- ``take`` folds an event of its topic and decides nothing,
- ``hear`` folds what the core itself said (again: no change),
- ``step`` takes an event, decides, hears its own decisions and returns them.

Taking every input up to a place and hearing every output caused up to there gives the state that
stepping gave.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from schemas.events import Event, Payload
from schemas.topics import Producer, Topic

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Core(Generic[State]):
    """A core by its functions; the state is of one nation and may be changed in place."""

    name: Producer
    reads: Topic
    writes: frozenset[Topic]
    empty: Callable[[str], State]
    take: Callable[[State, Event], None]
    step: Callable[[State, Event], list[Payload]]
    hear: Callable[[State, Payload], None]
